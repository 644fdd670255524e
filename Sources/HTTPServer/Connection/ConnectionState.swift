// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The life of one connection as decisions: bytes, answers, deadlines and the peer's end come in, what to do comes out.
///
/// A value without sockets or clock. One request is in hand at a time, so pipelined answers go out in order.
struct ConnectionState {
    enum Phase: Equatable {
        /// TLS is being agreed on.
        case handshaking
        /// No byte of the next request has come.
        case idle
        case readingHead, readingBody
        /// The handler has the request.
        case handling
        case streaming
        /// The whole answer is on its way; when it is out, this happens.
        case answering(then: Next)
        /// The answer is out and the sending half closed; what the client still sends is read and dropped, because
        /// closing with unread bytes would destroy the answer on its way (RFC 9112 section 9.6).
        case lingering
    }

    /// What follows an answer.
    enum Next: Equatable {
        case nextRequest, close, linger
    }

    /// What bytes came to.
    enum Input {
        /// More are needed.
        case wait
        /// `100 (Continue)` is due; then go on with the rest of the bytes.
        case sendContinue
        case dispatch(RequestHead, body: [UInt8])
        case refuse(RequestFailure)
    }

    /// What the end of the peer's sending, or a deadline, means.
    enum Verdict: Equatable {
        case carryOn
        /// Close without an answer.
        case close
        case refuse(RequestFailure)
    }

    /// How an answer is sent.
    struct AnswerPlan: Equatable {
        var framing: ResponseEncoder.Framing
        var connection: ResponseEncoder.ConnectionField
        /// HEAD, 204 and 304 have no content (RFC 9110 section 6.4.1).
        var sendsContent: Bool
        var next: Next
    }

    private struct Asked {
        var isHead = false
        var minorVersion = 1
        var keepAlive = true
    }

    private(set) var phase: Phase
    /// The peer has closed its sending half; answers still reach it.
    private(set) var peerHasFinished = false
    private(set) var requests = 0
    private var parser: RequestParser
    /// What the answer to the request in hand has to know of it.
    private var asked = Asked()

    init(limits: RequestParser.Limits, secure: Bool) {
        parser = RequestParser(limits: limits)
        phase = secure ? .handshaking : .idle
    }

    /// Bytes from the peer have a use now. Otherwise they stay in the socket: that is the back-pressure.
    var wantsBytes: Bool {
        switch phase {
        case .idle, .readingHead, .readingBody: true
        case .handshaking, .handling, .streaming, .answering, .lingering: false
        }
    }

    /// Content that has come of a request that is not complete.
    var unfinishedBytes: Int { phase == .readingBody ? parser.body.count : 0 }

    /// Content of the request in hand that has come.
    var contentBytes: Int { unfinishedBytes }

    /// What is waited for. A first request is due like a header section: only a connection that has served may idle.
    func deadline(hasOutput: Bool) -> DeadlineQueue.Kind? {
        switch phase {
        case .handshaking: .handshake
        case .idle: requests == 0 ? .header : .idle
        case .readingHead: .header
        case .readingBody: .body
        case .handling: .handler
        case .streaming: hasOutput ? .write : nil
        case .answering: .write
        case .lingering: .linger
        }
    }

    mutating func handshakeDone() { phase = .idle }

    /// Takes bytes from `offset` on. Call again while it does not say `wait`, as long as bytes are wanted.
    mutating func received(_ input: Span<UInt8>, from offset: inout Int) -> Input {
        while true {
            switch parser.parse(input, from: &offset) {
            case .needsMore:
                phase = parser.isReadingContent ? .readingBody : parser.hasBegun ? .readingHead : .idle
                return .wait
            case .head:
                phase = .readingBody
                // Content that is here already answers the question (RFC 9110 section 10.1.1).
                if parser.head.expectsContinue, offset == input.count { return .sendContinue }
            case .complete:
                let request = parser.take()
                asked = Asked(
                    isHead: request.head.method == .head,
                    minorVersion: request.head.minorVersion,
                    keepAlive: request.head.keepAlive
                )
                requests += 1
                phase = .handling
                return .dispatch(request.head, body: request.body)
            case .failed(let failure): return .refuse(failure)
            }
        }
    }

