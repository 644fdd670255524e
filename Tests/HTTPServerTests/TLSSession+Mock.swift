// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import COpenSSL
import Glibc

@testable import HTTPServer

/// A TLS client over a ``RawClient``'s connection, for what curl and openssl cannot be made to do. Blocks.
final class TLSSession {
    private let connection: RawClient
    private let context: OpaquePointer
    private let session: OpaquePointer

    /// Connects, and trusts whoever answers.
    init(_ address: ListenAddress) throws {
        connection = try RawClient(address)
        guard let context = SSL_CTX_new(TLS_client_method()), let session = SSL_new(context) else {
            throw RawClient.Failed(description: "OpenSSL has no memory")
        }
        self.context = context
        self.session = session
        SSL_set_fd(session, connection.descriptor)
        guard SSL_connect(session) == 1 else { throw RawClient.Failed(description: "no handshake") }
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    /// OpenSSL writes without MSG_NOSIGNAL, also while it reads. Only for this thread: the server has to see to its own.
    private func blockBrokenPipe() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    func send(_ text: String) {
        blockBrokenPipe()
        let bytes = Array(text.utf8)
        SSL_write(session, bytes, CInt(bytes.count))
    }

    /// The records that these bytes become, for a sender who takes his time. Nothing may be sent otherwise after it.
    func encrypted(_ bytes: [UInt8]) -> [UInt8] {
        let output = BIO_new(BIO_s_mem())
        SSL_set0_wbio(session, output)
        SSL_write(session, bytes, CInt(bytes.count))
        var records = [UInt8](repeating: 0, count: BIO_ctrl_pending(output))
        BIO_read(output, &records, CInt(records.count))
        return records
    }

    /// Sends what is encrypted already.
    func sendBeneath(_ records: [UInt8]) { connection.send(records) }

    /// Tells that nothing more is sent (`close_notify`); what comes can still be read.
    func finishSending() {
        blockBrokenPipe()
        SSL_shutdown(session)
    }

    /// Ends the sending half of TCP beneath TLS, without telling.
    func breakOffSending() { connection.finishSending() }

    /// All text until the server ends the session; `isWhole` when it has said so itself.
    func readToEnd() -> (text: String, isWhole: Bool) {
        blockBrokenPipe()
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = SSL_read(session, &buffer, CInt(buffer.count))
            guard count > 0 else { break }
            received += buffer[..<Int(count)]
        }
        return (String(decoding: received, as: UTF8.self), SSL_get_shutdown(session) & SSL_RECEIVED_SHUTDOWN != 0)
    }
}
