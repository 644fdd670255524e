// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// A secret or key that is accepted, for good or until a moment; prints nothing of itself.
///
/// A moment lets a value run out by itself after a change of secrets.
public struct Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable,
    ExpressibleByStringLiteral
{
    /// The value's bytes; of a text its UTF-8.
    public let bytes: [UInt8]
    /// The last moment at which it is accepted; `nil` = for good.
    public let notAfter: Timestamp?

    /// A value as bytes.
    public init(bytes: [UInt8], notAfter: Timestamp? = nil) {
        self.bytes = bytes
        self.notAfter = notAfter
    }

    /// A value as text.
    public init(_ text: String, notAfter: Timestamp? = nil) {
        self.init(bytes: Array(text.utf8), notAfter: notAfter)
    }

    /// A value that is accepted for good.
    public init(stringLiteral text: String) { self.init(text) }

    /// The value as text; what is not UTF-8 in it is replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether it is accepted at a moment; the last one counts (as in RFC 5280 section 4.1.2.5).
    public func isAccepted(at now: Timestamp) -> Bool { notAfter.map { now <= $0 } ?? true }

    /// `<credential>`
    public var description: String { "<credential>" }
    /// `<credential>`
    public var debugDescription: String { "<credential>" }
    /// Has no children, so that `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
