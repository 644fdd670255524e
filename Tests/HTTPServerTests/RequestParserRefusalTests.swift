// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import HTTPServer

/// One message that must not be served.
struct RefusalVector: Sendable, CustomTestStringConvertible {
    var name: String
    var message: String
    var status: Int

    init(_ name: String, _ message: String, _ status: Int = 400) {
        self.name = name
        self.message = message
        self.status = status
    }

    var testDescription: String { name }

    /// A POST with these header lines and this content after a good request line and Host.
    static func post(_ name: String, _ fields: String, _ content: String = "", _ status: Int = 400) -> RefusalVector {
        RefusalVector(name, "POST /x HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(content)", status)
    }

    /// A chunked POST with this content.
    static func chunked(_ name: String, _ content: String, _ status: Int = 400) -> RefusalVector {
        post(name, "Transfer-Encoding: chunked", content, status)
    }

    /// A GET with this as its target.
    static func target(_ target: String, _ status: Int = 400) -> RefusalVector {
        RefusalVector("target \(target)", "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n", status)
    }

    /// A GET with this Host line.
    static func host(_ value: String) -> RefusalVector {
        RefusalVector("host \(value)", "GET / HTTP/1.1\r\nHost: \(value)\r\n\r\n")
    }
}

@Suite("The request parser refuses")
struct RequestParserRefusalTests {
    static let requestLines: [RefusalVector] = [
        .init("no version", "GET /\r\nHost: a\r\n\r\n"),
        .init("two spaces after the method", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("two spaces after the target", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("a space at the end", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
        .init("a space at the beginning", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("a tab for a space", "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("a method that is no token", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("a bare line feed", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        .init("a bare carriage return", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
        .init("a doubled carriage return", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
        .init("two empty lines before it", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("a lower-case protocol name", "GET / http/1.1\r\nHost: a\r\n\r\n"),
        .init("a version of three digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
        .init("a version without a minor", "GET / HTTP/1\r\nHost: a\r\n\r\n"),
        .init("another protocol", "GET / HTTQ/1.1\r\nHost: a\r\n\r\n"),
        .init("HTTP/2 prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        .init("HTTP/3", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
        .init("HTTP/0.9 by name", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
        .init("an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        .init("a method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        .init("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501),
        .init("a registered method in lower case", "trace / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        .init("TRACE with a target that is no path", "TRACE * HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    static let targets: [RefusalVector] = [
        .target("*"), .target("x"), .target("a:80"), .target("ftp://a/"), .target("http://"), .target("http:///x"),
        .target("http://u@a/"), .target("http://a:x/"), .target("/a#b"), .target("/\u{7F}"), .target("/\u{1}"),
        .target("/ä"), .target("/%"), .target("/%4"), .target("/%zz"), .target("/<script>"), .target("/a\"b"),
        .target("/?q=%"), .target("/?q=\"x\""), .target("/?a=<b>"), .target("/a\\b"), .target("/\u{0}"),
    ]

    static let hosts: [RefusalVector] = [
        .init("no Host", "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n"),
        .init("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        .init("two equal Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        .init("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        .host(""), .host("a b"), .host("a,b"), .host("a/b"), .host("u@a"), .host("a:b"), .host("a:1:2"),
        .host("a:65536"), .host("a:123456"), .host(":80"), .host("[::1"), .host("[]"), .host("[::1]x"),
        .host("[::g]"), .host("a%2"), .host("<a>"), .host("a\\b"),
    ]

    static let fields: [RefusalVector] = [
        .post("a blank before the colon", "X : y"),
        .post("a tab before the colon", "X\t: y"),
        .post("an empty name", ": y"),
        .post("a line without a colon", "nonsense"),
        .post("a name with a slash", "X/Y: z"),
        .post("a name with a byte over 127", "Ä: z"),
        .post("a folded value", "X: a\r\n b"),
        .post("a value folded with a tab", "X: a\r\n\tb"),
        .init("a folded first line", "GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n"),
        .post("NUL in a value", "X: a\u{0}b"),
        .post("a bare carriage return in a value", "X: a\rb"),
        .post("a bare line feed after a value", "X: a\nY: b"),
        .post("a control character in a value", "X: a\u{8}b"),
        .post("DEL in a value", "X: a\u{7F}b"),
        .post("a carriage return in a name", "X\rY: b"),
        .post("an unknown expectation", "Expect: 200-ok", "", 417),
        .post("an unknown expectation beside the known one", "Expect: 100-continue, x", "", 417),
    ]

    static let framing: [RefusalVector] = [
        .post("an empty Content-Length", "Content-Length: "),
        .post("a negative Content-Length", "Content-Length: -1"),
        .post("a Content-Length with a plus", "Content-Length: +1", "x"),
        .post("a hexadecimal Content-Length", "Content-Length: 0x1", "x"),
        .post("a Content-Length with a fraction", "Content-Length: 1.0", "x"),
        .post("a Content-Length with a blank inside", "Content-Length: 1 1", "x"),
        .post("a Content-Length list of equal values", "Content-Length: 1, 1", "x"),
        .post("two equal Content-Lengths", "Content-Length: 1\r\nContent-Length: 1", "x"),
        .post("two different Content-Lengths", "Content-Length: 1\r\nContent-Length: 2", "x"),
        .post("Content-Length with Transfer-Encoding", "Content-Length: 3\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        .post("Transfer-Encoding with Content-Length", "Transfer-Encoding: chunked\r\nContent-Length: 3", "0\r\n\r\n"),
        .post("a coding that is not chunked at the end", "Transfer-Encoding: chunked, gzip"),
        .post("identity", "Transfer-Encoding: identity"),
        .post("gzip alone", "Transfer-Encoding: gzip"),
        .post("chunked twice", "Transfer-Encoding: chunked, chunked"),
        .post("chunked in two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        .post("xchunked", "Transfer-Encoding: xchunked"),
        .post("an empty Transfer-Encoding", "Transfer-Encoding: "),
        .post("an empty element", "Transfer-Encoding: ,chunked"),
        .post("an empty last element", "Transfer-Encoding: chunked,"),
        .post("a vertical tab before chunked", "Transfer-Encoding: \u{B}chunked"),
        .post("a quoted coding", "Transfer-Encoding: \"chunked\""),
        .post("a parameter", "Transfer-Encoding: chunked;q=1"),
        .post("gzip and chunked", "Transfer-Encoding: gzip, chunked", "", 501),
        .post("gzip and chunked in two fields", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "", 501),
        .init(
            "Transfer-Encoding in HTTP/1.0",
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
    ]

    static let chunks: [RefusalVector] = [
        .chunked("no size", "\r\nabc\r\n"),
        .chunked("a size that is no number", "x\r\nabc\r\n"),
        .chunked("a prefix 0x", "0x3\r\nabc\r\n"),
        .chunked("a sign", "+3\r\nabc\r\n"),
        .chunked("a negative size", "-3\r\nabc\r\n"),
        .chunked("a blank before the size", " 3\r\nabc\r\n"),
        .chunked("a blank after the size", "3 \r\nabc\r\n"),
        .chunked("an underscore", "1_0\r\nabc\r\n"),
        .chunked("a bare line feed after the size", "3\nabc\r\n"),
        .chunked("a bare line feed after the data", "3\r\nabc\n0\r\n\r\n"),
        .chunked("more data than the size", "3\r\nabcd\r\n0\r\n\r\n"),
        .chunked("less data than the size", "3\r\nab\r\n0\r\n\r\n"),
        .chunked("a carriage return and something else", "3\r\nabc\rX0\r\n\r\n"),
        .chunked("an extension without a name", "3;\r\nabc\r\n0\r\n\r\n"),
        .chunked("an extension without a value", "3;a=\r\nabc\r\n0\r\n\r\n"),
        .chunked("an extension with a bare carriage return", "3;a\rb\r\nabc\r\n0\r\n\r\n"),
        .chunked("an extension with an open quote", "3;a=\"b\r\nabc\r\n0\r\n\r\n"),
        .chunked("an extension with NUL", "3;a\u{0}\r\nabc\r\n0\r\n\r\n"),
        .chunked("a size line that does not end", "3;a=" + String(repeating: "b", count: 300) + "\r\nabc\r\n"),
        .chunked("sixteen digits", "0000000000000003\r\nabc\r\n"),
        .chunked("a size that overflows", "ffffffffffffffff1\r\nabc\r\n"),
        .chunked("a huge size", "7fffffffffffff\r\nabc\r\n", 413),
        .chunked("a folded trailer", "0\r\nA: b\r\n c\r\n\r\n"),
        .chunked("a trailer without a colon", "0\r\nA\r\n\r\n"),
        .chunked("a bare line feed in the trailers", "0\r\nA: b\n\r\n"),
        .chunked("a last chunk with data", "0\r\nabc\r\n\r\n"),
    ]

    @Test(
        "what RFC 9112 does not allow, however it is cut into pieces",
        arguments: requestLines + targets + hosts + fields + framing + chunks
    )
    func refuses(vector: RefusalVector) {
        let (whole, different) = RequestParser.traceAllSplits(Array(vector.message.utf8))
        #expect(whole.failure?.status == vector.status, "\(whole)")
        #expect(whole.requests.isEmpty)
        #expect(different.isEmpty)
    }

    static let limits = RequestParser.Limits(
        maxTargetBytes: 20,
        maxHeaderBytes: 60,
        maxHeaderCount: 3,
        maxBodyBytes: 10
    )

    @Test(
        "what is over a limit, whole or not",
        arguments: [
            RefusalVector("target", "GET /\(String(repeating: "a", count: 20)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
            .init("line without an end", "GET /\(String(repeating: "a", count: 200))", 414),
            .init("method without an end", String(repeating: "A", count: 200), 414),
            .init("field", "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 60))\r\n\r\n", 431),
            .init("field without an end", "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 90))", 431),
            .init(
                "fields together",
                "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: 1234567890\r\n", count: 5))\r\n",
                431
            ),
            .init("count", "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", 431),
            .post("length", "Content-Length: 11", "", 413),
            .post("a length no integer holds", "Content-Length: 99999999999999999999999", "", 413),
            .chunked("one chunk", "b\r\n", 413),
            .chunked("chunks together", "6\r\nabcdef\r\n5\r\n", 413),
            .chunked("trailers", "0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n", 431),
            .chunked("trailer bytes", "0\r\nA: \(String(repeating: "a", count: 60))\r\n\r\n", 431),
            .chunked("extensions together", String(repeating: "1;a=bcdefghij\r\nx\r\n", count: 6)),
        ]
    )
    func refusesOverLimit(vector: RefusalVector) {
        let (whole, different) = RequestParser.traceAllSplits(Array(vector.message.utf8), limits: Self.limits)
        #expect(whole.failure?.status == vector.status, "\(whole)")
        #expect(different.isEmpty)
    }

    @Test("nothing more after a failure, even when good bytes follow")
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
}
