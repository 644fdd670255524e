// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax

/// What the organisation calls by a name and the API by an id.
public enum DirectoryKind: String, Sendable, Codable, Hashable, CaseIterable {
    /// A routing queue; its members are the agents that have joined it or may join it.
    case queue
    /// A wrap-up code.
    case wrapupCode
    /// A management unit of workforce management.
    case managementUnit
    /// A work team.
    case team
    /// A group.
    case group
    /// A presence definition, by label.
    case presence

    /// What one is called in messages.
    public var noun: String {
        switch self {
        case .queue: "queue"
        case .wrapupCode: "wrap-up code"
        case .managementUnit: "management unit"
        case .team: "team"
        case .group: "group"
        case .presence: "presence"
        }
    }
}

/// A name (or id) in a rule that only the organisation can resolve.
public struct DirectoryReference: Sendable, Hashable {
    /// What it names.
    public var kind: DirectoryKind
    /// As written: a name or an id.
    public var text: String
    /// The rule asks who belongs to it, not only for its id.
    public var needsMembers: Bool
    /// Where it is written.
    public var location: SourceLocation
    /// `false` = the text comes from a variable or file, and is not to be seen in messages.
    public var isShown: Bool

    /// Creates a reference.
    public init(
        kind: DirectoryKind,
        text: String,
        needsMembers: Bool,
        location: SourceLocation,
        isShown: Bool = true
    ) {
        self.kind = kind
        self.text = text
        self.needsMembers = needsMembers
        self.location = location
        self.isShown = isShown
    }
}

/// What the organisation has of what rules name.
public struct DirectorySnapshot: Sendable, Equatable {
    /// One resolved name.
    public struct Entry: Sendable, Equatable {
        /// The id.
        public var id: String
        /// Its name in the organisation.
        public var name: String
        /// Ids of the users that belong to it; `nil` = not asked for.
        public var members: Set<String>?

        /// An entry.
        public init(id: String, name: String, members: Set<String>? = nil) {
            self.id = id
            self.name = name
            self.members = members
        }
    }

    /// By kind, and then by the text that a rule names it with.
    public var entries: [DirectoryKind: [String: Entry]]

    /// Nothing is resolved.
    public init(entries: [DirectoryKind: [String: Entry]] = [:]) { self.entries = entries }

    /// What a rule means by a text.
    public subscript(kind: DirectoryKind, text: String) -> Entry? { entries[kind]?[text] }
}
