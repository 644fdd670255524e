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

    /// A set of attributes.
    public init(id: String, schemaID: String?, version: Int?, attributes: [String: String]) {
        self.id = id
        self.schemaID = schemaID
        self.version = version
        self.attributes = attributes
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

extension GenesysAPI {
    /// `GET /api/v2/conversations/{id}`
    public func conversation(id: String) async throws(GenesysAPIError) -> ConversationState {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `PATCH /api/v2/conversations/{c}/participants/{p}/attributes`: merged into what is there.
    public func setParticipantAttributes(
        _ attributes: [String: String],
        conversationID: String,
        participantID: String
    ) async throws(GenesysAPIError) {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `GET /api/v2/conversations/{id}/customattributes`
    public func customAttributes(conversationID: String) async throws(GenesysAPIError) -> [ConversationAttributes] {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `PUT /api/v2/conversations/{id}/customattributes`: creates a set (`schemaID` is needed), or replaces it.
    public func putCustomAttributes(
        _ set: ConversationAttributes,
        divisionIDs: [String],
        conversationID: String
    ) async throws(GenesysAPIError) {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `PATCH /api/v2/conversations/{id}/customattributes`: amends a set; 409 when `version` is no longer the newest.
    public func amendCustomAttributes(
        _ set: ConversationAttributes,
        conversationID: String
    ) async throws(GenesysAPIError) {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `GET /api/v2/conversations/customattributes/schemas`
    public func attributeSchemas() async throws(GenesysAPIError) -> [AttributeSchema] {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `POST /api/v2/conversations/customattributes/schemas`: string attributes of these names.
    public func createAttributeSchema(
        name: String,
        fields: [String]
    ) async throws(GenesysAPIError) -> AttributeSchema {
        throw GenesysAPIError(.other, message: "not yet")
    }
}
