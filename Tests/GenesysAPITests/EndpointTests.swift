// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient
import Testing

@testable import GenesysAPI

@Suite("Genesys endpoints", .timeLimit(.minutes(1)))
struct EndpointTests {
    private func mock(_ status: Int, _ body: String) -> GenesysMock {
        GenesysMock(api: GenesysMock.always(.json(status, body)))
    }

    @Test("presence definitions of all locales, in the current form")
    func definitions() async throws {
        let mock = GenesysMock(api: GenesysMock.always(try .fixture(200, "rest.presence-definitions")))
        let definitions = try await mock.client().presenceDefinitions()
        let url = "https://api.example.com/api/v2/presence/definitions?deactivated=false&localeCode=ALL"
        #expect(mock.apiRequests.map(\.url) == [url])
        #expect(definitions.count == 11)
        #expect(definitions.first { $0.systemPresence == .onQueue }?.isSystem == true)
        #expect(
            definitions.last
                == PresenceDefinition(
                    id: "bbbbbbbb-0000-4000-8000-000000000001",
                    type: "User",
                    systemPresence: SystemPresence("Break"),
                    labels: ["en_US": "Coffee"]
                )
        )
    }

    @Test("presence definitions in the older form, spelt with a space and without a type")
    func legacyDefinitions() async throws {
        let mock = GenesysMock(api: GenesysMock.always(try .fixture(200, "rest.presencedefinitions.legacy")))
        let definitions = try await mock.client().presenceDefinitions()
        #expect(definitions.first { $0.systemPresence == .onQueue }?.type == "System")
    }

    @Test("a definition without an id or presence costs only itself")
    func oddDefinitions() async throws {
        let body = """
            {"entities":[null, 7, {"id":"a"}, {"systemPresence":"Away"}, {"id":"","systemPresence":"Away"},
            {"id":"b","systemPresence":"Siesta","languageLabels":{"es":null,"en":"Nap"},"deactivated":true}]}
            """
        let definitions = try await mock(200, body).client().presenceDefinitions(deactivated: true)
        #expect(definitions.map(\.id) == ["b"])
        #expect(definitions.first?.labels == ["en": "Nap"])
        #expect(definitions.first?.deactivated == true)
    }

    @Test("a user's presence is read")
    func presence() async throws {
        let mock = GenesysMock(api: GenesysMock.always(try .fixture(200, "rest.user-presence")))
        let presence = try await mock.client().presence(userID: "11111111-aaaa-4aaa-8aaa-000000000001")
        #expect(mock.apiRequests.first?.method == "GET")
        #expect(
            mock.apiRequests.first?.url
                == "https://api.example.com/api/v2/users/11111111-aaaa-4aaa-8aaa-000000000001/presences/purecloud"
        )
        #expect(
            presence
                == UserPresence(
                    userID: "11111111-aaaa-4aaa-8aaa-000000000001",
                    definitionID: "bbbbbbbb-0000-4000-8000-000000000001",
                    system: SystemPresence("BREAK"),
                    message: "Back in 15",
                    modifiedAt: Timestamp("2026-03-10T14:06:00.100Z")
                )
        )
    }

    @Test(
        "a presence with other spellings and missing fields is read as far as it goes",
        arguments: [
            (
                #"{"id":"x","userId":"u","presenceDefinition":{"id":"d","systemPresence":"On Queue"}}"#,
                UserPresence(userID: "u", definitionID: "d", system: .onQueue, message: "", modifiedAt: nil)
            ),
            (
                #"{"presenceDefinition":{"id":"d"},"message":null,"modifiedDate":"yesterday"}"#,
                UserPresence(userID: "asked", definitionID: "d", system: nil, message: "", modifiedAt: nil)
            ),
            ("{}", UserPresence(userID: "asked", definitionID: "", system: nil, message: "", modifiedAt: nil)),
        ]
    )
    func tolerantPresence(body: String, expected: UserPresence) async throws {
        #expect(try await mock(200, body).client().presence(userID: "asked") == expected)
    }

    @Test("a presence is set with its message, an empty one too")
    func setPresence() async throws {
        let mock = GenesysMock(api: GenesysMock.always(try .fixture(200, "rest.user-presence")))
        let client = mock.client()
        let presence = try await client.setPresence(userID: "u", definitionID: "d-1", message: "")
        #expect(presence.message == "Back in 15")
        let request = try #require(mock.apiRequests.first)
        #expect(request.method == "PATCH")
        #expect(request.url == "https://api.example.com/api/v2/users/u/presences/purecloud")
        #expect(request.header("Content-Type") == "application/json")
        let body = try JSONSerialization.jsonObject(with: Data(request.body ?? [])) as? NSDictionary
        #expect(body == ["presenceDefinition": ["id": "d-1"], "message": ""] as NSDictionary)
    }

    @Test("a routing status is read")
    func routingStatus() async throws {
        let body = #"{"userId":"u","status":"NOT_RESPONDING","startTime":"2026-03-10T14:06:00.100Z"}"#
        let mock = mock(200, body)
        let observation = try await mock.client().routingStatus(userID: "u")
        #expect(observation.status == "NOT_RESPONDING")
        #expect(observation.startTime == Timestamp("2026-03-10T14:06:00.100Z"))
        #expect(mock.apiRequests.map(\.url) == ["https://api.example.com/api/v2/users/u/routingstatus"])
    }

    @Test("an id cannot lead to another path")
    func encodedID() async throws {
        let mock = GenesysMock(api: GenesysMock.always(.routing))
        let client = mock.client()
        _ = try await client.routingStatus(userID: "../ä?x=#%")
        #expect(
            mock.apiRequests.map(\.url) == [
                "https://api.example.com/api/v2/users/..%2F%C3%A4%3Fx%3D%23%25/routingstatus"
            ]
        )
        for id in ["", ".", ".."] {
            let error = await failure { () async throws(GenesysAPIError) in try await client.presence(userID: id) }
            #expect(error?.code == .badRequest)
        }
        #expect(mock.apiRequests.count == 1)
    }

    @Test("a 2xx with another body is an error", arguments: ["", "<html>", "[]", "null", #"{"status":3}"#])
    func unexpectedBody(body: String) async throws {
        let client = mock(200, body).client()
        var error = await failure { () async throws(GenesysAPIError) in try await client.routingStatus(userID: "u") }
        #expect(error?.code == .unexpectedBody)
        #expect(error?.status == 200)
        error = await failure { () async throws(GenesysAPIError) in try await client.presenceDefinitions() }
        #expect(error?.code == .unexpectedBody)
        guard !body.hasPrefix("{") else { return }
        error = await failure { () async throws(GenesysAPIError) in try await client.presence(userID: "u") }
        #expect(error?.code == .unexpectedBody)
        #expect(error?.isRetryable == false && error?.outcomeIsUnknown == false)
        error = await failure { () async throws(GenesysAPIError) in
            try await client.setPresence(userID: "u", definitionID: "d", message: "")
        }
        #expect(error?.code == .unexpectedBody)
        #expect(error?.isRetryable == true && error?.outcomeIsUnknown == true)
    }
}
