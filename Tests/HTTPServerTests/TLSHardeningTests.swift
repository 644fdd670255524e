// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import HTTPServer

@Suite("TLS against strangers")
struct TLSHardeningTests {
    private func port(_ address: ListenAddress) -> Int {
        if case .ip(_, let port) = address { port } else { 0 }
    }

    private func client(
        _ certificates: Certificates,
        _ address: ListenAddress,
        _ arguments: String...,
        input: String = ""
    ) throws -> ToolResult {
        try ToolResult.of(
            "openssl",
            ["s_client", "-connect", "127.0.0.1:\(port(address))", "-CAfile", certificates.path("ca.crt")] + arguments,
            input: input
        )
    }

    private func isServing(_ certificates: Certificates, _ address: ListenAddress) throws -> Bool {
        try ToolResult.of(
            "curl",
            [
                "-sS", "--noproxy", "*", "--cacert", certificates.path("ca.crt"),
                "https://127.0.0.1:\(port(address))/x",
            ]
        ).output == "hello from /x"
    }

    @Test("a client cannot renegotiate")
    func renegotiation() async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { server, address in
                // A line with an R makes s_client renegotiate.
                let result = try client(certificates, address, "-tls1_2", input: "R\n")
                #expect(result.output.contains("RENEGOTIATING"))
                #expect(result.output.contains("no renegotiation"))
                #expect(try isServing(certificates, address))
                #expect(server.statistics.requests == 1)
            }
        }
    }

    @Test(
        "TLS 1.2 is spoken with forward secrecy and authenticated encryption only",
        arguments: [
            ("ECDHE-ECDSA-AES128-GCM-SHA256", true), ("ECDHE-ECDSA-AES256-GCM-SHA384", true),
            ("ECDHE-ECDSA-CHACHA20-POLY1305", true), ("ECDHE-ECDSA-AES128-SHA256", false),
            ("ECDHE-ECDSA-AES256-SHA", false), ("ECDHE-ECDSA-AES256-CCM8", false),
        ]
    )
    func ciphers(cipher: String, isSpoken: Bool) async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { _, address in
                let result = try client(certificates, address, "-tls1_2", "-cipher", cipher)
                #expect(result.output.contains("Cipher is \(cipher)") == isSpoken)
                if !isSpoken { #expect(result.output.contains("handshake failure")) }
            }
        }
    }

    @Test("an answer that ends the connection ends TLS as well, so that a cut one is told from it")
    func closeNotify() async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { _, address in
                let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                for version in ["-tls1_2", "-tls1_3"] {
                    let result = try client(certificates, address, version, "-ign_eof", input: request)
                    #expect(result.output.contains("hello from /"))
                    // OpenSSL 3 reports an end without close_notify as an error.
                    #expect(!result.output.contains("unexpected eof"))
                    #expect(result.output.contains("closed"))
                }
            }
        }
    }

    @Test(
        "a request that is cut off reaches no handler, with the end of TLS or without",
        arguments: [SIGTERM, SIGKILL]
    )
    func truncation(signal: Int32) async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { server, address in
                let client = try TLSClient(certificates, port(address))
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
                #expect(await eventually { server.unfinishedBytes == 5 })
                client.end(by: signal)
                #expect(await eventually { server.statistics.openConnections == 0 })
                #expect(server.statistics.requests == 0)
                #expect(server.unfinishedBytes == 0)
            }
        }
    }

    @Test("a reload leaves open connections alone, and a bad one says which file and why")
    func reload() async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { server, address in
                let client = try TLSClient(certificates, port(address))
                client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.read(until: "hello from /1"))
                try await Certificates.with { other in
                    try server.reloadTLS(other.files())
                    client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try client.read(until: "hello from /2"))
                    #expect(try isServing(other, address))
                    // The key of the old certificate.
                    var files = other.files()
                    files.privateKey = certificates.path("server.key")
                    let error = #expect(throws: HTTPServerError.self) { try server.reloadTLS(files) }
                    #expect(error?.message.contains(files.privateKey) == true)
                    #expect(error?.message.contains(files.certificate) == true)
                    #expect(try isServing(other, address))
                }
                client.send("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.read(until: "hello from /3"))
                #expect(server.statistics.acceptedConnections >= 3)
            }
        }
    }

    // MARK: - Server names

    /// A name for the server_name extension (RFC 6066 section 3), whole and right in its lengths.
    private static func serverName(_ name: [UInt8], type: UInt8 = 0) -> [UInt8] {
        vector([type] + vector(name))
    }

    private static func vector(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8(truncatingIfNeeded: bytes.count >> 8), UInt8(truncatingIfNeeded: bytes.count)] + bytes
    }

    @Test(
        "a server name of any kind is harmless: ignored, or refused with an alert",
        arguments: [
            ("an unknown name", serverName(Array("nobody.example".utf8)), 22),
            ("an address", serverName(Array("127.0.0.1".utf8)), 22),
            ("no letters", serverName([0xFF, 0xFE, 0x80, 0x20, 0x27, 0x22]), 22),
            ("a path", serverName(Array("../../etc/passwd".utf8)), 22),
            ("255 bytes", serverName([UInt8](repeating: 97, count: 255)), 22),
            ("256 bytes", serverName([UInt8](repeating: 97, count: 256)), 21),
            ("16,000 bytes", serverName([UInt8](repeating: 97, count: 16_000)), 21),
            ("a zero byte", serverName(Array("a\0b".utf8)), 21), ("nothing in the name", serverName([]), 22),
            ("an unknown type of name", serverName(Array("a".utf8), type: 7), 21), ("nothing at all", [], 21),
            ("a length beyond the end", [0xFF, 0xFF, 0, 0, 1, 97], 21),
            ("a name beyond the list", [0, 4, 0, 0xFF, 0xFF, 97], 21),
        ] as [(String, [UInt8], UInt8)]
    )
    func serverNames(kind: String, content: [UInt8], recordType: UInt8) async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { server, address in
                let stranger = try RawClient(address)
                stranger.send(Self.clientHello(serverName: content))
                // 22: the server's part of the handshake; 21: an alert.
                #expect(try stranger.byte() == recordType)
                stranger.reset()
                #expect(await eventually { server.statistics.openConnections == 0 })
                #expect(try isServing(certificates, address))
            }
        }
    }

    /// A ClientHello of TLS 1.2 (RFC 5246 section 7.4.1.2).
    private static func clientHello(serverName: [UInt8]) -> [UInt8] {
        func named(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { [0, number] + vector(content) }
        let extensions =
            // server_name; supported_groups: P-256; ec_point_formats; signature_algorithms: ECDSA with SHA-256.
            named(0, serverName) + named(10, [0, 2, 0, 23]) + named(11, [1, 0]) + named(13, [0, 2, 4, 3])
        // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, no compression.
        let hello = [3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0, 2, 0xC0, 0x2B, 1, 0] + vector(extensions)
        let handshake = [1, UInt8(hello.count >> 16), UInt8(hello.count >> 8 & 255), UInt8(hello.count & 255)] + hello
        // A record holds at most 16 KiB.
        return stride(from: 0, to: handshake.count, by: 16_384).flatMap { start in
            [22, 3, 1] + vector(Array(handshake[start..<min(start + 16_384, handshake.count)]))
        }
    }
}

/// `openssl s_client`, spoken to line by line. It ends with its owner.
private final class TLSClient {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending = ""

    init(_ certificates: Certificates, _ port: Int) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "s_client", "-quiet", "-no_ign_eof", "-connect", "127.0.0.1:\(port)", "-CAfile",
            certificates.path("ca.crt"),
        ]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit { end(by: SIGKILL) }

    func send(_ text: String) { try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

    /// Reads until the text has come; `false` when the connection ends before.
    func read(until text: String) throws -> Bool {
        while !pending.contains(text) {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { return false }
            pending += String(decoding: data, as: UTF8.self)
        }
        pending = ""
        return true
    }

    func end(by signal: Int32) {
        guard process.isRunning else { return }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
    }
}
