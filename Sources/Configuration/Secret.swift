// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A secret value: prints as `<secret>`.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret itself; for comparing and sending only.
    public let value: String

    /// Wraps a value.
    public init(_ value: String) { self.value = value }

    /// `<secret>`
    public var description: String { "<secret>" }
    /// `<secret>`
    public var debugDescription: String { "<secret>" }
    /// Has no children, so that `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
