// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Glibc
import Testing

@testable import HTTPServer

@Suite("Listening")
struct ListeningTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let peer: HTTPHandler = { .text($0.remoteAddress) }

    private func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
        // Short: the path of a socket has at most 107 bytes.
        let folder = "/tmp/hs-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    private func answer(_ address: ListenAddress) throws -> String {
        let client = try RawClient(address)
        client.send(Self.get)
        return try client.answer().text
    }

    private func startError(_ listen: [ListenAddress]) async -> HTTPServerError? {
        var configuration = HTTPServerConfiguration()
        configuration.listen = listen
        let server = HTTPServer(configuration: configuration, logger: .silent) { _ in .text("") }
        let error = await #expect(throws: HTTPServerError.self) { _ = try await server.start() }
        await server.shutdown(deadline: .zero)
        return error
    }

    // MARK: - IPv6

    @Test("on :: is IPv6 only, unless both are asked for; an IPv4 peer is then seen as IPv4", arguments: [true, false])
    func dualStack(ipv6Only: Bool) async throws {
        let configure: (inout HTTPServerConfiguration) -> Void = {
            $0.listen = [.ip("::", port: 0)]
            $0.ipv6Only = ipv6Only
        }
        try await withServer(configure, handler: Self.peer) { (_, address) async throws in
            guard case .ip("::", let port) = address else { return #expect(Bool(false), "\(address)") }
            #expect(try answer(.ip("::1", port: port)) == "::1")
            if ipv6Only {
                #expect(throws: RawClient.Failed.self) { try RawClient(.ip("127.0.0.1", port: port)) }
            } else {
                #expect(try answer(.ip("127.0.0.1", port: port)) == "127.0.0.1")
            }
        }
    }

    @Test("on one port of 0.0.0.0 and of :: at the same time is possible")
    func sideBySide() async throws {
        try await withServer({ $0.listen = [.ip("0.0.0.0", port: 0)] }, handler: Self.peer) {
            (_, address) async throws in
            guard case .ip(_, let port) = address else { return }
            try await withServer({ $0.listen = [.ip("::", port: port)] }, handler: Self.peer) { (_, _) async throws in
                #expect(try answer(.ip("127.0.0.1", port: port)) == "127.0.0.1")
                #expect(try answer(.ip("::1", port: port)) == "::1")
            }
        }
    }

    // MARK: - Unix sockets

    @Test("on a Unix socket has all loops serve it, gives its file the mode, and removes it at the end")
    func unixSocket() async throws {
        try await withFolder { (folder) async throws in
            let path = folder + "/s"
            let configure: (inout HTTPServerConfiguration) -> Void = {
                $0.listen = [.unix(path: path)]
                $0.unixSocketMode = 0o620
                $0.loops = 3
            }
            try await withServer(configure, handler: Self.peer) { (server, address) async throws in
                #expect(address == .unix(path: path))
                for _ in 0..<20 { #expect(try answer(address) == "127.0.0.1") }
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o620)
                // Peers without an address are not counted together.
                #expect(server.statistics.refused.total == 0)
                await server.shutdown(deadline: .zero)
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test("on a Unix socket goes on when many connect at once, over several loops")
    func unixSocketCrowd() async throws {
        try await withFolder { (folder) async throws in
            let configure: (inout HTTPServerConfiguration) -> Void = {
                $0.listen = [.unix(path: folder + "/s")]
                $0.loops = 4
            }
            try await withServer(configure, handler: Self.peer) { (server, address) async throws in
                let clients = try (0..<300).map { _ in try RawClient(address) }
                for client in clients { client.send(Self.get) }
                for client in clients { #expect(try client.answer().status == 200) }
                #expect(server.statistics.acceptedConnections == 300)
            }
        }
    }

    @Test("on a Unix socket that a killed server has left replaces it")
    func staleSocket() async throws {
        try await withFolder { (folder) async throws in
            let path = folder + "/s"
            var address = try SocketAddress(.unix(path: path))
            let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            #expect(address.withPointer { bind(left, $0, $1.pointee) } == 0)
            #expect(listen(left, 1) == 0)
            close(left)
            #expect(FileManager.default.fileExists(atPath: path))
            try await withServer({ $0.listen = [.unix(path: path)] }) { (_, address) async throws in
                #expect(try answer(address) == "hello from /")
            }
        }
    }

    @Test("on a Unix socket that another server listens on is an error, and that server goes on")
    func socketInUse() async throws {
        try await withFolder { (folder) async throws in
            let path = folder + "/s"
            try await withServer({ $0.listen = [.unix(path: path)] }) { (_, address) async throws in
                let error = await startError([address])
                #expect(error?.code == .addressInUse)
                #expect(error?.message.contains("unix:\(path): another process listens there") == true)
                #expect(try answer(address) == "hello from /")
            }
        }
    }

    @Test("on a path where something else is leaves it alone")
    func noSocket() async throws {
        try await withFolder { (folder) async throws in
            let path = folder + "/precious"
            try Data("data".utf8).write(to: URL(fileURLWithPath: path))
            #expect(await startError([.unix(path: path)])?.message.contains("a file that is no socket") == true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "data")
            try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: path)
            #expect(await startError([.unix(path: folder + "/link")])?.code == .addressInUse)
            #expect(FileManager.default.fileExists(atPath: folder + "/link"))
        }
    }

    @Test("ends without touching the socket that another server has put in the place of ours")
    func replaced() async throws {
        try await withFolder { (folder) async throws in
            let path = folder + "/s"
            try await withServer({ $0.listen = [.unix(path: path)] }) { (first, _) async throws in
                unlink(path)
                try await withServer({ $0.listen = [.unix(path: path)] }) { (_, address) async throws in
                    await first.shutdown(deadline: .zero)
                    #expect(try answer(address) == "hello from /")
                }
            }
        }
    }

    @Test("at a path that cannot be is an error that says why, and leaves nothing behind")
    func impossiblePaths() async throws {
        try await withFolder { (folder) async throws in
            let long = folder + "/" + String(repeating: "x", count: 108)
            #expect(await startError([.unix(path: long)])?.code == .invalidAddress)
            #expect(await startError([.unix(path: "")])?.code == .invalidAddress)
            #expect(await startError([.unix(path: folder + "/nowhere/s")])?.systemError == ENOENT)
            // All or nothing: the first one is gone when the second one fails.
            #expect(await startError([.unix(path: folder + "/s"), .ip("192.0.2.1", port: 0)]) != nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    // MARK: - Sockets that were passed

    @Test(
        "takes what systemd passes to this process, and nothing that is meant for another or makes no sense",
        arguments: [
            (["LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "http:admin"], ["3 http", "4 admin"]),
            (["LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "http"], ["3 http", "4 unknown"]),
            (["LISTEN_PID": "7", "LISTEN_FDS": "1"], ["3 unknown"]), (["LISTEN_PID": "8", "LISTEN_FDS": "1"], []),
            (["LISTEN_FDS": "1"], []), (["LISTEN_PID": "7"], []), (["LISTEN_PID": "7", "LISTEN_FDS": "0"], []),
            (["LISTEN_PID": "7", "LISTEN_FDS": "-1"], []), (["LISTEN_PID": "7", "LISTEN_FDS": "x"], []),
            (["LISTEN_PID": "7", "LISTEN_FDS": "2147483647"], []), ([:], []),
        ]
    )
    func passedSockets(environment: [String: String], expected: [String]) {
        let passed = PassedSockets(environment: { environment[$0] }, processID: 7)
        #expect(passed.sockets.map { "\($0.descriptor) \($0.name)" } == expected)
    }

    @Test("chooses passed sockets by name, and says which there are")
    func names() throws {
        let environment = ["LISTEN_PID": "7", "LISTEN_FDS": "3", "LISTEN_FDNAMES": "a:b:a"]
        let passed = PassedSockets(environment: { environment[$0] }, processID: 7)
        #expect(try passed.named("a").map(\.descriptor) == [3, 5])
        #expect(try passed.named(nil).map(\.descriptor) == [3, 4, 5])
        let error = #expect(throws: HTTPServerError.self) { try passed.named("c") }
        #expect(error?.message == "cannot listen on systemd:c: the sockets that were passed are named a, b, a")
        let none = PassedSockets(environment: { _ in nil }, processID: 7)
        #expect(throws: HTTPServerError.self) { try none.named(nil) }
    }

    private static let options = ListeningSockets.Options(loops: 2, ipv6Only: true, unixSocketMode: 0o600)

    private func open(_ descriptor: Int32) throws -> [ListeningSockets] {
        let environment = ["LISTEN_PID": "7", "LISTEN_FDS": "1"]
        let passed = PassedSockets(environment: { environment[$0] }, processID: 7)
        // The numbers of a test's own descriptors are not ours to choose.
        return try ListeningSockets.open(.systemd(name: nil), Self.options) {
            PassedSockets(sockets: passed.sockets.map { .init(descriptor: descriptor, name: $0.name) })
        }
    }

    @Test("on a passed socket knows its address, does not block, and leaves it open for the next process")
    func passedSocket() throws {
        let passed = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(passed) }
        var address = try SocketAddress(.ip("127.0.0.1", port: 0))
        #expect(address.withPointer { bind(passed, $0, $1.pointee) } == 0)
        #expect(throws: HTTPServerError.self) { try open(passed) }
        #expect(listen(passed, 8) == 0)
        let sockets = try #require(try open(passed).first)
        guard case .ip("127.0.0.1", let port) = sockets.address else { return #expect(Bool(false)) }
        #expect(port > 0)
        #expect(sockets.listeners.count == 2)
        #expect(fcntl(passed, F_GETFL) & O_NONBLOCK != 0)
        sockets.close()
        _ = try RawClient(sockets.address)
        #expect(accept(passed, nil, nil) >= 0)
    }

    @Test("on a socket that its owner has shut down pauses, instead of asking again and again")
    func shutDown() async throws {
        try await withServer { (server, address) async throws in
            for descriptor in Int32(3)..<1024
            where SocketProblem.option(SO_ACCEPTCONN, of: descriptor) == 1
                && SocketAddress(boundTo: descriptor)?.listenAddress == address
            {
                shutdown(descriptor, Int32(SHUT_RDWR))
            }
            // A loop that goes on asking makes no pause; one that pauses makes one a second.
            #expect(await eventually { server.statistics.acceptPauses >= 2 })
            #expect(server.statistics.acceptPauses <= 40)
        }
    }

    @Test("on what is no listening stream socket is an error")
    func notASocket() throws {
        let file = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
        let datagrams = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer {
            close(file)
            close(datagrams)
        }
        for descriptor in [file, datagrams, 9999] {
            let error = #expect(throws: HTTPServerError.self) { try open(descriptor) }
            #expect(error?.message.contains("is no listening stream socket") == true)
        }
    }
}
