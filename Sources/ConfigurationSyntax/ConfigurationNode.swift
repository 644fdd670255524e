// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A YAML node with the place it was written at.
public struct ConfigurationNode: Sendable, Equatable {
    /// One key of a mapping and its value, in the order of the file.
    public struct Entry: Sendable, Equatable {
        /// The key's text.
        public var key: String
        /// Where the key begins.
        public var keyLocation: SourceLocation
        /// The value; a key without one has an empty plain scalar.
        public var value: ConfigurationNode

        /// Creates an entry.
        public init(key: String, keyLocation: SourceLocation, value: ConfigurationNode) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    /// The three shapes of YAML.
    public enum Content: Sendable, Equatable {
        /// `isPlain` = written without quotes (so `true`, `5`, `~` have their YAML meaning).
        case scalar(String, isPlain: Bool)
        /// A list.
        case sequence([ConfigurationNode])
        /// Keys are unique.
        case mapping([Entry])
    }

    /// Where the text of a scalar comes from.
    public enum Provenance: Sendable, Equatable {
        /// From the file itself; may be shown in a message.
        case written
        /// Holds the value of a variable or file: a secret as far as messages are concerned.
        case interpolated
        /// Holds a variable or file that is missing; the text means nothing and is not to be validated.
        case placeholder
    }

    /// What the node is.
    public var content: Content
    /// Where it begins.
    public var location: SourceLocation
    /// Where a scalar's text comes from; `.written` for the other shapes.
    public var provenance: Provenance
    /// The scalar has a `${…}` that is neither `env:` nor `file:`, which only rules give a meaning.
    public var holdsTemplate: Bool

    /// Creates a node.
    public init(
        content: Content,
        location: SourceLocation,
        provenance: Provenance = .written,
        holdsTemplate: Bool = false
    ) {
        self.content = content
        self.location = location
        self.provenance = provenance
        self.holdsTemplate = holdsTemplate
    }

    /// No value: a key with nothing after it, `~` or `null`.
    public var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content, provenance == .written else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The value of a key, when this is a mapping that has it.
    public subscript(key: String) -> ConfigurationNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// What was found, for "expected X, found Y"; shows no text that may be a secret.
    public var kind: String {
        switch content {
        case .mapping(let entries): return entries.isEmpty ? "an empty mapping" : "a mapping"
        case .sequence(let elements): return elements.isEmpty ? "an empty list" : "a list"
        case .scalar where provenance != .written: return "a value from a variable or file (not shown)"
        case .scalar where isNull: return "no value"
        case .scalar(let text, isPlain: false): return "the text \"\(shortened(text))\""
        case .scalar(let text, isPlain: true):
            if ["true", "false"].contains(text.lowercased()) { return text }
            return integerValue(text) == nil ? "'\(shortened(text))'" : "the number \(text)"
        }
    }
}

/// A text for a message, cut where it would drown the message.
private func shortened(_ text: String) -> String {
    let line = text.prefix { !$0.isNewline }
    return line.count <= 60 && line.endIndex == text.endIndex ? text : line.prefix(60) + "…"
}

/// A decimal integer as YAML writes it (`10_000` too); `nil` when it is none or does not fit.
func integerValue(_ text: String) -> Int? {
    guard let first = text.utf8.first, first != UInt8(ascii: "_") else { return nil }
    return Int(text.replacing("_", with: ""))
}
