// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import Glibc
import HTTPServer
import Journal
import Logging
import Testing

@testable import Ingest

/// Requests as an API destination of EventBridge makes them, byte for byte, over a real socket.
@Suite("EventBridge API destinations")
struct EventBridgeTests {
    private let test: TestIngest

    init() throws { test = try TestIngest() }

    /// Sends bytes to the webhook on loopback and reads until the relay closes.
    private func exchange(_ bytes: [UInt8], _ authentication: [Authentication]) async throws -> String {
        let ingest = test.ingest(authentication)
        var router = Router()
        ingest.routes(into: &router)
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = HTTPServer(configuration: HTTPServerConfiguration(), logger: silent) { [router] in
            await router.handle($0)
        }
        let addresses = try await server.start()
        let port = try #require(addresses.first.map { if case .ip(_, let port) = $0 { port } else { 0 } })
        let answer = await Task.detached { Self.talk(bytes, port: UInt16(port)) }.value
        await server.shutdown(deadline: .zero)
        return answer
    }

    /// Blocks for at most ten seconds.
    private static func talk(_ bytes: [UInt8], port: UInt16) -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard isConnected == 0, send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            return "not sent"
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 { return "no end after: " + String(decoding: received, as: UTF8.self) }
            if count == 0 { return String(decoding: received, as: UTF8.self) }
            received += buffer[..<count]
        }
    }

    private func post(_ body: String, _ fields: [String]) -> [UInt8] {
        let lines =
            [
                "POST /v1/events HTTP/1.1", "Host: relay.example.com", "User-Agent: Amazon/EventBridge/ApiDestinations",
                "Content-Type: application/json; charset=utf-8", "Range: bytes=0-1048575",
                "Accept-Encoding: gzip,deflate", "Connection: close", "Content-Length: \(body.utf8.count)",
            ] + fields
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    @Test("an event is taken with Range, charset and Connection: close as they send them, and the connection ends")
    func takes() async throws {
        let body = Sample.envelope("e1")
        let answer = try await exchange(
            post(body, ["X-API-Key: key-of-the-connection"]),
            [.apiKey(header: "X-API-Key", values: ["key-of-the-connection"])]
        )
        #expect(answer.hasPrefix("HTTP/1.1 202 Accepted\r\n"), "\(answer)")
        #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(!answer.lowercased().contains("content-range"))
        #expect(answer.hasSuffix(#"{"accepted":1,"duplicate":0,"ignored":0}"#))
        #expect(try await test.stored().map(\.body) == [Array(body.utf8)])
        await test.journal.close()
    }

    @Test("basic and OAuth connections are taken as well; a wrong key is 401, which EventBridge tries again")
    func schemes() async throws {
        let ways: [Authentication] = [
            .basic(username: "genesys", passwords: ["password-of-the-connection"]),
            .bearer(tokens: ["token-of-the-connection"]),
        ]
        let basic = Data("genesys:password-of-the-connection".utf8).base64EncodedString()
        for (field, status) in [
            ("Authorization: Basic \(basic)", "202"), ("Authorization: Bearer token-of-the-connection", "202"),
            ("Authorization: Bearer another-token", "401"), ("X-API-Key: key-of-the-connection", "401"),
        ] {
            let answer = try await exchange(post(Sample.presence(), [field]), ways)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(field): \(answer)")
        }
        await test.journal.close()
    }

    @Test("a signature is over the content without the framing of HTTP")
    func chunked() async throws {
        let body = Sample.envelope("e1")
        let tag = HMACAlgorithm.sha256.tag(of: Array(body.utf8), key: Array("key-of-the-sender".utf8))
        let half = body.utf8.count / 2
        let pieces = [String(body.prefix(half)), String(body.dropFirst(half))]
        let chunks = pieces.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"
        let head =
            "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n"
            + "Transfer-Encoding: chunked\r\nX-Signature: \(Hexadecimal.text(tag))\r\n\r\n"
        let answer = try await exchange(
            Array((head + chunks).utf8),
            [.hmac(HMACScheme(header: "X-Signature", secrets: ["key-of-the-sender"]))]
        )
        #expect(answer.hasPrefix("HTTP/1.1 202 "), "\(answer)")
        await test.journal.close()
    }
}
