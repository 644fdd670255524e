// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Logging
import Synchronization

extension LoopCore {
    func handshake(_ connection: Connection) {
        switch connection.transport.handshake() {
        case .moved:
            connection.state.handshakeDone()
            connection.clientCertificate = connection.transport.clientCertificate()
            // The first bytes of the request may have come with the handshake's last.
            connection.isReadable = true
            arm(connection)
            proceed(connection)
        case .wouldBlock: break
        case .end, .failed:
            LoopCounters.add(loop.counters.tlsFailures)
            logger.debug(
                "TLS handshake failed",
                metadata: ["peer": "\(connection.remoteAddress)", "reason": "\(TLSContext.lastError())"]
            )
            close(connection)
        }
    }

    /// Reads and parses while bytes are wanted and there are any; drops them while lingering.
    func proceed(_ connection: Connection) {
        if connection.state.phase == .lingering { return discard(connection) }
        // A connection that sends faster than we read gives the others a turn after a megabyte.
        for _ in 0..<16 {
            guard isOpen(connection), connection.state.wantsBytes else { return }
            if connection.hasInput {
                parseInbound(connection)
            } else if connection.isReadable {
                readOnce(connection)
            } else {
                return arm(connection)
            }
        }
        arm(connection)
        guard !connection.isUnfinished else { return }
        connection.isUnfinished = true
        unfinishedReads.append(connection)
    }

    func continueReads() {
        guard !unfinishedReads.isEmpty else { return }
        let connections = unfinishedReads
        unfinishedReads = []
        for connection in connections {
            connection.isUnfinished = false
            if isOpen(connection) { proceed(connection) }
        }
    }

    private func parseInbound(_ connection: Connection) {
        let pending = connection.inbound
        var offset = connection.inboundOffset
        connection.inbound = []
        connection.inboundOffset = 0
        parse(pending.span, from: &offset, for: connection)
        if offset < pending.count, isOpen(connection) {
            connection.inbound = pending
            connection.inboundOffset = offset
        }
    }

    /// From so much awaited content on it is read to where it stays. Less is read together with what follows it, for one
    /// call less, and copied.
    private static let directBytes = 16 * 1024

    private func readOnce(_ connection: Connection) {
        let awaited = connection.state.awaitedContent
        guard awaited < Self.directBytes else { return readContent(connection, upTo: min(awaited, readBuffer.count)) }
        // Out of the object while in use: its storage is then this function's alone.
        var buffer: [UInt8] = []
        swap(&buffer, &readBuffer)
        defer { swap(&buffer, &readBuffer) }
        switch buffer.withUnsafeMutableBytes({ connection.transport.read(into: $0) }) {
        case .moved(let count):
            noteRead(of: count, room: buffer.count, connection)
            let input = buffer.span.extracting(0..<count)
            var offset = 0
            parse(input, from: &offset, for: connection)
            if offset < count, isOpen(connection) {
                connection.inbound = input.extracting(offset..<count).withUnsafeBufferPointer { Array($0) }
            }
        case let other: readNothing(connection, other)
        }
    }

    private func readContent(_ connection: Connection, upTo most: Int) {
        var result = TransferResult.wouldBlock
        var room = 0
        connection.state.takeContent(upTo: most) { buffer in
            // Less than what was asked for, where there is no room for more.
            room = buffer.count
            result = connection.transport.read(into: buffer)
            return if case .moved(let count) = result { count } else { 0 }
        }
        guard case .moved(let count) = result else { return readNothing(connection, result) }
        noteRead(of: count, room: room, connection)
        var offset = 0
        parse(Span(), from: &offset, for: connection)
    }

    private func noteRead(of count: Int, room: Int, _ connection: Connection) {
        // A short read has emptied a plain socket; new bytes make a new event. After the peer's end there is no
        // new event, so then only the end itself says that it is empty.
        if count < room, !connection.transport.isSecure, !connection.sawPeerEnd { connection.isReadable = false }
    }

    private func readNothing(_ connection: Connection, _ result: TransferResult) {
        if result == .failed { return close(connection) }
        connection.isReadable = false
        if result == .end { carryOut(connection.state.peerFinished(), for: connection) }
    }

    private func parse(_ input: Span<UInt8>, from offset: inout Int, for connection: Connection) {
        while true {
            switch connection.state.received(input, from: &offset) {
            case .wait: return count(connection)
            case .sendContinue: send(ResponseEncoder.continueLine, to: connection)
            case .dispatch(let head, let body):
                connection.exchange &+= 1
                giveBackUnfinished(of: connection)
                return dispatch(
                    HTTPRequest(
                        head: head,
                        body: body,
                        remoteAddress: connection.remoteAddress,
                        clientCertificate: connection.clientCertificate
                    ),
                    connection
                )
            case .refuse(let failure):
                // Nothing behind the error can be told apart any more.
                offset = input.count
                return refuse(connection, failure)
            }
            guard isOpen(connection) else { return }
        }
    }

    /// A request waits for more content: does what there is of all of them fit?
    private func count(_ connection: Connection) {
        let more = connection.state.unfinishedBytes - connection.unfinishedBytes
        guard more != 0 else { return }
        connection.unfinishedBytes += more
        let all = shared.unfinishedBytes.add(more, ordering: .relaxed).newValue
        // One request that is as large as any may be is taken whatever the limit says.
        guard all > max(configuration.maxUnfinishedBytes, configuration.maxBodyBytes) else { return }
        refuse(connection, .overloaded)
    }

    /// The request is complete or given up.
    func giveBackUnfinished(of connection: Connection) {
        guard connection.unfinishedBytes != 0 else { return }
        shared.unfinishedBytes.subtract(connection.unfinishedBytes, ordering: .relaxed)
        connection.unfinishedBytes = 0
    }

    private func dispatch(_ request: HTTPRequest, _ connection: Connection) {
        LoopCounters.add(loop.counters.requests)
        arm(connection)
        let (loop, handler, id) = (loop, handler, connection.id)
        // It runs here at once up to its first suspension; its answer comes back as a message.
        connection.task = Task.immediate(executorPreference: loop) {
            await loop.serve(request, as: id, by: handler)
        }
    }

    func carryOut(_ verdict: ConnectionState.Verdict, for connection: Connection) {
        switch verdict {
        case .carryOn: break
        case .close: close(connection)
        case .refuse(let failure): refuse(connection, failure)
        }
    }

    /// Lingering: what comes is dropped until the peer closes, up to a bound.
    private func discard(_ connection: Connection) {
        while isOpen(connection), connection.isReadable {
            let result = withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) {
                connection.transport.discard($0)
            }
            switch result {
            case .moved(let count):
                connection.discarded += count
                if connection.discarded > 4 * 1024 * 1024 { close(connection) }
            case .wouldBlock: connection.isReadable = false
            case .end, .failed: close(connection)
            }
        }
    }
}
