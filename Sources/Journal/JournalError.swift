// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Why the journal refused; the message says what to do next and holds nothing of an entry.
public struct JournalError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is; more may follow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name.
        public let description: String
        /// No such place, no right to it, not one of our databases, or another relay uses it.
        public static let cannotOpen = Code(description: "cannotOpen")
        /// Written by a newer relay.
        public static let newerSchema = Code(description: "newerSchema")
        /// Too much waits to be written: try again later.
        public static let overloaded = Code(description: "overloaded")
        /// Disk full, read-only, I/O error.
        public static let notWritable = Code(description: "notWritable")
        /// `close()` was called.
        public static let closed = Code(description: "closed")
        /// Anything else; the message tells.
        public static let other = Code(description: "other")
    }

    /// The kind of failure.
    public var code: Code
    /// What happened and what to do, for the operator.
    public var message: String

    /// A failure of that kind.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Code and message.
    public var description: String { "\(code): \(message)" }
}
