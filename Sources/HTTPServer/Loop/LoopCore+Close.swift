// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Glibc
import Synchronization

extension LoopCore {
    /// Closes at once and lets everyone who waits for this connection know.
    func close(_ connection: Connection) {
        guard isOpen(connection) else { return }
        // Between two requests nothing is cut off, and the peer is told so (RFC 8446 section 6.1).
        if connection.state.phase == .idle { connection.transport.sayGoodbye() }
        // A stream whose only end is that of the connection must not look whole. One in chunks tells by itself, and then what
        // is on its way may arrive.
        if connection.state.phase == .streaming, connection.streamFraming == .untilClose {
            connection.transport.resetOnClose()
        }
        connections[connection.slot] = nil
        freeSlots.append(connection.slot)
        openCount -= 1
        giveBackUnfinished(of: connection)
        deadlines.clear(slot: connection.slot)
        connection.transport.close()
        connection.task?.cancel()
        connection.task = nil
        let writers = connection.writers
        connection.writers = []
        for writer in writers { writer.resume(throwing: EventLoop.clientGone) }
        releasePlace()
        if let key = connection.addressKey { shared.connectionsOfAddresses.remove(key) }
        if acceptsAgainAt != nil { resumeAccepting() }
    }

    /// Connections between two requests; one that has not sent its first request still gets an answer.
    func closeIdle() {
        for case let connection? in connections where connection.state.phase == .idle {
            // A request may be in the socket already.
            connection.isReadable = true
            proceed(connection)
            if isOpen(connection), connection.state.phase == .idle, connection.state.requests > 0 {
                close(connection)
            }
        }
    }

    /// No new connections; requests in hand go on until `time`.
    func stop(at time: Int64) {
        stopAt = min(stopAt ?? .max, time)
        closeListeners()
        closeIdle()
        for case let connection? in connections {
            switch connection.state.phase {
            case .idle, .handshaking: arm(connection)
            case .streaming: connection.task?.cancel()
            case .readingHead, .readingBody, .handling, .answering, .lingering: break
            }
        }
    }
}
