// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import COpenSSL
import Glibc

/// What a non-blocking read or write came to.
enum TransferResult: Equatable {
    case moved(Int)
    case wouldBlock
    /// The peer has closed its sending half.
    case end
    case failed
}

/// A connected non-blocking socket, plain or with TLS over it. Belongs to one event loop's thread.
struct Transport: ~Copyable {
    /// -1 once closed.
    private(set) var descriptor: Int32
    /// The OpenSSL session, freed with the transport.
    private let session: OpaquePointer?
    /// A record waits for the socket to be writable, so a read has to be repeated when it is.
    private(set) var readNeedsWrite = false
    private var failed = false

    /// Takes over the descriptor. `nil` when OpenSSL has no memory for a session; the descriptor is then still open.
    init?(descriptor: Int32, tls: TLSContext?) {
        self.descriptor = descriptor
        guard let tls else {
            session = nil
            return
        }
        guard let session = SSL_new(tls.pointer) else { return nil }
        SSL_set_fd(session, descriptor)
        SSL_set_accept_state(session)
        self.session = session
    }

    deinit {
        if let session { SSL_free(session) }
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Gives the descriptor back at once, whoever still holds the transport; the event queue forgets it by itself.
    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    var isSecure: Bool { session != nil }

    /// The peer's certificate, when it has shown one and it has been verified; for after the handshake.
    func clientCertificate() -> ClientCertificate? { session.flatMap { ClientCertificate(verifiedBy: $0) } }

    /// One step of the TLS handshake; `.moved` when it is complete.
    mutating func handshake() -> TransferResult {
        guard let session else { return .moved(0) }
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        return result == 1 ? .moved(0) : outcome(of: result, reading: true)
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        guard let session else {
            return Self.plain(whenZero: .end) { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
        }
        ERR_clear_error()
        readNeedsWrite = false
        let result = SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
        return result > 0 ? .moved(Int(result)) : outcome(of: result, reading: true)
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) -> TransferResult {
        guard let session else {
            return Self.plain(whenZero: .wouldBlock) {
                send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
        }
        ERR_clear_error()
        let result = SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count))
        return result > 0 ? .moved(Int(result)) : outcome(of: result, reading: false)
    }

    /// Header section and content in one call without joining them in memory; only for a plain socket.
    func write(_ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) -> TransferResult {
        // sendmsg does not write to what the vectors point to; their type is shared with recvmsg.
        var vectors = [
            iovec(iov_base: UnsafeMutableRawPointer(mutating: head.baseAddress), iov_len: head.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: body.baseAddress), iov_len: body.count),
        ]
        return vectors.withUnsafeMutableBufferPointer { vectors in
            var message = msghdr()
            message.msg_iov = vectors.baseAddress
            message.msg_iovlen = vectors.count
            return Self.plain(whenZero: .wouldBlock) { sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL)) }
        }
    }

    /// Reads and drops what is in the socket, below TLS: after the answer is out nothing in it matters.
    func discard(_ buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        Self.plain(whenZero: .end) { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
    }

    /// Tells the peer that nothing more will come, and keeps its direction open.
    func finishSending() {
        sayGoodbye()
        Glibc.shutdown(descriptor, Int32(SHUT_WR))
    }

    /// The `close_notify` of TLS, by which the peer knows that nothing was cut off.
    func sayGoodbye() {
        guard let session, !failed, SSL_is_init_finished(session) == 1 else { return }
        ERR_clear_error()
        SSL_shutdown(session)
    }

    /// Makes the coming close a reset, so that the peer does not take a cut answer for a whole one.
    func resetOnClose() { Self.resetOnClose(descriptor) }

    /// Closes a socket that nobody has taken over yet, by a reset.
    static func reset(_ descriptor: Int32) {
        resetOnClose(descriptor)
        Glibc.close(descriptor)
    }

    private static func resetOnClose(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Bytes that the socket has taken and the peer has not acknowledged.
    var undelivered: Int {
        var count: Int32 = 0
        return ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
    }

    /// With TLS: bytes that the socket has brought, whole records or not; `nil` = a plain socket.
    var received: Int? { session.map { Int(BIO_number_read(SSL_get_rbio($0))) } }

    /// The socket has bytes, or records of TLS, that nobody has read.
    var hasUnread: Bool {
        var count: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 && count > 0
    }

    private static func plain(whenZero zero: TransferResult, _ call: () -> Int) -> TransferResult {
        while true {
            let count = call()
            if count > 0 { return .moved(count) }
            if count == 0 { return zero }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .failed
        }
    }

    private mutating func outcome(of result: Int32, reading: Bool) -> TransferResult {
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .wouldBlock
        case SSL_ERROR_WANT_WRITE:
            readNeedsWrite = reading
            return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .end
        default:
            // After a fatal error the session may not be used again, not even to say goodbye.
            failed = true
            return .failed
        }
    }
}
