// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A participant of `GET /api/v2/conversations/{id}`.
public struct ConversationParticipant: Sendable, Equatable {
    /// The participant.
    public var id: String
    /// customer, external, agent, user, acd, …
    public var purpose: String
    /// Strings only.
    public var attributes: [String: String]
    /// Has left.
    public var hasEnded: Bool

    /// A participant.
    public init(id: String, purpose: String, attributes: [String: String] = [:], hasEnded: Bool = false) {
        self.id = id
        self.purpose = purpose
        self.attributes = attributes
        self.hasEnded = hasEnded
    }
}

/// Custom attributes of a conversation (facts 5.2): one set per schema.
public struct ConversationAttributes: Sendable, Equatable {
    /// Chosen by whoever created the set.
    public var id: String
    /// The schema it follows.
    public var schemaID: String?
    /// For optimistic locking.
    public var version: Int?
    /// Values that are strings.
    public var attributes: [String: String]
    /// Who may see it; none = all divisions. A change that does not repeat them clears them [SDK].
    public var divisionIDs: [String]

    /// A set of attributes.
    public init(
        id: String,
        schemaID: String?,
        version: Int?,
        attributes: [String: String],
        divisionIDs: [String] = []
    ) {
        self.id = id
        self.schemaID = schemaID
        self.version = version
        self.attributes = attributes
        self.divisionIDs = divisionIDs
    }
}

/// A conversation, as far as tagging needs it.
public struct ConversationState: Sendable, Equatable {
    /// It is over.
    public var hasEnded: Bool
    /// In Genesys' order.
    public var participants: [ConversationParticipant]
    /// `divisions[].division.id`
    public var divisionIDs: [String]

    /// A conversation.
    public init(hasEnded: Bool, participants: [ConversationParticipant], divisionIDs: [String] = []) {
        self.hasEnded = hasEnded
        self.participants = participants
        self.divisionIDs = divisionIDs
    }
}

/// A schema of custom attributes.
public struct AttributeSchema: Sendable, Equatable {
    /// The schema.
    public var id: String
    /// For people.
    public var name: String
    /// Names of its attributes.
    public var fields: [String]

    /// A schema.
    public init(id: String, name: String, fields: [String]) {
        self.id = id
        self.name = name
        self.fields = fields
    }
}
