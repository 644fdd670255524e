// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Why a source cannot answer; becomes an `application/problem+json` answer (RFC 9457).
///
/// The message is shown to the caller, so it must hold no secret and no internal detail. Any other error that a source
/// throws is answered 500 without its text.
public struct ConsoleError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of refusal it is.
    public struct Code: Hashable, Sendable {
        let status: Int

        /// 400: the request itself is wrong.
        public static let invalidRequest = Code(status: 400)
        /// 404: there is no such thing.
        public static let notFound = Code(status: 404)
        /// 409: it conflicts with work that is under way.
        public static let conflict = Code(status: 409)
        /// 503: not now; comes with `Retry-After`.
        public static let unavailable = Code(status: 503)
    }

    /// What kind of refusal it is.
    public var code: Code
    /// What to do about it, for the caller's eyes.
    public var message: String

    /// A refusal and what the caller can do about it.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
