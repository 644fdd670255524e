// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Conversation of the REST API, as far as tagging needs it.
struct ConversationBody: Decodable {
    var conversation: ConversationState

    private struct Participant: Decodable {
        var participant: ConversationParticipant

        private enum CodingKeys: String, CodingKey {
            case id, purpose, attributes, endTime
        }

        init(from decoder: any Decoder) throws {
            let body = try decoder.container(keyedBy: CodingKeys.self)
            participant = ConversationParticipant(
                id: try body.id(.id),
                purpose: body.text(.purpose) ?? "",
                attributes: body.tolerant(StringMap.self, .attributes)?.values ?? [:],
                hasEnded: body.text(.endTime) != nil
            )
        }
    }

    private struct Membership: Decodable {
        var division: Reference
    }

    private enum CodingKeys: String, CodingKey {
        case endTime, state, participants, divisions
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        let participants = try body.decode(Readable<Participant>.self, forKey: .participants).elements
            .map(\.participant)
        let isOver = ["disconnected", "terminated"].contains(body.text(.state)?.lowercased())
        conversation = ConversationState(
            hasEnded: isOver || body.text(.endTime) != nil
                || (!participants.isEmpty && participants.allSatisfy(\.hasEnded)),
            participants: participants,
            divisionIDs: body.elements(Membership.self, .divisions).map(\.division.id)
        )
    }
}

/// CustomAttributesListing
struct CustomAttributesListing: Decodable {
    var sets: [ConversationAttributes]

    private struct Element: Decodable {
        var set: ConversationAttributes

        private enum CodingKeys: String, CodingKey {
            case id, schema, version, customAttributes, divisions
        }

        init(from decoder: any Decoder) throws {
            let body = try decoder.container(keyedBy: CodingKeys.self)
            set = ConversationAttributes(
                id: try body.id(.id),
                schemaID: body.tolerant(Reference.self, .schema)?.id,
                version: body.tolerant(Int.self, .version),
                attributes: body.tolerant(StringMap.self, .customAttributes)?.values ?? [:],
                divisionIDs: body.elements(String.self, .divisions)
            )
        }
    }

    private enum CodingKeys: String, CodingKey {
        case results
    }

    init(from decoder: any Decoder) throws {
        sets = try decoder.container(keyedBy: CodingKeys.self).decode(Readable<Element>.self, forKey: .results)
            .elements.map(\.set)
    }
}

/// CustomAttributesUpdateRequest, and without a schema CustomAttributesPatchRequest.
struct CustomAttributesBody: Encodable {
    var id: String
    var schemaId: String?
    var divisions: [String]
    var version: Int?
    var customAttributes: [String: String]

    init(_ set: ConversationAttributes, divisions: [String]) {
        id = set.id
        self.divisions = divisions
        version = set.version
        customAttributes = set.attributes
    }
}

/// ConversationDataSchema
struct AttributeSchemaBody: Decodable {
    var schema: AttributeSchema
    var isEnabled: Bool

    private struct Document: Decodable {
        var title: String?
        var properties: [String: Anything]?

        private enum CodingKeys: String, CodingKey {
            case title, properties
        }

        init(from decoder: any Decoder) throws {
            let body = try decoder.container(keyedBy: CodingKeys.self)
            title = body.text(.title)
            properties = body.tolerant([String: Anything].self, .properties)
        }
    }

    /// A value that is not looked at.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, enabled, jsonSchema
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        let document = body.tolerant(Document.self, .jsonSchema)
        schema = AttributeSchema(
            id: try body.id(.id),
            name: document?.title ?? body.text(.name) ?? "",
            fields: document?.properties?.keys.sorted() ?? []
        )
        isEnabled = body.tolerant(Bool.self, .enabled) ?? true
    }
}

/// ConversationDataSchemaListing, not paged.
struct AttributeSchemaListing: Decodable {
    var schemas: [AttributeSchema]

    private enum CodingKeys: String, CodingKey {
        case entities
    }

    init(from decoder: any Decoder) throws {
        schemas = try decoder.container(keyedBy: CodingKeys.self)
            .decode(Readable<AttributeSchemaBody>.self, forKey: .entities)
            .elements.filter(\.isEnabled).map(\.schema)
    }
}

/// ConversationJsonSchemaRequest with text attributes only.
struct AttributeSchemaRequest: Encodable {
    struct Property: Encodable {
        var allOf = [["$ref": "#/definitions/text"]]
        var title: String
        var description = ""
        var minLength = 0
        var maxLength = 100
    }

    /// The only one that is supported [SDK].
    var schema = "http://json-schema.org/draft-04/schema#"
    var title: String
    var description = "Written by Presence Relay."
    var required: [String] = []
    var properties: [String: Property]

    private enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case title, description, required, properties
    }

    init(name: String, fields: [String]) {
        title = name
        properties = Dictionary(fields.map { ($0, Property(title: $0)) }) { first, _ in first }
    }
}
