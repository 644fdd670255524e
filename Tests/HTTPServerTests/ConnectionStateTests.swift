// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import HTTPServer

@Suite("The connection state")
struct ConnectionStateTests {
    /// Feeds text; returns what it came to and what is left of it.
    private func feed(_ text: String, _ state: inout ConnectionState) -> (input: String, rest: String) {
        let bytes = Array(text.utf8)
        var offset = 0
        let name =
            switch state.received(bytes.span, from: &offset) {
            case .wait: "wait"
            case .sendContinue: "continue"
            case .dispatch(let head, let body): "\(head.method) \(head.target) \(body.count)"
            case .refuse(let failure): "refuse \(failure.status)"
            }
        return (name, String(decoding: bytes[offset...], as: UTF8.self))
    }

    private func state(afterRequest text: String) -> ConnectionState {
        var state = ConnectionState(limits: .init(), secure: false)
        _ = feed(text, &state)
        return state
    }

    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("goes through its phases, each with its deadline")
    func phases() {
        var state = ConnectionState(limits: .init(), secure: true)
        #expect(state.deadline(hasOutput: false) == .handshake)
        #expect(!state.wantsBytes)
        state.handshakeDone()
        #expect(state.phase == .idle)
        #expect(state.deadline(hasOutput: false) == .header)
        #expect(feed("POST / HT", &state).input == "wait")
        #expect(state.phase == .readingHead)
        #expect(state.deadline(hasOutput: false) == .header)
        #expect(feed("TP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na", &state).input == "wait")
        #expect(state.phase == .readingBody)
        #expect(state.deadline(hasOutput: false) == .body)
        #expect(feed("bcGET", &state) == ("POST / 3", "GET"))
        #expect(state.phase == .handling)
        #expect(state.deadline(hasOutput: false) == .handler)
        #expect(!state.wantsBytes)
        _ = state.answer(status: 200, contentLength: 0, wantsClose: false)
        #expect(state.deadline(hasOutput: true) == .write)
        #expect(state.answered(isDraining: false, hasMoreInput: false) == .nextRequest)
        #expect(state.deadline(hasOutput: false) == .idle)
        #expect(state.wantsBytes)
    }

    @Test("an empty line before a request begins none, however it comes, and a second one does")
    func emptyLine() {
        var state = ConnectionState(limits: .init(), secure: false)
        for piece in ["\r", "\n"] {
            #expect(feed(piece, &state).input == "wait")
            #expect(state.phase == .idle)
        }
        #expect(feed("\r", &state).input == "wait")
        #expect(state.phase == .readingHead)
        #expect(feed("\n", &state).input == "refuse 400")
    }

    @Test("takes one pipelined request at a time")
    func pipelining() {
        var state = ConnectionState(limits: .init(), secure: false)
        let (input, rest) = feed(Self.get + Self.get, &state)
        #expect(input == "GET / 0")
        #expect(rest == Self.get)
    }

    @Test("asks for content only while none has come")
    func interim() {
        var state = ConnectionState(limits: .init(), secure: false)
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        #expect(feed(head, &state).input == "continue")
        #expect(feed("ab", &state).input == "POST / 2")
        #expect(feed(head + "ab", &state).input == "POST / 2")
    }

    @Test(
        "tells the client what becomes of the connection",
        arguments: [
            (
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false, ResponseEncoder.ConnectionField.unsaid,
                ConnectionState.Next.nextRequest
            ),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, .close, .linger),
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false, .close, .close),
            ("GET / HTTP/1.0\r\n\r\n", false, .close, .close),
            ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false, .keepAlive, .nextRequest),
            ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, .close, .linger),
        ]
    )
    func connectionField(
        request: String,
        wantsClose: Bool,
        field: ResponseEncoder.ConnectionField,
        next: ConnectionState.Next
    ) {
        var state = state(afterRequest: request)
        let plan = state.answer(status: 200, contentLength: 1, wantsClose: wantsClose)
        #expect(plan.connection == field)
        #expect(plan.next == next)
    }

    @Test("lingers when the client wants the end but has sent more")
    func lingersOnMore() {
        var state = state(afterRequest: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(state.answer(status: 200, contentLength: 0, wantsClose: false).next == .close)
        // Also what has come while the answer was on its way.
        #expect(state.answered(isDraining: false, hasMoreInput: true) == .linger)
        #expect(state.deadline(hasOutput: false) == .linger)
    }

    @Test(
        "frames the content by method, version and status",
        arguments: [
            ("GET / HTTP/1.1", 200, 5, ResponseEncoder.Framing.length(5), true),
            ("GET / HTTP/1.1", 200, nil, .chunked, true), ("GET / HTTP/1.0", 200, nil, .untilClose, true),
            ("HEAD / HTTP/1.1", 200, 5, .length(5), false), ("HEAD / HTTP/1.1", 200, nil, .none, false),
            ("GET / HTTP/1.1", 204, 5, .none, false), ("GET / HTTP/1.1", 304, nil, .none, false),
        ] as [(String, Int, Int?, ResponseEncoder.Framing, Bool)]
    )
    func framing(line: String, status: Int, length: Int?, framing: ResponseEncoder.Framing, sendsContent: Bool) {
        var state = state(afterRequest: "\(line)\r\nHost: a\r\n\r\n")
        let plan = state.answer(status: status, contentLength: length, wantsClose: false)
        #expect(plan.framing == framing)
        #expect(plan.sendsContent == sendsContent)
        #expect((state.phase == .streaming) == (length == nil && sendsContent))
    }

    @Test("answers a peer that has finished sending, but not one that left a request or a stream unfinished")
    func peerFinished() {
        var handling = state(afterRequest: Self.get)
        #expect(handling.peerFinished() == .carryOn)
        #expect(handling.answer(status: 200, contentLength: 1, wantsClose: false).next == .close)
        var idle = ConnectionState(limits: .init(), secure: false)
        #expect(idle.peerFinished() == .close)
        var partial = state(afterRequest: "GET / HT")
        #expect(partial.peerFinished() == .close)
        var stream = state(afterRequest: Self.get)
        _ = stream.answer(status: 200, contentLength: nil, wantsClose: false)
        #expect(stream.peerFinished() == .close)
    }

    @Test("an expired deadline is an answer when there is a request, and an end when there is none")
    func expired() {
        #expect(ConnectionState(limits: .init(), secure: false).expired(.header) == .close)
        #expect(state(afterRequest: "GET").expired(.header) == .refuse(.headerTimeout))
        #expect(state(afterRequest: Self.get).expired(.handler) == .refuse(.handlerTimeout))
        #expect(state(afterRequest: Self.get).expired(.write) == .close)
        #expect(state(afterRequest: Self.get).expired(.linger) == .close)
    }

    @Test("a stream is over for the next request only when its end is out")
    func streamEnds() {
        var state = state(afterRequest: Self.get)
        _ = state.answer(status: 200, contentLength: nil, wantsClose: false)
        #expect(state.deadline(hasOutput: false) == nil)
        #expect(state.deadline(hasOutput: true) == .write)
        state.streamEnded()
        #expect(state.phase == .answering(then: .nextRequest))
        #expect(state.answered(isDraining: true, hasMoreInput: false) == .linger)
    }
}
