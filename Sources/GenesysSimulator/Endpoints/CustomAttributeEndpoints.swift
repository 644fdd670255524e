// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// `/api/v2/conversations/{id}/customattributes…` (facts 5.2).
enum CustomAttributeEndpoints {
    private static let view = PermissionRule.all("conversation:customAttributes:view")
    private static let edit = PermissionRule.all("conversation:customAttributes:edit")

    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/conversations/{conversationId}/customattributes", needs: view, list),
        Endpoint("PUT", "/api/v2/conversations/{conversationId}/customattributes", needs: edit, replace),
        Endpoint("PATCH", "/api/v2/conversations/{conversationId}/customattributes", needs: edit, amend),
        Endpoint("GET", "/api/v2/conversations/{conversationId}/customattributes/{attributesId}", needs: view, read),
        Endpoint(
            "DELETE",
            "/api/v2/conversations/{conversationId}/customattributes/{attributesId}",
            needs: .all("conversation:customAttributes:delete"),
            remove
        ),
    ]

    private static func list(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let conversation = try state.organization.conversation(call.parameter("conversationId"))
        return .ok(
            object(["results": conversation.customAttributes.map { body($0, conversation, state.organization) }])
        )
    }

    private static func read(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let conversation = try state.organization.conversation(call.parameter("conversationId"))
        let id = call.parameter("attributesId")
        guard let found = conversation.customAttributes.first(where: { $0.id == id }) else {
            throw PlatformError.notFound(id)
        }
        return .ok(body(found, conversation, state.organization))
    }

    private static func remove(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        var conversation = try state.organization.conversation(call.parameter("conversationId"))
        let id = call.parameter("attributesId")
        guard let index = conversation.customAttributes.firstIndex(where: { $0.id == id }) else {
            throw PlatformError.notFound(id)
        }
        conversation.customAttributes.remove(at: index)
        state.organization.conversations[conversation.id] = conversation
        return Answer(status: 204)
    }

    /// Creates or replaces; the schema is required at first and fixed afterwards.
    private static func replace(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try write(&state, call, keepsOthers: false)
    }

    /// Changes the named values of existing attributes.
    private static func amend(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        _ = try write(&state, call, keepsOthers: true)
        return .empty
    }

    private static func write(
        _ state: inout SimulatorState,
        _ call: EndpointCall,
        keepsOthers: Bool
    ) throws -> Answer {
        var conversation = try state.organization.conversation(call.parameter("conversationId"))
        let body = try call.objectBody()
        guard let id = body["id"]?.stringValue, !id.isEmpty else {
            throw PlatformError.invalid("id", "id is required.")
        }
        guard let values = body["customAttributes"]?.objectValue else { throw PlatformError.malformed }
        let index = conversation.customAttributes.firstIndex { $0.id == id }
        let existing = index.map { conversation.customAttributes[$0] }
        if keepsOthers, existing == nil { throw PlatformError.notFound(id) }
        if let version = body["version"]?.integerValue, version != Int64(existing?.version ?? 0) {
            throw PlatformError.conflict("The version is \(existing?.version ?? 0), not \(version).")
        }
        guard let schema = existing?.schemaID ?? body["schemaId"]?.stringValue else {
            throw PlatformError.invalid("schemaId", "schemaId is required.")
        }
        if let asked = body["schemaId"]?.stringValue, asked != schema {
            throw PlatformError.invalid("schemaId", "The schema of existing attributes cannot be changed.")
        }
        guard let known = state.organization.attributeSchemas.first(where: { $0.id == schema }) else {
            throw PlatformError.invalid("schemaId", "There is no schema \(schema).")
        }
        try known.check(values)
        var updated = CustomAttributes(
            id: id,
            schemaID: schema,
            version: (existing?.version ?? 0) + 1,
            createdAt: existing?.createdAt ?? call.now,
            modifiedAt: call.now,
            values: keepsOthers ? existing?.values ?? JSONObject() : JSONObject(),
            writtenAt: keepsOthers ? existing?.writtenAt ?? [:] : [:]
        )
        for member in values {
            updated.values[member.name] = member.value
            updated.writtenAt[member.name] = call.now
        }
        if let index {
            conversation.customAttributes[index] = updated
        } else {
            conversation.customAttributes.append(updated)
        }
        state.organization.conversations[conversation.id] = conversation
        state.attributeWrites.append(
            AttributeLog.Write(
                at: call.now,
                conversation: conversation.id,
                target: .set(id),
                attributes: values,
                isAfterEnd: conversation.isOver
            )
        )
        return .ok(object(["id": id]))
    }

    private static func body(
        _ attributes: CustomAttributes,
        _ conversation: SimulatedConversation,
        _ organization: SimulatedOrganization
    ) -> JSONValue {
        var writtenAt = JSONObject()
        for member in attributes.values { writtenAt[member.name] = attributes.writtenAt[member.name]?.json }
        return object([
            "id": attributes.id,
            "conversationId": conversation.id,
            "divisions": [organization.divisionID],
            "schema": object(["id": attributes.schemaID]),
            "customAttributes": attributes.values,
            "customAttributesTimestamps": writtenAt,
            "version": attributes.version,
            "dateCreated": attributes.createdAt,
            "dateModified": attributes.modifiedAt,
            "selfUri": "/api/v2/conversations/\(conversation.id)/customattributes/\(attributes.id)",
        ])
    }
}
