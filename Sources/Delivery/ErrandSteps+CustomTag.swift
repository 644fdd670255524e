// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// Writes custom attributes of a conversation under a schema, unless they are there already.
struct CustomTagSteps: ErrandSteps {
    private enum Stage {
        /// Among the schemas that are known, else among those of Genesys.
        case schema
        /// There is none of that name.
        case create(name: String)
        /// What is there?
        case attributes(AttributeSchema)
        /// Is it still going on, and in which divisions? With the set that is there.
        case conversation(AttributeSchema, ConversationAttributes?)
        case write(AttributeSchema, ErrandCall)
    }

    private let conversationID: String
    private let attributes: [String: String]
    private let selector: AttributeSchemaSelector
    private var stage = Stage.schema

    init(conversationID: String, attributes: [String: String], selector: AttributeSchemaSelector) {
        self.conversationID = conversationID
        self.attributes = attributes
        self.selector = selector
    }

    mutating func nextCall(schemas: [AttributeSchema]) -> ErrandCall {
        // One that lacks a field may have been given it since it was read.
        if case .schema = stage, let known = selected(from: schemas), missing(in: known).isEmpty {
            stage = .attributes(known)
        }
        return switch stage {
        case .schema: .attributeSchemas
        case .create(let name): .createAttributeSchema(name: name, fields: attributes.keys.sorted())
        case .attributes: .customAttributes(conversationID: conversationID)
        case .conversation: .conversation(id: conversationID)
        case .write(_, let call): call
        }
    }

    mutating func answered(_ answer: ErrandAnswer, client: Int, now: Timestamp) -> ErrandStep {
        switch (answer, stage) {
        case (.schemas(let schemas), _):
            return found(selected(from: schemas))
        case (.schema(let created), _):
            return found(created)
        case (.customAttributes(let sets), .attributes(let schema)):
            let set = sets.first { $0.schemaID == schema.id || $0.id == setID(schema) }
            if let set, set.attributes.has(attributes) { return .end(.done, "already there") }
            stage = .conversation(schema, set)
            return .next
        case (.conversation(let conversation), .conversation(let schema, let set)):
            if conversation.hasEnded { return .end(.dropped, ConversationState.endedNote) }
            stage = .write(schema, write(schema, set, conversation))
            return .next
        case (.done, .write):
            return .end(.done, "conversation tagged with \(attributes.names)")
        default:
            return .mismatch
        }
    }

    mutating func failed(_ error: GenesysAPIError) -> ErrandSetback {
        switch stage {
        case .schema: break
        case .create:
            // It may be there now.
            stage = .schema
        case .attributes(let schema), .conversation(let schema, _):
            if error.code == .notFound { return .drop(ConversationState.endedNote) }
            // Others may write until the next try: what is there is read again.
            stage = .attributes(schema)
        case .write(let schema, _):
            stage = .attributes(schema)
        }
        return .again()
    }

    // MARK: -

    private func selected(from schemas: [AttributeSchema]) -> AttributeSchema? {
        switch selector {
        case .id(let id):
            return schemas.first { $0.id == id }
        case .name(let name, _):
            // Names need not be unique.
            let named = schemas.filter { $0.name == name }
            return named.first { missing(in: $0).isEmpty } ?? named.first
        }
    }

    private func missing(in schema: AttributeSchema) -> [String] {
        attributes.keys.filter { !schema.fields.contains($0) }.sorted()
    }

    private mutating func found(_ schema: AttributeSchema?) -> ErrandStep {
        switch (schema, selector) {
        case (let schema?, _):
            let missing = missing(in: schema)
            guard missing.isEmpty else {
                return .failed(
                    "schema",
                    "the schema \"\(schema.name)\" (\(schema.id)) of custom attributes has no field "
                        + missing.map { "\"\($0)\"" }.joined(separator: ", ")
                        + ": add it in Genesys as a text field, or take it out of the rule's tag"
                )
            }
            stage = .attributes(schema)
            return .next
        case (nil, .name(let name, create: true)):
            stage = .create(name: name)
            return .next
        case (nil, .name(let name, create: false)):
            return .failed(
                "schema",
                "there is no schema \"\(name)\" of custom attributes: create it in Genesys, or let the relay create it"
            )
        case (nil, .id(let id)):
            return .failed("schema", "there is no schema \(id) of custom attributes: name one that exists")
        }
    }

    private func write(
        _ schema: AttributeSchema,
        _ set: ConversationAttributes?,
        _ conversation: ConversationState
    ) -> ErrandCall {
        guard var set else {
            let new = ConversationAttributes(
                id: setID(schema),
                schemaID: schema.id,
                version: nil,
                attributes: attributes
            )
            return .putCustomAttributes(
                new,
                divisionIDs: conversation.divisionIDs,
                conversationID: conversationID
            )
        }
        set.attributes = attributes
        return .amendCustomAttributes(set, conversationID: conversationID)
    }

    private func setID(_ schema: AttributeSchema) -> String {
        ErrandSetID.make(conversationID: conversationID, schemaID: schema.id)
    }
}
