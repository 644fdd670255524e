// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI

extension PreflightRun {
    /// For a conversation that does not exist.
    mutating func tags(_ client: Preflight.Client) async {
        switch needs.tags {
        case .none: return
        case .participantAttributes:
            await conversationRead(client)
            let written = await ask(client) { api throws(GenesysAPIError) in
                try await api.setParticipantAttributes(
                    ["presence-relay-preflight": ""],
                    conversationID: Preflight.nobody,
                    participantID: Preflight.nobody
                )
            }
            probed("tags edit", written, permission: nil)
        case .customAttributes(let schema, let create):
            await attributeSchema(client, schema, create: create)
            await conversationRead(client)
            let viewed = await ask(client) { api throws(GenesysAPIError) in
                try await api.customAttributes(conversationID: Preflight.nobody)
            }
            probed("tags view", viewed, permission: "conversation:customAttributes:view")
            let edited = await ask(client) { api throws(GenesysAPIError) in
                try await api.amendCustomAttributes(
                    ConversationAttributes(
                        id: "presence-relay-preflight",
                        schemaID: nil,
                        version: nil,
                        attributes: [:]
                    ),
                    conversationID: Preflight.nobody
                )
            }
            probed("tags edit", edited, permission: "conversation:customAttributes:edit")
        }
    }

    private mutating func conversationRead(_ client: Preflight.Client) async {
        let read = await ask(client) { api throws(GenesysAPIError) in try await api.conversation(id: Preflight.nobody) }
        probed("conversation read", read, permission: "conversation:communication:view")
    }

    private mutating func attributeSchema(_ client: Preflight.Client, _ wanted: String, create: Bool) async {
        let name = "tags schema"
        switch await ask(client, { api throws(GenesysAPIError) in try await api.attributeSchemas() }) {
        case .success(let schemas)?:
            if let schema = schemas.first(where: { $0.name == wanted || $0.id == wanted }) {
                return add(name, .pass, "\"\(schema.name)\" has \(schema.fields.joined(separator: ", "))")
            }
            let byHand = "Create it (Menu > Orchestration > Conversation Schemas)"
            // To ask whether it may be created would be to create it.
            add(
                name,
                create ? .warn : .fail,
                "there is no schema \"\(wanted)\"" + (create ? " yet" : ""),
                create ? "Grant conversation:customAttributes:schemaAdd so that the relay can create it" : byHand
            )
        case .failure(let error)?:
            let permission = "conversation:customAttributes:schemaView"
            checks.append(PreflightReport.Check(name, .fail, failure: error, permission: permission))
        case nil: skipForCalls(name)
        }
    }
}