    /// How much content comes next, whatever the bytes are; 0 = something else does.
    var awaitedContent: Int { phase == .readingBody ? parser.awaitedContent : 0 }

    /// Lets content be written where it stays; `received` without input then tells what it came to.
    mutating func takeContent(upTo most: Int, _ read: (UnsafeMutableRawBufferPointer) -> Int) {
        parser.takeContent(upTo: most, read)
    }

    /// The peer will send no more.
    mutating func peerFinished() -> Verdict {
        peerHasFinished = true
        switch phase {
        // Who asks for a stream and leaves is gone; a half-closed reader of an endless stream cannot be told from it.
        case .handshaking, .idle, .readingHead, .readingBody, .streaming, .lingering: return .close
        case .handling, .answering: return .carryOn
        }
    }

    func expired(_ kind: DeadlineQueue.Kind) -> Verdict {
        switch kind {
        case .header: phase == .readingHead ? .refuse(.headerTimeout) : .close
        case .body: .refuse(.bodyTimeout)
        case .handler: phase == .handling ? .refuse(.handlerTimeout) : .carryOn
        case .handshake, .idle, .write, .linger: .close
        }
    }

    /// The handler's answer; `contentLength` is `nil` for a stream. The phase moves on.
    mutating func answer(
        status: Int,
        contentLength: Int?,
        wantsClose: Bool
    ) -> AnswerPlan {
        let isHead = asked.isHead
        let isBare = status == 204 || status == 304
        let isOld = asked.minorVersion == 0
        let streams = contentLength == nil && !isHead && !isBare
        let closes = !asked.keepAlive || wantsClose || peerHasFinished || (streams && isOld)
        let framing: ResponseEncoder.Framing =
            if isBare {
                .none
            } else if let contentLength {
                .length(contentLength)
            } else if isHead {
                .none
            } else {
                isOld ? .untilClose : .chunked
            }
        let next: Next = !closes ? .nextRequest : asked.keepAlive ? .linger : .close
        self.next = peerHasFinished ? .close : next
        phase = streams ? .streaming : .answering(then: self.next)
        return AnswerPlan(
            framing: framing,
            connection: closes ? .close : isOld ? .keepAlive : .unsaid,
            sendsContent: !isHead && !isBare,
            next: self.next
        )
    }

    /// The server answers by itself and closes.
    mutating func refuse() -> AnswerPlan {
        // Of a request that is half read the method is known once its request line is (RFC 9110 section 9.3.2).
        let isHead = phase == .handling ? asked.isHead : parser.head.method == .head
        next = peerHasFinished ? .close : .linger
        phase = .answering(then: next)
        // What came of it is of no use while the connection lingers.
        parser = RequestParser(limits: parser.limits)
        return AnswerPlan(framing: .length(0), connection: .close, sendsContent: !isHead, next: next)
    }

    /// The stream has ended well; its last bytes are on their way.
    mutating func streamEnded() { phase = .answering(then: next) }

    /// The answer is out. A drain that began while it was on its way ends the connection without having been announced. Whether
    /// closing could meet unread bytes, which would make it a reset, is asked now: they may have come meanwhile.
    mutating func answered(isDraining: Bool, hasMoreInput: @autoclosure () -> Bool) -> Next {
        guard case .answering(let planned) = phase else { return .nextRequest }
        let next: Next =
            switch planned {
            case .nextRequest: isDraining ? .linger : .nextRequest
            case .close: !peerHasFinished && hasMoreInput() ? .linger : .close
            case .linger: .linger
            }
        switch next {
        case .nextRequest: phase = .idle
        case .linger: phase = .lingering
        case .close: break
        }
        return next
    }

    private var next = Next.nextRequest
}
