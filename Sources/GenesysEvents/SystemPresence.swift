// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A system presence; the four spellings ("On Queue", "OnQueue", "ON_QUEUE", "on-queue") are one value.
///
/// Unknown presences are kept, so that a new one in Genesys does not break the relay. Two values are equal when their
/// names are equal without the underscores, so that `lunchbreak` and `Lunch Break` are one as well.
public struct SystemPresence: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Upper case with underscores: `ON_QUEUE`.
    public let name: String

    /// Takes any spelling: spaces, underscores, hyphens and case do not matter.
    public init(_ spelling: String) {
        // "onqueue" has no visible word boundary; the known names bring their own.
        name = Self.knownNames.first { Self.isSpelling(spelling, of: $0) } ?? Self.upperSnakeCase(spelling)
    }

    private init(known name: String) { self.name = name }

    /// The upper case name.
    public var description: String { name }

    /// Ready, but not for queue work.
    public static let available = SystemPresence(known: "AVAILABLE")
    /// Away from the desk.
    public static let away = SystemPresence(known: "AWAY")
    /// Not to be disturbed.
    public static let busy = SystemPresence(known: "BUSY")
    /// Logged out; never changed by the relay.
    public static let offline = SystemPresence(known: "OFFLINE")
    /// No input for a while.
    public static let idle = SystemPresence(known: "IDLE")
    /// Takes queue work.
    public static let onQueue = SystemPresence(known: "ON_QUEUE")
    /// A meal.
    public static let meal = SystemPresence(known: "MEAL")
    /// In training.
    public static let training = SystemPresence(known: "TRAINING")
    /// In a meeting.
    public static let meeting = SystemPresence(known: "MEETING")
    /// A short break.
    public static let `break` = SystemPresence(known: "BREAK")

    /// The ten presences that Genesys Cloud has today.
    public static let all: [SystemPresence] = [
        .available, .away, .busy, .offline, .idle, .onQueue, .meal, .training, .meeting, .break,
    ]

    /// `false` for a presence that is not one of the ten.
    public var isKnown: Bool { Self.knownNames.contains(name) }

    private static let knownNames = all.map(\.name)
}

// MARK: - Equality

extension SystemPresence {
    /// Equal apart from underscores.
    public static func == (a: Self, b: Self) -> Bool { isSame(a.name, b.name) }

    /// Without the underscores, as `==`.
    public func hash(into hasher: inout Hasher) {
        for byte in name.utf8 where byte != UInt8(ascii: "_") { hasher.combine(byte) }
        hasher.combine(0xff as UInt8)
    }

    private static func isSame(_ a: String, _ b: String) -> Bool {
        if a == b { return true }
        var left = a.utf8.makeIterator()
        var right = b.utf8.makeIterator()
        while true {
            var x = left.next()
            while x == UInt8(ascii: "_") { x = left.next() }
            var y = right.next()
            while y == UInt8(ascii: "_") { y = right.next() }
            guard x == y else { return false }
            if x == nil { return true }
        }
    }
}

// MARK: - Text

extension SystemPresence {
    /// From any spelling.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// As the upper case name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    /// Compares without case, spaces, underscores and hyphens; this is on the way of every presence event.
    private static func isSpelling(_ spelling: String, of known: String) -> Bool {
        var known = known.utf8.makeIterator()
        for byte in spelling.utf8 where byte > 0x20 && byte != UInt8(ascii: "_") && byte != UInt8(ascii: "-") {
            let isLower = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
            var expected = known.next()
            if expected == UInt8(ascii: "_") { expected = known.next() }
            guard expected == (isLower ? byte & 0xdf : byte) else { return false }
        }
        return known.next() == nil
    }

    /// Words are split at spaces, underscores and hyphens, at `aB` and before the last capital of `ABc`.
    private static func upperSnakeCase(_ spelling: String) -> String {
        let characters = Array(spelling)
        var result = ""
        var boundary = false
        for (index, character) in characters.enumerated() {
            if character.isWhitespace || character == "_" || character == "-" {
                boundary = true
                continue
            }
            if character.isUppercase, index > 0 {
                let previous = characters[index - 1]
                let next = index + 1 < characters.count ? characters[index + 1] : nil
                if previous.isLowercase || previous.isNumber || previous.isUppercase && next?.isLowercase == true {
                    boundary = true
                }
            }
            if boundary, !result.isEmpty { result.append("_") }
            boundary = false
            result += character.uppercased()
        }
        return result
    }
}
