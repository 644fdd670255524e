// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import COpenSSL
import Glibc

/// Certificate, key and rules of TLS for all connections of a server.
///
/// TLS 1.2 and later, ALPN `http/1.1` (RFC 7301), stateless session tickets so that a sender who opens a connection for
/// every event resumes instead of signing anew. With a client CA, a client with a certificate of another one is turned
/// away, and so is, unless allowed, one without any.
final class TLSContext: Sendable {
    /// Set up in `init` and not changed after it; OpenSSL counts its references atomically and lets several threads
    /// make sessions of one context.
    nonisolated(unsafe) let pointer: OpaquePointer

    init(_ files: HTTPServerConfiguration.TLSFiles) throws(HTTPServerError) {
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw HTTPServerError(.tlsConfiguration, "cannot set up TLS: \(Self.lastError())")
        }
        pointer = context
        configure()
        try loadCertificate(files)
        if let clientCA = files.clientCA {
            try askForClientCertificates(of: clientCA, areRequired: !files.allowsMissingClientCertificate)
        }
    }

    deinit { SSL_CTX_free(pointer) }

    private func configure() {
        _ = pr_ssl_ctx_set_min_proto_version(pointer, Int32(TLS1_2_VERSION))
        // TLS 1.2 as RFC 9325 section 4.2 has it: forward secrecy and authenticated encryption. TLS 1.3 has nothing else.
        SSL_CTX_set_cipher_list(pointer, "ECDHE+AESGCM:ECDHE+CHACHA20")
        // The chain is what the file has; else OpenSSL looks for one in its store with every handshake.
        let modes =
            SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
            | SSL_MODE_NO_AUTO_CHAIN
        _ = pr_ssl_ctx_set_mode(pointer, Int(modes))
        // One call for all that has come, instead of two for each record. What stays in the session's buffer is found by
        // the next read: TLS is read until it has nothing more.
        pr_ssl_ctx_set_read_ahead(pointer, 1)
        _ = pr_ssl_ctx_set_options(
            pointer,
            pr_ssl_op_no_renegotiation | pr_ssl_op_cipher_server_preference | pr_ssl_op_ignore_unexpected_eof
        )
        // Tickets need no store on the server; one of them is enough for a client that resumes.
        _ = pr_ssl_ctx_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
        SSL_CTX_set_num_tickets(pointer, 1)
        // Without a context of its own a session with a client certificate cannot be resumed.
        let name = Array("presence-relay".utf8)
        SSL_CTX_set_session_id_context(pointer, name, UInt32(name.count))
        // A key with a passphrase must fail, not ask on the terminal.
        SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in -1 }
        SSL_CTX_set_alpn_select_cb(pointer, selectHTTP11, nil)
    }

    private func loadCertificate(_ files: HTTPServerConfiguration.TLSFiles) throws(HTTPServerError) {
        try Self.checkReadable(files.certificate, as: "certificate")
        try Self.checkReadable(files.privateKey, as: "private key")
        ERR_clear_error()
        guard SSL_CTX_use_certificate_chain_file(pointer, files.certificate) == 1 else {
            throw HTTPServerError(
                .tlsConfiguration,
                "cannot use \(files.certificate) as the TLS certificate: \(Self.lastError()); "
                    + "it must be a PEM file with the server's certificate first, then the intermediate ones"
            )
        }
        guard SSL_CTX_use_PrivateKey_file(pointer, files.privateKey, SSL_FILETYPE_PEM) == 1 else {
            throw HTTPServerError(
                .tlsConfiguration,
                "cannot use \(files.privateKey) as the TLS private key: \(Self.lastError()); "
                    + "it must be a PEM file without a passphrase, the key of \(files.certificate)"
            )
        }
        guard SSL_CTX_check_private_key(pointer) == 1 else {
            throw HTTPServerError(
                .tlsConfiguration,
                "the TLS private key \(files.privateKey) is not the key of the certificate \(files.certificate)"
            )
        }
    }

    private func askForClientCertificates(of file: String, areRequired: Bool) throws(HTTPServerError) {
        try Self.checkReadable(file, as: "client CA")
        ERR_clear_error()
        guard SSL_CTX_load_verify_locations(pointer, file, nil) == 1, let names = SSL_load_client_CA_file(file) else {
            throw HTTPServerError(
                .tlsConfiguration,
                "cannot use \(file) as the CA of client certificates: \(Self.lastError()); "
                    + "it must be a PEM file with one or more CA certificates"
            )
        }
        SSL_CTX_set_client_CA_list(pointer, names)
        let required = areRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | required, nil)
    }

    private static func checkReadable(_ file: String, as role: String) throws(HTTPServerError) {
        guard access(file, R_OK) != 0 else { return }
        let number = errno
        throw HTTPServerError(
            number == EACCES ? .permissionDenied : .tlsConfiguration,
            "cannot read the TLS \(role) \(file): \(String(cString: strerror(number))); "
                + "check the path and that this user may read it",
            systemError: number
        )
    }

    /// The first error OpenSSL has queued in this thread, which is the cause of the others; the queue is then empty.
    static func lastError() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return "unknown error" }
        return String(cString: reason)
    }
}

/// ALPN: `http/1.1` or nothing; a client that offers only other protocols is refused (RFC 7301 section 3.2).
private func selectHTTP11(
    _ session: OpaquePointer?,
    _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ selectedLength: UnsafeMutablePointer<UInt8>?,
    _ offered: UnsafePointer<UInt8>?,
    _ offeredLength: UInt32,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    let list = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
    var index = 0
    while index < list.count {
        let length = Int(list[index])
        let end = index + 1 + length
        guard end <= list.count else { break }
        if list[index + 1..<end].elementsEqual("http/1.1".utf8), let base = list.baseAddress {
            selected?.pointee = base + index + 1
            selectedLength?.pointee = UInt8(length)
            return SSL_TLSEXT_ERR_OK
        }
        index = end
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
