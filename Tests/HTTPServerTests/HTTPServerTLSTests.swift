// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import HTTPServer

@Suite("TLS")
struct HTTPServerTLSTests {
    private func port(_ address: ListenAddress) -> Int {
        switch address {
        case .ip(_, let port): port
        case .unix, .systemd: 0
        }
    }

    private func curl(
        _ certificates: Certificates,
        _ address: ListenAddress,
        _ arguments: String...,
        path: String = "/x"
    ) throws -> ToolResult {
        try ToolResult.of(
            "curl",
            ["-sS", "--noproxy", "*", "--cacert", certificates.path("ca.crt")] + arguments
                + ["https://127.0.0.1:\(port(address))\(path)"]
        )
    }

    private func client(
        _ certificates: Certificates,
        _ address: ListenAddress,
        _ arguments: String...,
        input: String = ""
    )
        throws -> ToolResult
    {
        try ToolResult.of(
            "openssl",
            ["s_client", "-connect", "127.0.0.1:\(port(address))", "-CAfile", certificates.path("ca.crt")] + arguments,
            input: input
        )
    }

    @Test(
        "requests and answers of any size pass, with keep-alive and streams, in TLS 1.2 and 1.3",
        arguments: ["1.2", "1.3"]
    )
    func requests(version: String) async throws {
        let handler: HTTPHandler = { request in
            guard request.path == "/stream" else {
                return HTTPResponse(status: HTTPStatus(200), body: .bytes(request.body + Array(request.path.utf8)))
            }
            return HTTPResponse(
                status: HTTPStatus(200),
                body: .stream { writer in
                    for number in 0..<50 {
                        try await writer.write([UInt8](repeating: 48 + UInt8(number % 10), count: 20_000))
                    }
                }
            )
        }
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }, handler: handler) { server, address in
                let body = certificates.path("body")
                try Data(repeating: 120, count: 900_000).write(to: URL(fileURLWithPath: body))
                let url = "https://127.0.0.1:\(port(address))"
                let result = try curl(
                    certificates,
                    address,
                    "--tlsv\(version)",
                    "--tls-max",
                    version,
                    "--data-binary",
                    "@\(body)",
                    "\(url)/1",
                    "\(url)/stream",
                    path: "/2"
                )
                #expect(result.status == 0)
                let expected = 2 * 900_002 + 50 * 20_000
                #expect(result.output.utf8.count == expected)
                #expect(server.statistics.requests == 3)
                #expect(server.statistics.acceptedConnections == 1)
            }
        }
    }

    @Test("only http/1.1 is agreed on by ALPN")
    func alpn() async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { _, address in
                let good = try client(certificates, address, "-alpn", "h2,http/1.1")
                #expect(good.output.contains("ALPN protocol: http/1.1"))
                let bad = try client(certificates, address, "-alpn", "h2")
                #expect(bad.output.contains("no application protocol"))
            }
        }
    }

    @Test("TLS 1.1 is refused and counted")
    func oldVersion() async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { server, address in
                let result = try client(certificates, address, "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0")
                #expect(result.status != 0)
                #expect(await eventually { server.statistics.refused.tlsHandshake == 1 })
            }
        }
    }

    @Test("a session is resumed, so that a connection for every event is cheap", arguments: ["-tls1_2", "-tls1_3"])
    func resumption(version: String) async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { _, address in
                let session = certificates.path("session")
                let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                let first = try client(
                    certificates,
                    address,
                    version,
                    "-sess_out",
                    session,
                    "-ign_eof",
                    input: request
                )
                #expect(first.output.contains("New, TLS"))
                let second = try client(
                    certificates,
                    address,
                    version,
                    "-sess_in",
                    session,
                    "-ign_eof",
                    input: request
                )
                #expect(second.output.contains("Reused, TLS"))
                #expect(second.output.contains("hello from /"))
            }
        }
    }

    @Test("with a client CA only its clients are served", arguments: ["--tlsv1.3", "--tls-max"])
    func mutual(option: String) async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files(clientCA: true) }) { server, address in
                let version = option == "--tls-max" ? "1.2" : "--http1.1"
                let anonymous = try curl(certificates, address, option, version)
                #expect(anonymous.status != 0)
                #expect(server.statistics.requests == 0)
                let known = try curl(
                    certificates,
                    address,
                    option,
                    version,
                    "--cert",
                    certificates.path("client.crt"),
                    "--key",
                    certificates.path("client.key")
                )
                #expect(known.output == "hello from /x")
                // A certificate of another CA.
                try await Certificates.with { other in
                    let stranger = try curl(
                        certificates,
                        address,
                        option,
                        version,
                        "--cert",
                        other.path("client.crt"),
                        "--key",
                        other.path("client.key")
                    )
                    #expect(stranger.status != 0)
                }
                #expect(server.statistics.requests == 1)
            }
        }
    }

    @Test("a handshake that does not end in time is given up", arguments: ["", "\u{16}\u{3}\u{1}"])
    func handshakeDeadline(beginning: String) async throws {
        try await Certificates.with { certificates in
            let configure: (inout HTTPServerConfiguration) -> Void = {
                $0.tls = certificates.files()
                $0.handshakeTimeout = .milliseconds(100)
            }
            try await withServer(configure) { server, address in
                let client = try RawClient(address)
                client.send(beginning)
                #expect(try client.readToEnd().isEmpty)
                #expect(server.statistics.refused.tlsHandshake == 1)
            }
        }
    }

    @Test("plain HTTP on a TLS port is refused, and others are served on")
    func plainOnSecure() async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { server, address in
                let client = try RawClient(address)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try? client.readToEnd()
                #expect(await eventually { server.statistics.refused.tlsHandshake == 1 })
                #expect(try curl(certificates, address).output == "hello from /x")
            }
        }
    }

    @Test("a client that says goodbye together with its last request has the whole answer before the connection closes")
    func goodbyeAtOnce() async throws {
        let answer = String(repeating: "a", count: 8_000_000)
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }, handler: { _ in .text(answer) }) {
                server,
                address in
                let client = try TLSSession(address)
                client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                client.finishSending()
                let (text, isWhole) = client.readToEnd()
                #expect(text.utf8.count > answer.utf8.count && text.hasSuffix(answer), "\(text.utf8.count) bytes")
                #expect(isWhole)
                #expect(await eventually { server.statistics.openConnections == 0 })
            }
        }
    }

    @Test("pipelined requests of a client that has ended its half are answered whole, and the session ends cleanly")
    func halfClosed() async throws {
        let gate = Gate()
        let entered = Flag()
        let handler: HTTPHandler = { request in
            if request.path == "/2" {
                entered.raise()
                try? await gate.pass()
            }
            return .text(request.path)
        }
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }, handler: handler) { server, address in
                let client = try TLSSession(address)
                client.send((1...3).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
                #expect(await eventually { entered.isRaised })
                client.finishSending()
                gate.open()
                let (text, isWhole) = client.readToEnd()
                for number in 1...3 { #expect(text.contains("\r\n\r\n/\(number)"), "\(text)") }
                #expect(isWhole)
                #expect(await eventually { server.statistics.openConnections == 0 })
            }
        }
    }

    @Test("a session that is broken off inside a request gets no answer and leaves nothing")
    func brokenOffInside() async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { server, address in
                let client = try TLSSession(address)
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx")
                client.breakOffSending()
                #expect(client.readToEnd().text.isEmpty)
                #expect(await eventually { server.statistics.openConnections == 0 })
                #expect(server.statistics.requests == 0)
            }
        }
    }

    @Test("content that comes fast enough is taken although its records are long in coming, and slower content is not")
    func paceOfRecords() async throws {
        try await Certificates.with { certificates in
            let configure: (inout HTTPServerConfiguration) -> Void = {
                $0.tls = certificates.files()
                $0.minBodyRate = 1000
                $0.minBodyRateGrace = .milliseconds(200)
            }
            try await withServer(configure, handler: { .text("\($0.body.count)") }) { server, address in
                let client = try TLSSession(address)
                client.send("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 16000\r\n\r\n")
                let record = client.encrypted([UInt8](repeating: 120, count: 16_000))
                // One record over several windows, each with ten times what it needs.
                for piece in stride(from: 0, to: record.count, by: 500) {
                    client.sendBeneath(Array(record[piece..<min(piece + 500, record.count)]))
                    try await Task.sleep(for: .milliseconds(30))
                }
                #expect(client.readToEnd().text.hasSuffix("\r\n\r\n16000"))
                #expect(server.statistics.refused.total == 0)
                let slow = try TLSSession(address)
                slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16000\r\n\r\n")
                #expect(slow.readToEnd().text.hasPrefix("HTTP/1.1 408"))
            }
        }
    }

    @Test("an early refusal reaches a client that is still sending")
    func earlyRefusal() async throws {
        try await Certificates.with { certificates in
            let configure: (inout HTTPServerConfiguration) -> Void = {
                $0.tls = certificates.files()
                $0.maxBodyBytes = 1000
            }
            try await withServer(configure) { _, address in
                let body = certificates.path("body")
                try Data(repeating: 120, count: 900_000).write(to: URL(fileURLWithPath: body))
                let result = try curl(
                    certificates,
                    address,
                    "-H",
                    "Expect:",
                    "-o",
                    "/dev/null",
                    "-w",
                    "%{http_code}",
                    "--data-binary",
                    "@\(body)"
                )
                #expect(result.output.hasSuffix("413"))
            }
        }
    }

    @Test("a client that breaks off a stream cancels it and does the process no harm")
    func brokenOff() async throws {
        let failed = Flag()
        let handler: HTTPHandler = { request in
            guard request.path == "/endless" else { return .text("alive") }
            return HTTPResponse(
                status: HTTPStatus(200),
                body: .stream { writer in
                    let piece = [UInt8](repeating: 120, count: 100_000)
                    do { while true { try await writer.write(piece) } } catch { failed.raise() }
                }
            )
        }
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }, handler: handler) { _, address in
                // Ends after a megabyte with the rest unread, which resets the connection.
                let result = try ToolResult.of(
                    "sh",
                    [
                        "-c",
                        "curl -sS --noproxy '*' --cacert \(certificates.path("ca.crt")) "
                            + "https://127.0.0.1:\(port(address))/endless | head -c 1000000 | wc -c",
                    ]
                )
                #expect(result.output.contains("1000000"))
                #expect(await eventually { failed.isRaised })
                #expect(try curl(certificates, address).output == "alive")
            }
        }
    }

    @Test("new connections use a reloaded certificate, and a bad one changes nothing")
    func reload() async throws {
        try await Certificates.with { certificates in
            try await withServer({ $0.tls = certificates.files() }) { server, address in
                try await Certificates.with { other in
                    #expect(try curl(other, address).status != 0)
                    try server.reloadTLS(other.files())
                    #expect(try curl(other, address).output == "hello from /x")
                    let bad = HTTPServerConfiguration.TLSFiles(certificate: "/nonexistent", privateKey: "/nonexistent")
                    #expect(throws: HTTPServerError.self) { try server.reloadTLS(bad) }
                    #expect(try curl(other, address).output == "hello from /x")
                }
            }
        }
    }

    @Test("a file that cannot be used is named, with what to do")
    func badFiles() async throws {
        try await Certificates.with { certificates in
            let garbage = certificates.path("garbage")
            try Data("not a certificate".utf8).write(to: URL(fileURLWithPath: garbage))
            let (good, key) = (certificates.path("server.crt"), certificates.path("server.key"))
            let cases: [(HTTPServerConfiguration.TLSFiles, String)] = [
                (.init(certificate: "/nonexistent.crt", privateKey: key), "/nonexistent.crt"),
                (.init(certificate: good, privateKey: "/nonexistent.key"), "/nonexistent.key"),
                (.init(certificate: garbage, privateKey: key), garbage),
                (.init(certificate: good, privateKey: garbage), garbage),
                (
                    .init(certificate: good, privateKey: certificates.path("client.key")),
                    certificates.path("client.key")
                ),
                (.init(certificate: good, privateKey: key, clientCA: "/nonexistent.ca"), "/nonexistent.ca"),
                (.init(certificate: good, privateKey: key, clientCA: garbage), garbage),
            ]
            for (files, name) in cases {
                var configuration = HTTPServerConfiguration()
                configuration.tls = files
                let server = HTTPServer(configuration: configuration, logger: .silent) { _ in .text("") }
                let error = await #expect(throws: HTTPServerError.self) { _ = try await server.start() }
                #expect(error?.code == .tlsConfiguration)
                #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
            }
        }
    }
}
