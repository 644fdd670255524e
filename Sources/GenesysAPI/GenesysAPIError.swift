// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A call that did not succeed.
public struct GenesysAPIError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was. More codes may follow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name: `rateLimited`.
        public let description: String

        /// 400, 405, 406, 413, 415, 422: the same call would fail again.
        public static let badRequest = Code(description: "badRequest")
        /// 401 with a fresh token too, or credentials that the login host does not accept.
        public static let unauthorized = Code(description: "unauthorized")
        /// 403: a permission or a division is missing.
        public static let forbidden = Code(description: "forbidden")
        /// 404, 410
        public static let notFound = Code(description: "notFound")
        /// 409: read again, then decide.
        public static let conflict = Code(description: "conflict")
        /// 429; see ``GenesysAPIError/retryAfter``.
        public static let rateLimited = Code(description: "rateLimited")
        /// 5xx
        public static let server = Code(description: "server")
        /// No answer in time, or 408.
        public static let timeout = Code(description: "timeout")
        /// No connection, or one that broke.
        public static let network = Code(description: "network")
        /// A 2xx whose body is not what the endpoint promises.
        public static let unexpectedBody = Code(description: "unexpectedBody")
        /// The calling task was cancelled.
        public static let cancelled = Code(description: "cancelled")
        /// Anything else, such as a redirect.
        public static let other = Code(description: "other")
    }

    /// What kind of failure it was.
    public var code: Code
    /// HTTP status; `nil` without an answer.
    public var status: Int?
    /// What went wrong and what to do; names the missing permission on 403.
    public var message: String
    /// Genesys' own code: `missing.any.permissions`, or OAuth's: `invalid_client`.
    public var genesysCode: String?
    /// `ININ-Correlation-Id` header, else `contextId`: what Genesys support asks for.
    public var correlationID: String?
    /// From `Retry-After`, else from the message's number.
    public var retryAfter: Duration?
    /// Whether the call that failed would have changed something; `nil` = not told.
    public var isWrite: Bool?

    /// Makes an error; tests use this in place of Genesys.
    public init(
        _ code: Code,
        status: Int? = nil,
        message: String,
        genesysCode: String? = nil,
        correlationID: String? = nil,
        retryAfter: Duration? = nil,
        isWrite: Bool? = nil
    ) {
        self.code = code
        self.status = status
        self.message = message
        self.genesysCode = genesysCode
        self.correlationID = correlationID
        self.retryAfter = retryAfter
        self.isWrite = isWrite
    }

    /// 408, 429, 5xx, time-outs and network errors (facts 2.3), and a write whose 2xx cannot be read: going on makes
    /// sense, after a look where ``outcomeIsUnknown`` says so. A read whose 2xx cannot be read stays that way: whoever
    /// answers is not Genesys, or not the one we know.
    public var isRetryable: Bool {
        switch code {
        case .rateLimited, .server, .timeout, .network: true
        case .unexpectedBody: isWrite == true
        default: status == 408
        }
    }

    /// The write may have happened: no answer, 5xx, or a 2xx that cannot be read. Never for a call that is known to be
    /// a read, nor when the token for a call could not be had.
    public var outcomeIsUnknown: Bool {
        switch code {
        case .timeout, .network, .server, .cancelled: isWrite ?? true
        case .unexpectedBody: isWrite ?? false
        default: false
        }
    }

    /// `forbidden (403): PATCH …`
    public var description: String { "\(code)\(status.map { " (\($0))" } ?? ""): \(message)" }
}
