// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A YAML node with the place it was written at.
public struct ConfigurationNode: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public var key: String
        public var keyLocation: SourceLocation
        public var value: ConfigurationNode
    }
    public enum Content: Sendable, Equatable {
        /// `isPlain` = written without quotes (so `true`, `5`, `~` have their YAML meaning).
        case scalar(String, isPlain: Bool)
        case sequence([ConfigurationNode])
        case mapping([Entry])
    }
    public var content: Content
    public var location: SourceLocation
}
