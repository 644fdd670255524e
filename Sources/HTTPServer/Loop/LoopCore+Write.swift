// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Glibc

extension LoopCore {
    /// Content up to this size is copied behind its header section; larger content goes out beside it.
    private static let joinBytes = 16 * 1024

    /// Sends, or keeps what the socket does not take. May close the connection.
    func send(_ bytes: [UInt8], to connection: Connection) {
        guard !connection.hasOutput else { return connection.outbound.append(contentsOf: bytes) }
        var offset = 0
        switch write(bytes, from: &offset, to: connection) {
        case .failed: close(connection)
        default: keep(bytes, from: offset, for: connection)
        }
    }

    /// Header section and content in one write.
    func send(head: inout [UInt8], body: [UInt8], to connection: Connection) {
        if body.count <= Self.joinBytes || connection.transport.isSecure || connection.hasOutput {
            head.append(contentsOf: body)
            return send(head, to: connection)
        }
        let result = head.withUnsafeBytes { head in
            body.withUnsafeBytes { body in connection.transport.write(head, body) }
        }
        switch result {
        case .moved(let count) where count >= head.count:
            connection.written += count
            var offset = count - head.count
            if write(body, from: &offset, to: connection) == .failed { return close(connection) }
            keep(body, from: offset, for: connection)
        case .moved(let count):
            connection.written += count
            keep(head, from: count, for: connection)
            connection.outbound.append(contentsOf: body)
        case .wouldBlock:
            keep(head, from: 0, for: connection)
            connection.outbound.append(contentsOf: body)
        case .end, .failed: close(connection)
        }
    }

    private func keep(_ bytes: [UInt8], from offset: Int, for connection: Connection) {
        guard offset < bytes.count else { return }
        connection.outbound = Array(bytes[offset...])
        connection.outboundOffset = 0
    }

    /// Writes until everything is taken or the socket is full; then it makes an event when it has room.
    private func write(_ bytes: [UInt8], from offset: inout Int, to connection: Connection) -> TransferResult {
        while offset < bytes.count {
            let result = bytes.withUnsafeBytes { all in
                connection.transport.write(UnsafeRawBufferPointer(rebasing: all[offset...]))
            }
            guard case .moved(let count) = result else { return result }
            offset += count
            connection.written += count
        }
        return .moved(0)
    }

    /// The socket has room again.
    func flush(_ connection: Connection) {
        // Out of the object, so that writing on does not copy it.
        var pending: [UInt8] = []
        swap(&pending, &connection.outbound)
        let result = write(pending, from: &connection.outboundOffset, to: connection)
        swap(&pending, &connection.outbound)
        if result == .failed || result == .end { return close(connection) }
        if connection.hasOutput { return arm(connection) }
        connection.outbound = []
        connection.outboundOffset = 0
        resumeWriters(of: connection)
        finishAnswer(connection)
        if isOpen(connection) { arm(connection) }
    }

    func resumeWriters(of connection: Connection) {
        let writers = connection.writers
        connection.writers = []
        for writer in writers { writer.resume() }
    }
}
