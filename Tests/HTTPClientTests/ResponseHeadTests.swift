// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import HTTPClient

@Suite("ResponseHead")
struct ResponseHeadTests {
    private func head(_ lines: String...) -> ResponseHead {
        var head = ResponseHead()
        for line in lines {
            let fits = Array((line + "\r\n").utf8).withUnsafeBytes { head.consume($0) }
            #expect(fits)
        }
        return head
    }

    @Test("an HTTP/2 status line has no reason")
    func http2() {
        #expect(head("HTTP/2 204 ", "").status == 204)
    }

    @Test("a folded line continues the value before it")
    func folded() {
        let head = head("HTTP/1.1 200 OK", "A: one", "\t two", "B:3", "")
        #expect(head.headers.map(\.name) == ["A", "B"])
        #expect(head.headers.map(\.value) == ["one two", "3"])
    }

    @Test("a line without a colon is left out")
    func noColon() {
        #expect(head("HTTP/1.1 200 OK", "what is this", "").headers.isEmpty)
    }

    @Test("more bytes than allowed are refused, interim answers included")
    func tooLarge() {
        var head = ResponseHead()
        let line = Array("HTTP/1.1 103 Early Hints\r\n".utf8)
        var taken = 0
        while line.withUnsafeBytes({ head.consume($0) }) { taken += line.count }
        #expect(taken <= ResponseHead.maxBytes)
        #expect(taken > ResponseHead.maxBytes - 100)
    }
}
