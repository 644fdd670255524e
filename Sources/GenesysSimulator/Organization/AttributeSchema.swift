// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// A schema of conversation custom attributes (ConversationDataSchema).
struct AttributeSchema: Sendable {
    let id: String
    var version = 1
    var isEnabled = true
    let createdAt: Timestamp
    let createdBy: String
    /// `title`, `description`, `required`, `properties` as they were given.
    var document: JSONObject

    var name: String { document["title"]?.stringValue ?? "" }

    /// 400 for a value the schema does not have, and for anything but a string where its property is a text.
    func check(_ values: JSONObject) throws(PlatformError) {
        guard isEnabled else { throw .invalid("schemaId", "The schema is disabled.") }
        for value in values {
            guard let property = document["properties"]?[value.name] else {
                throw .invalid(value.name, "The schema \(name) has no attribute \(value.name).")
            }
            let type = property["allOf"]?.arrayValue?.first?["$ref"] ?? property["$ref"] ?? property["type"]
            let isText = Self.texts.contains { type?.stringValue?.hasSuffix($0) ?? false }
            if isText, value.value.stringValue == nil {
                throw .invalid(value.name, "The attribute \(value.name) must be a string.")
            }
        }
    }

    private static let texts = ["text", "longtext", "identifier", "url", "enum", "string"]

    var json: JSONValue {
        object([
            "id": id,
            "version": version,
            "enabled": isEnabled,
            "dateCreated": createdAt,
            "createdBy": object(["id": createdBy]),
            "jsonSchema": document,
            "selfUri": "/api/v2/conversations/customattributes/schemas/\(id)",
        ])
    }
}
