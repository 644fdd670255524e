// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Testing

@Suite("HTTPClient over TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    @Test("a certificate of the given authority is trusted")
    func trusted() async throws {
        try await withTLSServer { port, certificate in
            var configuration = HTTPClient.Configuration()
            configuration.certificateAuthorities = certificate
            try await withClient(configuration) { (client) async throws in
                let response = try await client.send(ClientRequest(url: "https://127.0.0.1:\(port)/"))
                #expect(response.status == 200)
                #expect(response.text.contains("TLSv1."))
            }
        }
    }

    @Test("a certificate of an unknown authority is refused")
    func unknownAuthority() async throws {
        try await withTLSServer { port, _ in
            try await withClient { (client) async throws in
                let error = await failure(client, ClientRequest(url: "https://127.0.0.1:\(port)/"))
                #expect(error?.code == .tls)
                #expect(error?.message.contains("127.0.0.1:\(port)") == true)
            }
        }
    }

    @Test("a certificate for another host is refused")
    func otherHost() async throws {
        try await withTLSServer { port, certificate in
            var configuration = HTTPClient.Configuration()
            configuration.certificateAuthorities = certificate
            try await withClient(configuration) { (client) async throws in
                #expect(await failure(client, ClientRequest(url: "https://localhost:\(port)/"))?.code == .tls)
            }
        }
    }

    @Test("a server that does not speak TLS is refused")
    func plainServer() async throws {
        try await withServer({ $0.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }) {
            (client, server) async throws in
            #expect(await failure(client, ClientRequest(url: "https://127.0.0.1:\(server.port)/"))?.code == .tls)
        }
    }

    @Test("an authorities file that cannot be read is found at the start")
    func missingAuthorities() {
        var configuration = HTTPClient.Configuration()
        configuration.certificateAuthorities = "/nowhere/ca.pem"
        do throws(HTTPClientError) {
            _ = try HTTPClient(configuration: configuration, logger: quiet)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .tls)
            #expect(error.message.contains("/nowhere/ca.pem"))
        }
    }

    /// `openssl s_server` with a certificate for 127.0.0.1 only, made on the spot.
    private func withTLSServer(_ body: (_ port: Int, _ certificate: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "presence-relay-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appending(path: "cert.pem").path
        let key = folder.appending(path: "key.pem").path

        let made = try await exitStatus(
            of: openssl([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        )
        try #require(made == 0)

        let server = openssl(["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate, "-key", key])
        let output = Pipe()
        let input = Pipe()
        server.standardOutput = output
        server.standardInput = input
        try server.run()
        // Not SIGTERM: a child of a concurrency thread inherits its mask, which blocks that.
        defer { kill(server.processIdentifier, SIGKILL) }
        // "ACCEPT 127.0.0.1:43211" once it listens.
        var text = ""
        while !text.contains("ACCEPT") || !text.hasSuffix("\n") {
            let bytes = output.fileHandleForReading.availableData
            try #require(!bytes.isEmpty, "openssl s_server ended: \(text)")
            text += String(decoding: bytes, as: UTF8.self)
        }
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("ACCEPT") })
        let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
        try await body(port, certificate)
    }

    /// `waitUntilExit` would block one of the few threads that tests run on.
    private func exitStatus(of process: Process) async throws -> Int32 {
        let ends = AsyncStream<Int32> { continuation in
            process.terminationHandler = {
                continuation.yield($0.terminationStatus)
                continuation.finish()
            }
        }
        try process.run()
        for await status in ends { return status }
        return -1
    }

    private func openssl(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }
}
