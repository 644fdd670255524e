// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Synchronization
import Testing

@Suite("Sockets that systemd passes", .serialized)
struct SocketActivationTests {
    /// As systemd does it: the socket is descriptor 3, and the process is told so by its own id.
    private static let script = """
        exec 3<&0 0</dev/null
        LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=relay exec "$0" "$@"
        """

    private func start(_ file: String, on socket: LoopbackSocket) async throws -> Child {
        let child = try Child(
            ["serve", "--config", file],
            environment: ["GENESYS_SECRET": "simulator"],
            script: Self.script,
            descriptor: socket.descriptor
        )
        _ = try await child.line("listening on http://127.0.0.1:\(socket.port)")
        return child
    }

    private func configuration(_ site: Installation, listen: String) throws -> String {
        let path = try site.configuration()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("\"127.0.0.1:0\"", with: listen).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// What became of connections that are made one after the other until the end.
    private final class Knocking: Sendable {
        private struct State {
            var answers = 0
            var failures: [String] = []
            var isOver = false
        }
        private let state = Mutex(State())

        init(port: Int) {
            Thread.detachNewThread { [self] in
                while !state.withLock({ $0.isOver }) {
                    do {
                        let socket = try LoopbackSocket(connectedTo: port)
                        let request = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                        let answer = try socket.exchange(request)
                        guard answer.hasPrefix("HTTP/1.1 200 ") else {
                            throw LoopbackSocket.Failed(description: "answer: \(answer)")
                        }
                        state.withLock { $0.answers += 1 }
                    } catch {
                        state.withLock { $0.failures.append("\(error)") }
                    }
                }
            }
        }

        deinit { end() }
        func end() { state.withLock { $0.isOver = true } }
        var answers: Int { state.withLock { $0.answers } }
        var failures: [String] { state.withLock { $0.failures } }
    }

    @Test("a restart refuses no connection and breaks none")
    func restart() async throws {
        try await withInstallation { site in
            let file = try configuration(site, listen: "systemd")
            let socket = try LoopbackSocket(listeningWith: 1024)
            var relay = try await start(file, on: socket)
            let clients = (0..<3).map { _ in Knocking(port: socket.port) }
            for _ in 0..<3 {
                let before = clients.map(\.answers)
                try await eventually("every client is served") {
                    zip(clients, before).allSatisfy { $0.answers >= $1 + 20 }
                }
                relay.signal(SIGTERM)
                #expect(try await relay.end() == 0)
                relay = try await start(file, on: socket)
            }
            let before = clients.map(\.answers)
            try await eventually("every client is served again") { zip(clients, before).allSatisfy { $0.answers > $1 } }
            for client in clients {
                client.end()
                #expect(client.failures.isEmpty)
            }
            #expect(!relay.errors.contains("error"))
        }
    }

    @Test("without a passed socket, or without one of the name, the relay does not start and says why")
    func missing() async throws {
        try await withInstallation { site in
            let file = try configuration(site, listen: "systemd")
            let environment = ["GENESYS_SECRET": "simulator"]
            let alone = try await run(["serve", "--config", file], environment: environment)
            #expect(alone.code == 1)
            #expect(alone.errors.contains("cannot listen on systemd: this process was passed no sockets (LISTEN_FDS)"))

            let other = try configuration(site, listen: "systemd:admin")
            let socket = try LoopbackSocket(listeningWith: 1)
            let child = try Child(
                ["serve", "--config", other],
                environment: environment,
                script: Self.script,
                descriptor: socket.descriptor
            )
            #expect(try await child.end() == 1)
            #expect(child.errors.contains("systemd:admin: the sockets that were passed are named relay"))
        }
    }

    @Test("TCP and a Unix socket are served side by side")
    func several() async throws {
        try await withInstallation { site in
            let file = try configuration(site, listen: #"["127.0.0.1:0", "unix:relay.sock"]"#)
            let relay = try await site.relay(file, events: false)
            let path = site.folder.appendingPathComponent("relay.sock").path
            _ = try await relay.child.line("listening on unix:\(path)")
            #expect(try await relay.get("/livez").status == 200)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
            process.arguments = [
                "-sS", "-m", "20", "--unix-socket", path, "http://relay/livez", "-o", "/dev/null", "-f",
            ]
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            relay.child.signal(SIGTERM)
            #expect(try await relay.child.end() == 0)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
