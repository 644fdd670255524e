// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CCurl
import Foundation
public import Logging
import Synchronization

/// HTTP/1.1 and, if allowed, HTTP/2 calls over libcurl's multi interface, on a thread of its own.
///
/// Connections are kept and shared by all calls to a host. TLS certificates and host names are always verified,
/// redirects are never followed, and the environment's proxy variables are ignored. Call ``shutdown()`` at the end;
/// a client that is merely released ends its thread too, but nobody can wait for that.
public final class HTTPClient: Sendable {
    /// What all calls of a client share.
    public struct Configuration: Sendable {
        /// Name lookup, TCP and TLS together; the timeout of the call limits it further.
        public var connectTimeout: Duration = .seconds(5)
        /// Further calls to the same host wait for one of these to be free.
        public var maxConnectionsPerHost = 8
        /// Over TLS, when the server offers it.
        ///
        /// Off: with libcurl 7.88 a call over HTTP/1.1 takes about half the time, and a server that ends an HTTP/2
        /// connection (`GOAWAY`) takes the calls under way with it, whose outcome is then unknown.
        public var allowsHTTP2 = false
        /// Path of a PEM bundle in place of the system's; TLS verification is always on.
        public var certificateAuthorities: String?
        /// `http://proxy.example.com:3128`, credentials allowed; `nil` connects directly whatever the environment says.
        public var proxy: String?
        /// The defaults.
        public init() {}
    }

    private let mailbox: Mailbox
    private let lastID = Atomic<UInt64>(0)

    /// Starts the thread.
    ///
    /// - Throws: `.tls` when the authorities file cannot be read, `.other` when libcurl cannot start.
    public init(configuration: Configuration = .init(), logger: Logger) throws(HTTPClientError) {
        guard Self.libcurlIsReady else { throw HTTPClientError(.other, "libcurl could not be initialised") }
        if let path = configuration.certificateAuthorities, !FileManager.default.isReadableFile(atPath: path) {
            throw HTTPClientError(.tls, "cannot read the certificate authorities in \(path)")
        }
        guard let pointer = curl_multi_init() else {
            throw HTTPClientError(.other, "libcurl could not start: out of memory")
        }
        let connections = max(1, configuration.maxConnectionsPerHost)
        ccurl_multi_set_long(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, connections)
        // Idle connections kept, all hosts together.
        ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, connections * 8)

        let multi = MultiHandle(pointer: pointer)
        let mailbox = Mailbox(multi: multi)
        self.mailbox = mailbox
        var settings = configuration
        settings.maxConnectionsPerHost = connections
        let thread = Thread { [settings] in
            Self.blockSignals()
            TransferLoop(multi: multi, mailbox: mailbox, configuration: settings, logger: logger).run()
        }
        thread.name = "http-client"
        thread.start()
    }

    deinit {
        mailbox.close()
    }

    /// Sends a request and returns the final answer, whatever its status.
    ///
    /// Cancelling the task ends the transfer and throws `.cancelled`. A kept connection that the server closed in the
    /// meantime is replaced by a fresh one without an error, as long as no byte of an answer had come.
    public func send(_ request: ClientRequest) async throws(HTTPClientError) -> ClientResponse {
        try request.validate()
        let target = try RequestTarget(url: request.url)
        let deadline = ContinuousClock.now + min(request.timeout, .seconds(365 * 86_400))
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let submission = Submission(
                    id: id,
                    request: request,
                    target: target,
                    deadline: deadline,
                    continuation: continuation
                )
                guard mailbox.submit(submission) else {
                    continuation.resume(returning: .failure(HTTPClientError(.closed, "the client was shut down")))
                    return
                }
                // The handler below may have run before there was anything to cancel.
                if Task.isCancelled { mailbox.cancel(id) }
            }
        } onCancel: {
            mailbox.cancel(id)
        }
        return try result.get()
    }

    /// Ends the thread and all connections; calls under way and later ones throw `.closed`.
    public func shutdown() async {
        mailbox.close()
        await mailbox.waitForEnd()
    }

    private static let libcurlIsReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// For the loop's thread and the resolver threads it starts: signals are the main thread's, and OpenSSL's writes
    /// to a closed socket must be an error, not a SIGPIPE (with `NOSIGNAL` libcurl leaves that to us).
    private static func blockSignals() {
        var mask = sigset_t()
        sigfillset(&mask)
        // A fault of this thread's own still has to reach the crash handler.
        for fault in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP] { sigdelset(&mask, fault) }
        pthread_sigmask(SIG_BLOCK, &mask, nil)
    }
}
