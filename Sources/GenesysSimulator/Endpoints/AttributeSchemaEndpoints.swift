// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// `/api/v2/conversations/customattributes/schemas…` (facts 5.2).
enum AttributeSchemaEndpoints {
    private static let path = "/api/v2/conversations/customattributes/schemas"
    private static let view = PermissionRule.all("conversation:customAttributes:schemaView")

    static let all: [Endpoint] = [
        Endpoint("GET", path, needs: view, list),
        Endpoint("POST", path, needs: .all("conversation:customAttributes:schemaAdd"), create),
        Endpoint("GET", path + "/{schemaId}", needs: view, read),
    ]

    private static func list(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let schemas = state.organization.attributeSchemas
        return .ok(object(["total": schemas.count, "entities": schemas.map(\.json), "selfUri": path]))
    }

    private static func read(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let id = call.parameter("schemaId")
        guard let schema = state.organization.attributeSchemas.first(where: { $0.id == id }) else {
            throw PlatformError.notFound(id)
        }
        return .ok(schema.json)
    }

    /// ConversationJsonSchemaRequest: `title` and `properties` are required, and a title is taken once.
    private static func create(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        guard let document = try call.objectBody().objectValue, let title = document["title"]?.stringValue,
            !title.isEmpty
        else { throw PlatformError.invalid("title", "title is required.") }
        guard document["properties"]?.objectValue?.isEmpty == false else {
            throw PlatformError.invalid("properties", "At least one property is required.")
        }
        guard !state.organization.attributeSchemas.contains(where: { $0.name == title }) else {
            throw PlatformError.conflict("A schema with the title \(title) exists already.")
        }
        let schema = AttributeSchema(
            id: state.organization.generator.uuid(),
            createdAt: call.now,
            createdBy: call.client,
            document: document
        )
        state.organization.attributeSchemas.append(schema)
        return .ok(schema.json)
    }
}
