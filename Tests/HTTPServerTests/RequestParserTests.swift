// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import HTTPServer

@Suite("The request parser accepts")
struct RequestParserTests {
    private func requests(_ text: String, limits: RequestParser.Limits = .init()) -> [ParseTrace.Request] {
        let (whole, different) = RequestParser.traceAllSplits(Array(text.utf8), limits: limits)
        #expect(whole.failure == nil, "\(whole)")
        #expect(!whole.isPartial)
        #expect(different.isEmpty)
        return whole.requests
    }

    @Test("a GET with path and query")
    func plainGet() throws {
        let request = try #require(
            requests("GET /a/b%20c?x=1&y=[2] HTTP/1.1\r\nHost: example.org:8080\r\nX-A:  b c \t\r\n\r\n").first
        )
        #expect(request.method == "GET")
        #expect(request.target == "/a/b%20c?x=1&y=[2]")
        #expect(request.path == "/a/b%20c")
        #expect(request.query == "x=1&y=[2]")
        #expect(request.fields == ["Host: example.org:8080", "X-A: b c"])
        #expect(request.keepAlive)
    }

    @Test(
        "the methods of the registry but CONNECT",
        arguments: [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "PROPFIND", "VERSION-CONTROL",
            "ACL", "COPY", "MERGE", "SEARCH", "REBIND",
        ]
    )
    func methods(method: String) {
        #expect(requests("\(method) /x HTTP/1.1\r\nHost: a\r\n\r\n").map(\.method) == [method])
    }

    @Test("content of a known length, and nothing beyond it")
    func contentLength() {
        let found = requests(
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /y HTTP/1.1\r\nHost: a\r\n\r\n"
        )
        #expect(found.map(\.target) == ["/x", "/y"])
        #expect(found.first?.body == Array("hello".utf8))
    }

    @Test("zero content, also with leading zeros", arguments: ["0", "000"])
    func zeroLength(length: String) {
        #expect(requests("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n").first?.body == [])
    }

    @Test(
        "chunked content with extensions and trailers, which are dropped",
        arguments: [
            "5\r\nhello\r\n0\r\n\r\n",
            "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "05;a;b=c;d=\"e\\\" f\"\r\nhello\r\n0;last\r\n\r\n",
            "5 ; a = b\r\nhello\r\n0\r\n\r\n",
            "5\r\nhello\r\n000\r\nX: y\r\nContent-Length: 7\r\n\r\n",
        ]
    )
    func chunked(content: String) throws {
        let found = requests(
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n\(content)GET /y HTTP/1.1\r\nHost: a\r\n\r\n"
        )
        #expect(found.map(\.target) == ["/x", "/y"])
        #expect(found.first?.body == Array("hello".utf8))
        #expect(found.first?.fields == ["Host: a", "Transfer-Encoding: Chunked"])
    }

    @Test("binary content with every byte value")
    func binaryContent() {
        let content = [UInt8](0...255)
        let bytes = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 256\r\n\r\n".utf8) + content
        let (whole, different) = RequestParser.traceAllSplits(bytes)
        #expect(whole.requests.first?.body == content)
        #expect(different.isEmpty)
    }

    @Test("one empty line before a request, as old clients send after a POST")
    func emptyLine() {
        #expect(requests("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").count == 2)
    }

    @Test(
        "every target form of an origin server",
        arguments: [
            ("GET http://example.org HTTP/1.1", "/", ""),
            ("GET HTTP://example.org:80/a?b HTTP/1.1", "/a", "b"),
            ("GET https://[::1]:8443?q HTTP/1.1", "/", "q"),
            ("OPTIONS * HTTP/1.1", "*", ""),
            ("GET /a?b?c HTTP/1.1", "/a", "b?c"),
            ("GET //a/../b HTTP/1.1", "//a/../b", ""),
            ("GET /:@!$&'()*+,;=-._~ HTTP/1.1", "/:@!$&'()*+,;=-._~", ""),
        ]
    )
    func targets(line: String, path: String, query: String) throws {
        let request = try #require(requests("\(line)\r\nHost: a\r\n\r\n").first)
        #expect(request.path == path)
        #expect(request.query == query)
    }

    @Test(
        "every form of Host",
        arguments: [
            "a", "A-1.example.org", "a:", "a:0", "a:65535", "127.0.0.1:80", "[::1]", "[fe80::1]:80", "a%20b", "a_b~!",
        ]
    )
    func hosts(host: String) {
        #expect(requests("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").count == 1)
    }

    @Test(
        "and tells whether the connection goes on (RFC 9112 section 9.3)",
        arguments: [
            ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.1", "Connection: x, Close\r\n", false),
            ("1.1", "Connection: keep-alive, close\r\n", false), ("1.1", "connection: closed\r\n", true),
            ("1.0", "", false), ("1.0", "Connection: keep-alive\r\n", true), ("1.2", "", true),
        ]
    )
    func keepAlive(version: String, field: String, expected: Bool) {
        #expect(requests("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n").first?.keepAlive == expected)
    }

    @Test(
        "and tells whether the client waits for 100 (Continue)",
        arguments: [
            ("1.1", "Content-Length: 1\r\n", "x", true), ("1.1", "Content-Length: 0\r\n", "", false),
            ("1.1", "", "", false), ("1.0", "Content-Length: 1\r\n", "x", false),
        ]
    )
    func expectation(version: String, field: String, content: String, expected: Bool) {
        let text = "POST / HTTP/\(version)\r\nHost: a\r\nExpect: 100-Continue\r\n\(field)\r\n\(content)"
        #expect(requests(text).first?.expectsContinue == expected)
    }

    @Test("HTTP/1.0 without a Host")
    func oldWithoutHost() {
        #expect(requests("GET / HTTP/1.0\r\n\r\n").count == 1)
    }

    @Test("field values with bytes over 127, as UTF-8 or else as Latin-1")
    func obsoleteText() {
        let head = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8)
        let utf8 = RequestParser.traceAllSplits(head + Array("Zoë".utf8) + Array("\r\n\r\n".utf8))
        #expect(utf8.whole.requests.first?.fields.last == "X: Zoë")
        let latin = RequestParser.traceAllSplits(head + [0x5A, 0x6F, 0xEB] + Array("\r\n\r\n".utf8))
        #expect(latin.whole.requests.first?.fields.last == "X: Zoë")
        #expect(latin.different.isEmpty)
    }

    @Test("exactly as much as the limits allow")
    func atTheLimits() {
        let limits = RequestParser.Limits(maxTargetBytes: 20, maxHeaderBytes: 60, maxHeaderCount: 3, maxBodyBytes: 10)
        let target = "/" + String(repeating: "a", count: 19)
        // "Host: a" and "Content-Length: 10" with their line ends are 29 bytes, "X: " and its line end are 5.
        let value = String(repeating: "v", count: 60 - 29 - 3 - 2)
        let text = "POST \(target) HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nX: \(value)\r\n\r\n0123456789"
        #expect(requests(text, limits: limits).count == 1)
    }

    @Test("a claimed length without reserving it")
    func claimedLength() {
        var parser = RequestParser(limits: .init(maxBodyBytes: 1 << 40))
        var offset = 0
        let bytes = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1099511627776\r\n\r\n".utf8)
        #expect(parser.parse(bytes.span, from: &offset) == .head)
        #expect(parser.parse(bytes.span, from: &offset) == .needsMore)
        #expect(parser.body.capacity < 1 << 20)
    }

    @Test("random bytes without a trap, and the same however they are cut")
    func randomBytes() {
        var generator = SeededGenerator(state: 42)
        let good = Array(
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nA: b\r\n\r\n".utf8
        )
        for _ in 0..<400 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...127, using: &generator), at: place)
                }
            }
            let different = RequestParser.traceAllSplits(bytes).different
            #expect(different.isEmpty, "\(bytes)")
        }
    }
}

/// SplitMix64: the same sequence every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
