// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A call that got no complete answer. An answer of any status is not an error here.
public struct HTTPClientError: Error, Sendable, CustomStringConvertible {
    /// Why there is no answer. More codes may follow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name: `timeout`.
        public let description: String

        /// Not an absolute `http` or `https` URL, or one with credentials in it.
        public static let invalidURL = Code(description: "invalidURL")
        /// A method, header name or header value that HTTP does not allow.
        public static let invalidRequest = Code(description: "invalidRequest")
        /// The name of the host (or of the proxy) has no address.
        public static let resolve = Code(description: "resolve")
        /// Nobody took the connection.
        public static let connect = Code(description: "connect")
        /// No trusted TLS session: certificate, host name, protocol version or authorities file.
        public static let tls = Code(description: "tls")
        /// The connect timeout or the timeout of the whole call. The request may have been acted on.
        public static let timeout = Code(description: "timeout")
        /// The connection ended before the whole answer was there. The request may have been acted on.
        public static let dropped = Code(description: "dropped")
        /// More than ``ClientRequest/maxResponseBytes``.
        public static let bodyTooLarge = Code(description: "bodyTooLarge")
        /// The calling task was cancelled.
        public static let cancelled = Code(description: "cancelled")
        /// The client has been shut down.
        public static let closed = Code(description: "closed")
        /// Anything else, such as an answer that is not HTTP.
        public static let other = Code(description: "other")
    }

    /// What kind of failure it was.
    public var code: Code
    /// The host and the reason; never a header, a query or a credential.
    public var message: String
    /// Of the answer that was being read, when the failure is the answer's; `nil` = none had come.
    public var status: Int?

    /// Makes an error; tests use this in place of a network.
    public init(_ code: Code, _ message: String, status: Int? = nil) {
        self.code = code
        self.message = message
        self.status = status
    }

    /// `connect: 127.0.0.1:1: Connection refused`
    public var description: String { "\(code): \(message)" }
}
