// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import HTTPServer

@Suite("Messages")
struct HTTPMessageTests {
    @Test(
        "dates are written as RFC 9110 wants them",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
        ]
    )
    func dates(seconds: Int, expected: String) {
        #expect(String(decoding: HTTPDate(seconds: seconds).bytes, as: UTF8.self) == expected)
    }

    @Test("header names compare without case, values keep their order")
    func headers() {
        var headers: HTTPHeaders = ["A": "1", "b": "2", "a": "3"]
        #expect(headers["a"] == "1")
        #expect(headers.all("A") == ["1", "3"])
        #expect(headers["A-"] == nil)
        headers["B"] = "4"
        #expect(headers.map(\.name) == ["A", "a", "B"])
        headers["A"] = nil
        #expect(headers.count == 1)
        // Differ by the bit that is the case of letters, but are no letters.
        #expect(!"a@".equalsIgnoringASCIICase("a`"))
        #expect(!"[".equalsIgnoringASCIICase("{"))
    }

    @Test("a request knows its path and its query values")
    func request() {
        let request = HTTPRequest(method: .get, target: "/a%20b?x=1&y=a+b%26&x=2&flag&z=%ff")
        #expect(request.path == "/a b")
        #expect(request.queryValues("x") == ["1", "2"])
        #expect(request.queryValue("y") == "a b&")
        #expect(request.queryValue("flag") == "")
        #expect(request.queryValue("z") == nil)
        #expect(request.queryValue("none") == nil)
    }

    @Test(
        "percent-decoding happens once and refuses what is not UTF-8",
        arguments: [
            ("a%2541", "a%41"), ("%E2%82%AC", "€"), ("a+b", "a+b"), ("%", nil), ("%4", nil), ("%g0", nil), ("%ff", nil),
            ("%C0%AF", nil),
        ] as [(String, String?)]
    )
    func percent(text: String, expected: String?) {
        #expect(text.percentDecoded() == expected)
    }

    @Test("a problem document is valid JSON whatever its detail says")
    func problem() {
        let response = HTTPResponse.problem(
            HTTPStatus(400),
            detail: "a \"b\" \\ \n\u{1} é",
            headers: ["Retry-After": "1"]
        )
        guard case .bytes(let body) = response.body else {
            Issue.record("not bytes")
            return
        }
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"type":"about:blank","title":"Bad Request","status":400,"detail":"a \"b\" \\ \u000a\u0001 é"}"#
        )
        #expect(response.headers["content-type"] == "application/problem+json")
        #expect(response.headers["retry-after"] == "1")
    }

    @Test("a chunk is its size in hexadecimal and its data, and an empty one is nothing")
    func chunk() {
        var out: [UInt8] = []
        ResponseEncoder.appendChunk([UInt8](repeating: 65, count: 26), to: &out)
        ResponseEncoder.appendChunk([], to: &out)
        #expect(String(decoding: out, as: UTF8.self) == "1a\r\n\(String(repeating: "A", count: 26))\r\n")
    }

    @Test("addresses are written as in a URL")
    func addresses() {
        #expect("\(ListenAddress.ip("127.0.0.1", port: 80))" == "127.0.0.1:80")
        #expect("\(ListenAddress.ip("::1", port: 80))" == "[::1]:80")
    }

    @Test("durations of any size become nanoseconds that can be added to a clock")
    func durations() {
        #expect(Duration.milliseconds(1500).clampedNanoseconds == 1_500_000_000)
        #expect(Duration.seconds(-5).clampedNanoseconds == 0)
        #expect(Duration.seconds(Int64.max).clampedNanoseconds > 0)
    }
}
