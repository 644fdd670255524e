// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A point in time in whole milliseconds since 1970-01-01T00:00:00Z, the resolution of all Genesys times.
public struct Timestamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public var milliseconds: Int64
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

    public func advanced(by duration: Duration) -> Timestamp {
        let parts = duration.components
        return Timestamp(milliseconds: milliseconds + parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000)
    }
    /// `self - other`; negative when `other` is later.
    public func timeIntervalSince(_ other: Timestamp) -> Duration { .milliseconds(milliseconds - other.milliseconds) }

    /// RFC 3339 with any number of fraction digits and `Z` or an offset; `nil` when malformed.
    public init?(_ text: String) {
        nil
    }
    /// RFC 3339 in UTC with milliseconds: `2026-03-10T14:06:00.100Z`.
    public var description: String { "" }
}
