// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Testing

@testable import GenesysAPI

@Suite("Genesys endpoints of conversations", .timeLimit(.minutes(1)))
struct ConversationEndpointTests {
    private func client(_ body: String, status: Int = 200) -> GenesysAPI {
        GenesysMock(api: GenesysMock.always(.json(status, body))).client()
    }

    @Test("a conversation has its participants with their text attributes, and its divisions")
    func conversation() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.conversation"))
        let conversation = try await mock.client().conversation(id: "c")
        #expect(
            conversation
                == ConversationState(
                    hasEnded: false,
                    participants: [
                        ConversationParticipant(id: "p-1", purpose: "customer", attributes: ["language": "en"]),
                        ConversationParticipant(id: "p-2", purpose: "acd", hasEnded: true),
                        ConversationParticipant(id: "p-3", purpose: "agent", attributes: ["wfm_status": "Break"]),
                    ],
                    divisionIDs: ["division-1"]
                )
        )
        #expect(mock.apiRequests.map(\.url) == ["https://api.example.com/api/v2/conversations/c"])
    }

    @Test(
        "a conversation has ended when it says so, or everybody has left",
        arguments: [
            (#"{"participants":[{"id":"p"}],"endTime":"2026-03-10T14:00:00Z"}"#, true),
            (#"{"participants":[{"id":"p"}],"state":"Terminated"}"#, true),
            (#"{"participants":[{"id":"p","endTime":"2026-03-10T14:00:00Z"}]}"#, true),
            (#"{"participants":[{"id":"p"},{"id":"q","endTime":"2026-03-10T14:00:00Z"}],"state":"connected"}"#, false),
            (#"{"participants":[]}"#, false),
        ]
    )
    func ended(body: String, hasEnded: Bool) async throws {
        #expect(try await client(body).conversation(id: "c").hasEnded == hasEnded)
    }

    @Test("participant attributes are sent as one map")
    func participantAttributes() async throws {
        let mock = GenesysMock(api: GenesysMock.always(.json(200, "")))
        try await mock.client().setParticipantAttributes(
            ["wfm_status": "Break"],
            conversationID: "c/1",
            participantID: "p"
        )
        let request = try #require(mock.apiRequests.first)
        #expect(request.method == "PATCH")
        #expect(request.url == "https://api.example.com/api/v2/conversations/c%2F1/participants/p/attributes")
        #expect(try request.json() == ["attributes": ["wfm_status": "Break"]] as NSDictionary)
    }

    @Test("neither of two ids can lead to another path", arguments: [("", "p"), ("..", "p"), ("c", "."), ("c", "")])
    func twoIDs(conversation: String, participant: String) async {
        let client = GenesysMock(token: GenesysMock.unexpected, api: GenesysMock.unexpected).client()
        let error = await failure { () async throws(GenesysAPIError) in
            try await client.setParticipantAttributes(
                ["a": "b"],
                conversationID: conversation,
                participantID: participant
            )
        }
        #expect(error?.code == .badRequest)
    }

    @Test("custom attributes are read with schema, version and divisions")
    func customAttributes() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.conversation.customattributes"))
        let sets = try await mock.client().customAttributes(conversationID: "c")
        #expect(
            sets == [
                ConversationAttributes(
                    id: "presence-relay",
                    schemaID: "schema-1",
                    version: 3,
                    attributes: ["wfm_status": "Break"],
                    divisionIDs: ["division-1"]
                )
            ]
        )
        #expect(mock.apiRequests.map(\.url) == ["https://api.example.com/api/v2/conversations/c/customattributes"])
        #expect(try await client(#"{"results":[{"version":1}]}"#).customAttributes(conversationID: "c").isEmpty)
    }

    @Test("a set is put with its schema and amended without, and neither loses its divisions")
    func writeCustomAttributes() async throws {
        let mock = GenesysMock(api: GenesysMock.always(.json(200, #"{"id":"presence-relay"}"#)))
        let client = mock.client()
        var set = ConversationAttributes(
            id: "presence-relay",
            schemaID: "schema-1",
            version: nil,
            attributes: ["wfm_status": "Break"]
        )
        try await client.putCustomAttributes(set, divisionIDs: ["division-1"], conversationID: "c")
        set.version = 3
        set.divisionIDs = ["division-1"]
        try await client.amendCustomAttributes(set, conversationID: "c")
        #expect(mock.apiRequests.map(\.method) == ["PUT", "PATCH"])
        let put: NSDictionary = [
            "id": "presence-relay", "schemaId": "schema-1", "divisions": ["division-1"],
            "customAttributes": ["wfm_status": "Break"],
        ]
        let patch: NSDictionary = [
            "id": "presence-relay", "divisions": ["division-1"], "version": 3,
            "customAttributes": ["wfm_status": "Break"],
        ]
        #expect(try mock.apiRequests.map { try $0.json() } == [put, patch])
    }

    @Test("an old version is a conflict")
    func conflict() async {
        let client = client("", status: 409)
        let set = ConversationAttributes(id: "a", schemaID: nil, version: 1, attributes: [:])
        let error = await failure { () async throws(GenesysAPIError) in
            try await client.amendCustomAttributes(set, conversationID: "c")
        }
        #expect(error?.code == .conflict)
    }

    @Test("schemas are those that can be used, with the names of their attributes")
    func schemas() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.conversation.schemas"))
        #expect(
            try await mock.client().attributeSchemas() == [
                AttributeSchema(id: "schema-1", name: "Presence Relay", fields: ["reason", "wfm_status"])
            ]
        )
        let odd = #"{"entities":[{"jsonSchema":{}},{"id":"s","name":"N","jsonSchema":{"properties":[]}}]}"#
        #expect(
            try await client(odd).attributeSchemas() == [AttributeSchema(id: "s", name: "N", fields: [])]
        )
    }

    @Test("a schema is created of text attributes")
    func createSchema() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.conversation.schema"))
        let schema = try await mock.client().createAttributeSchema(name: "Presence Relay", fields: ["wfm_status"])
        #expect(schema == AttributeSchema(id: "schema-1", name: "Presence Relay", fields: ["wfm_status"]))
        let request = try #require(mock.apiRequests.first)
        #expect(request.method == "POST")
        #expect(request.url == "https://api.example.com/api/v2/conversations/customattributes/schemas")
        let expected: NSDictionary = [
            "$schema": "http://json-schema.org/draft-04/schema#", "title": "Presence Relay",
            "description": "Written by Presence Relay.", "required": [String](),
            "properties": [
                "wfm_status": [
                    "allOf": [["$ref": "#/definitions/text"]], "title": "wfm_status", "description": "",
                    "minLength": 0, "maxLength": 100,
                ]
            ],
        ]
        #expect(try request.json() == expected)
    }
}
