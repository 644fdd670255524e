// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Glibc
import Logging
import Synchronization

extension LoopCore {
    func handle(_ message: EventLoop.Message) {
        switch message {
        case .answer(let id, let response):
            if let connection = connection(of: id) { answer(connection, response) }
        case .beginStream(let id, let response, let continuation):
            guard let connection = connection(of: id) else { return continuation.resume(returning: false) }
            continuation.resume(returning: beginStream(connection, response))
        case .writeStream(let id, let bytes, let continuation):
            guard let connection = connection(of: id), connection.state.phase == .streaming else {
                return continuation.resume(throwing: EventLoop.clientGone)
            }
            writeStream(connection, bytes, continuation)
        case .endStream(let id, let failed):
            if let connection = connection(of: id) { endStream(connection, failed: failed) }
        case .drain: closeIdle()
        case .stop(let time): stop(at: time)
        }
    }

    /// The message came after the loop's end.
    func refuse(_ message: EventLoop.Message) {
        switch message {
        case .beginStream(_, _, let continuation): continuation.resume(returning: false)
        case .writeStream(_, _, let continuation): continuation.resume(throwing: EventLoop.clientGone)
        case .answer, .endStream, .drain, .stop: break
        }
    }

    /// The connection, if it is still open and still at that request.
    private func connection(of id: EventLoop.ExchangeID) -> Connection? {
        guard id.slot < connections.count, let connection = connections[id.slot], connection.id == id,
            connection.task != nil
        else { return nil }
        return connection
    }

    private func answer(_ connection: Connection, _ response: HTTPResponse) {
        connection.task = nil
        guard (200...599).contains(response.status.code) else {
            let error = HTTPResponse.problem(HTTPStatus(500), detail: "The server made an answer that cannot be sent.")
            return send(error, for: connection)
        }
        send(response, for: connection)
    }

    private func send(_ response: HTTPResponse, for connection: Connection) {
        guard case .bytes(let body) = response.body else { return }
        let plan = plan(response, contentLength: body.count, for: connection)
        transmit(response, plan, body: body, on: connection)
    }

    /// The server's own answer to what it does not serve. The connection closes after it.
    func refuse(_ connection: Connection, _ failure: RequestFailure) {
        loop.counters.count(failure.kind)
        giveBackUnfinished(of: connection)
        logger.debug(
            "request refused",
            metadata: [
                "peer": "\(connection.remoteAddress)", "status": "\(failure.status)", "detail": "\(failure.detail)",
            ]
        )
        var response = HTTPResponse.problem(HTTPStatus(failure.status), detail: failure.detail)
        if failure.status == 503 { response.headers["Retry-After"] = "1" }
        guard case .bytes(let body) = response.body else { return }
        connection.task?.cancel()
        connection.task = nil
        var plan = connection.state.refuse()
        plan.framing = .length(body.count)
        transmit(response, plan, body: body, on: connection)
    }

    private func plan(
        _ response: HTTPResponse,
        contentLength: Int?,
        for connection: Connection
    ) -> ConnectionState.AnswerPlan {
        let wantsClose = response.headers["Connection"]?.equalsIgnoringASCIICase("close") ?? false
        return connection.state.answer(
            status: response.status.code,
            contentLength: contentLength,
            wantsClose: wantsClose || shared.isDraining.load(ordering: .relaxed)
        )
    }

    private func transmit(
        _ response: HTTPResponse,
        _ plan: ConnectionState.AnswerPlan,
        body: [UInt8],
        on connection: Connection
    ) {
        withHead(of: response, plan) { head in
            send(head: &head, body: plan.sendsContent ? body : [], to: connection)
        }
        finishAnswer(connection)
        if isOpen(connection) { proceed(connection) }
        if isOpen(connection) { arm(connection) }
    }

    private func withHead(
        of response: HTTPResponse,
        _ plan: ConnectionState.AnswerPlan,
        _ body: (inout [UInt8]) -> Void
    ) {
        var head: [UInt8] = []
        swap(&head, &writeBuffer)
        head.removeAll(keepingCapacity: true)
        encoder.encode(
            status: response.status,
            headers: response.headers,
            framing: plan.framing,
            connection: plan.connection,
            into: &head
        )
        body(&head)
        swap(&head, &writeBuffer)
    }

    /// When everything is out: the next request, or the end.
    func finishAnswer(_ connection: Connection) {
        guard isOpen(connection), !connection.hasOutput, case .answering = connection.state.phase else { return }
        let next = connection.state.answered(
            isDraining: shared.isDraining.load(ordering: .relaxed),
            hasMoreInput: connection.mayHaveMoreInput
        )
        switch next {
        case .nextRequest: break
        case .close:
            connection.transport.sayGoodbye()
            close(connection)
        case .linger:
            connection.transport.finishSending()
            connection.inbound = []
            connection.inboundOffset = 0
            // Bytes may be there whose event has been used up.
            connection.isReadable = true
            arm(connection)
        }
    }

    // MARK: - Streams

    private func beginStream(_ connection: Connection, _ response: HTTPResponse) -> Bool {
        guard (200...599).contains(response.status.code) else {
            answer(connection, HTTPResponse(status: response.status))
            return false
        }
        let plan = plan(response, contentLength: nil, for: connection)
        connection.streamFraming = plan.framing
        guard connection.state.phase == .streaming else {
            connection.task = nil
            transmit(response, plan, body: [], on: connection)
            return false
        }
        withHead(of: response, plan) { head in send(head, to: connection) }
        guard isOpen(connection) else { return false }
        arm(connection)
        // The peer may have gone while the handler worked; then no further event comes.
        if connection.sawPeerEnd {
            close(connection)
            return false
        }
        if stopAt != nil { connection.task?.cancel() }
        return true
    }

    private func writeStream(
        _ connection: Connection,
        _ bytes: [UInt8],
        _ continuation: CheckedContinuation<Void, any Error>
    ) {
        guard !bytes.isEmpty else { return continuation.resume() }
        if connection.streamFraming == .chunked {
            var chunk: [UInt8] = []
            chunk.reserveCapacity(bytes.count + 12)
            ResponseEncoder.appendChunk(bytes, to: &chunk)
            send(chunk, to: connection)
        } else {
            send(bytes, to: connection)
        }
        guard isOpen(connection) else { return continuation.resume(throwing: EventLoop.clientGone) }
        if connection.hasOutput { connection.writers.append(continuation) } else { continuation.resume() }
        arm(connection)
    }

    private func endStream(_ connection: Connection, failed: Bool) {
        guard connection.state.phase == .streaming else { return }
        connection.task = nil
        guard !failed else {
            connection.transport.resetOnClose()
            return close(connection)
        }
        connection.state.streamEnded()
        if connection.streamFraming == .chunked { send(ResponseEncoder.lastChunk, to: connection) }
        finishAnswer(connection)
        if isOpen(connection) { proceed(connection) }
        if isOpen(connection) { arm(connection) }
    }
}
