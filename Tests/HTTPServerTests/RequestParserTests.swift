// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import HTTPServer

/// What is not one sequence of bytes and its outcome; those are `RequestVectorTests`.
@Suite("The request parser")
struct RequestParserTests {
    @Test("knows every method of the registry but CONNECT")
    func methods() {
        let names =
            "ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT COPY DELETE GET HEAD LABEL LINK LOCK MERGE MKACTIVITY "
            + "MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST PROPFIND PROPPATCH PUT "
            + "QUERY REBIND REPORT SEARCH TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF "
            + "VERSION-CONTROL"
        for name in names.split(separator: " ") {
            let trace = RequestParser.trace(
                [Array("\(name) /x HTTP/1.1\r\nHost: a\r\n\r\n".utf8)[...]],
                limits: .init()
            )
            #expect(trace.requests.map(\.method) == [String(name)])
        }
    }

    /// The characters that the grammars name; the parser has them as masks.
    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    @Test(
        "judges every byte in every place as the grammars do",
        arguments: [
            // RFC 9110 section 5.6.2, but lower case.
            ("A", " / HTTP/1.1\r\nHost: a\r\n\r\n", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~", "method"),
            // RFC 3986 section 3.3; the question mark begins a query.
            ("GET /", "x HTTP/1.1\r\nHost: a\r\n\r\n", letters + "-._~!$&'()*+,;=:@/?", "path"),
            // RFC 3986 section 3.4, and what browsers leave as it is.
            ("GET /?", "x HTTP/1.1\r\nHost: a\r\n\r\n", letters + "-._~!$&'()*+,;=:@/?[]{}|\\^`", "query"),
            // RFC 3986 section 3.2.2, but the comma; the colon begins an empty port.
            ("GET / HTTP/1.1\r\nHost: a", "\r\n\r\n", letters + "-._~!$&'()*+;=: \t", "host"),
            // RFC 9110 section 5.6.2; the colon ends it.
            ("GET / HTTP/1.1\r\nHost: a\r\nX", ": y\r\n\r\n", letters + "!#$%&'*+-.^_`|~:", "name"),
        ]
    )
    func everyByte(before: String, after: String, allowed: String, place: String) {
        for byte in UInt8.min...UInt8.max {
            let bytes = Array(before.utf8) + [byte] + Array(after.utf8)
            let trace = RequestParser.trace([bytes[...]], limits: .init())
            let isFine = trace.failure == nil || trace.failure?.status == 501
            #expect(isFine == allowed.utf8.contains(byte), "\(place): \(byte)")
        }
    }

    @Test("takes every byte but control characters in a value, and every byte in content")
    func everyByteOfValues() {
        for byte in UInt8.min...UInt8.max {
            let head = Array("GET / HTTP/1.1\r\nHost: a\r\nX: y".utf8)
            let trace = RequestParser.trace([(head + [byte] + Array("z\r\n\r\n".utf8))[...]], limits: .init())
            #expect((trace.failure == nil) == (byte == 9 || (byte >= 32 && byte != 127)), "\(byte)")
        }
        let content = [UInt8](0...255)
        let bytes = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 256\r\n\r\n".utf8) + content
        let (whole, different) = RequestParser.traceAllSplits(bytes)
        #expect(whole.requests.map(\.body) == [content])
        #expect(different.isEmpty)
    }

    @Test("reserves nothing for a claimed length")
    func claimedLength() {
        var parser = RequestParser(limits: .init(maxBodyBytes: 1 << 40))
        var offset = 0
        let bytes = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1099511627776\r\n\r\n".utf8)
        #expect(parser.parse(bytes.span, from: &offset) == .head)
        #expect(parser.parse(bytes.span, from: &offset) == .needsMore)
        #expect(parser.body.capacity < 1 << 20)
    }

    @Test("takes nothing more after a failure, even when good bytes follow")
    func staysFailed() {
        var parser = RequestParser(limits: .init())
        var offset = 0
        let bad = Array("nonsense\r\n".utf8)
        guard case .failed(let failure) = parser.parse(bad.span, from: &offset) else {
            Issue.record("the nonsense passed")
            return
        }
        offset = 0
        let good = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        #expect(parser.parse(good.span, from: &offset) == .failed(failure))
    }

    @Test("content in small pieces is moved a few times, not with each of them", arguments: [true, false])
    func growth(isChunked: Bool) {
        let size = 1 << 20
        let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(size)"
        var parser = RequestParser(limits: .init())
        func feed(_ text: String) {
            var offset = 0
            let bytes = Array(text.utf8)
            while parser.parse(bytes.span, from: &offset) == .head {}
        }
        feed("POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
        var moves = 0
        var most = 0
        while parser.body.count < size {
            if isChunked, parser.awaitedContent == 0 { feed((parser.body.isEmpty ? "" : "\r\n") + "4000\r\n") }
            let before = parser.body.capacity
            parser.takeContent(upTo: 65_536) { room in
                let count = min(room.count, 1000)
                for place in 0..<count { room[place] = 1 }
                return count
            }
            if parser.body.capacity != before { moves += 1 }
            most = max(most, parser.body.capacity - 4 * parser.body.count)
        }
        #expect(moves < 12)
        #expect(most <= 70_000, "a claimed length costs no memory")
    }
}
