// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient

extension GenesysAPI {
    /// `GET /api/v2/conversations/{id}`
    public func conversation(id: String) async throws(GenesysAPIError) -> ConversationState {
        let response = try await call(.conversation, id)
        return try decode(ConversationBody.self, response, .conversation, expected: "a conversation").conversation
    }

    /// `GET /api/v2/conversations/{id}` (conversation:communication:view): the whole body, as Genesys sends it, for those
    /// who need more of it than tagging does.
    public func conversationBody(id: String) async throws(GenesysAPIError) -> [UInt8] {
        try await call(.conversation, id).body
    }

    /// `PATCH /api/v2/conversations/{c}/participants/{p}/attributes`: merged into what is there. No attributes = no
    /// call.
    public func setParticipantAttributes(
        _ attributes: [String: String],
        conversationID: String,
        participantID: String
    ) async throws(GenesysAPIError) {
        guard !attributes.isEmpty else { return }
        let endpoint = Endpoint.setParticipantAttributes
        let body = try encode(["attributes": attributes], for: endpoint)
        _ = try await call(endpoint, conversationID, participantID, body: body)
    }

    /// `GET /api/v2/conversations/{id}/customattributes`
    public func customAttributes(conversationID: String) async throws(GenesysAPIError) -> [ConversationAttributes] {
        let response = try await call(.customAttributes, conversationID)
        let expected = "a list of custom attributes"
        return try decode(CustomAttributesListing.self, response, .customAttributes, expected: expected).sets
    }

    /// `PUT /api/v2/conversations/{id}/customattributes`: creates a set (`schemaID` is needed), or replaces it.
    public func putCustomAttributes(
        _ set: ConversationAttributes,
        divisionIDs: [String],
        conversationID: String
    ) async throws(GenesysAPIError) {
        var body = CustomAttributesBody(set, divisions: divisionIDs)
        body.schemaId = set.schemaID
        let endpoint = Endpoint.putCustomAttributes
        _ = try await call(endpoint, conversationID, body: try encode(body, for: endpoint))
    }

    /// `PATCH /api/v2/conversations/{id}/customattributes`: amends a set; 409 when `version` is no longer the newest.
    /// The set's divisions are sent along, since leaving them out clears them.
    public func amendCustomAttributes(
        _ set: ConversationAttributes,
        conversationID: String
    ) async throws(GenesysAPIError) {
        let endpoint = Endpoint.amendCustomAttributes
        let body = CustomAttributesBody(set, divisions: set.divisionIDs)
        _ = try await call(endpoint, conversationID, body: try encode(body, for: endpoint))
    }

    /// `GET /api/v2/conversations/customattributes/schemas`, without the disabled ones: no set can be made of them.
    public func attributeSchemas() async throws(GenesysAPIError) -> [AttributeSchema] {
        let response = try await call(.attributeSchemas)
        return try decode(AttributeSchemaListing.self, response, .attributeSchemas, expected: "a list of schemas")
            .schemas
    }

    /// `POST /api/v2/conversations/customattributes/schemas`: optional text attributes (up to 100 characters) of these
    /// names, sent as they are. Genesys' own tools end such a name in `_text`; whether it must is not documented.
    public func createAttributeSchema(
        name: String,
        fields: [String]
    ) async throws(GenesysAPIError) -> AttributeSchema {
        let endpoint = Endpoint.createAttributeSchema
        let body = try encode(AttributeSchemaRequest(name: name, fields: fields), for: endpoint)
        let response = try await call(endpoint, body: body)
        return try decode(AttributeSchemaBody.self, response, endpoint, expected: "a schema").schema
    }
}
