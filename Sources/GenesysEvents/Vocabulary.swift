// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A system presence; the four spellings ("On Queue", "OnQueue", "ON_QUEUE", "on-queue") are one value.
///
/// Unknown presences are kept, so that a new one in Genesys does not break the relay.
public struct SystemPresence: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Upper case with underscores: `ON_QUEUE`.
    public let name: String
    /// Takes any spelling.
    public init(_ spelling: String) { name = spelling }
    public var description: String { name }

    public static let available = SystemPresence("AVAILABLE")
    public static let onQueue = SystemPresence("ON_QUEUE")
    public static let offline = SystemPresence("OFFLINE")
    // away, busy, idle, meal, training, meeting, break
}

/// Kinds of communication; the raw value is the singular used in rules (`call`, `chat`, …).
public enum MediaType: String, Sendable, Codable, CaseIterable {
    case call, callback, chat, email, message, internalMessage, cobrowse, screenshare, screenMonitoring, socialExpression
    case video
}
