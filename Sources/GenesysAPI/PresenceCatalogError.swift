// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A configured status that does not lead to exactly one active presence definition.
public struct PresenceCatalogError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Why not. More codes may follow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name: `ambiguous`.
        public let description: String

        /// No definition fits.
        public static let unknown = Code(description: "unknown")
        /// Several fit; an id tells them apart.
        public static let ambiguous = Code(description: "ambiguous")
        /// The one that fits cannot be set any more.
        public static let deactivated = Code(description: "deactivated")
    }

    /// Why not.
    public var code: Code
    /// What was looked for and what there is, with ids; starts in lower case, to follow `status "Team": `.
    public var message: String
    /// Those that the message lists, nearest first.
    public var candidates: [PresenceDefinition]

    /// Makes an error.
    public init(_ code: Code, _ message: String, candidates: [PresenceDefinition] = []) {
        self.code = code
        self.message = message
        self.candidates = candidates
    }

    /// The message.
    public var description: String { message }
}
