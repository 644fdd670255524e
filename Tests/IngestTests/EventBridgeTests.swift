// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import Journal
import Logging
import Testing

@testable import Ingest

/// Requests as an API destination of EventBridge makes them, byte for byte, over a real socket.
@Suite("EventBridge API destinations")
struct EventBridgeTests {
    private let test: TestIngest

    init() throws { test = try TestIngest() }

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
        let answer = try await test.exchange(
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
            let answer = try await test.exchange(post(Sample.presence(), [field]), ways)
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
        let answer = try await test.exchange(
            Array((head + chunks).utf8),
            [.hmac(HMACScheme(header: "X-Signature", secrets: ["key-of-the-sender"]))]
        )
        #expect(answer.hasPrefix("HTTP/1.1 202 "), "\(answer)")
        await test.journal.close()
    }
}
