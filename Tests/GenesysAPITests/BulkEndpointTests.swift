// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient
import Testing

@testable import GenesysAPI

@Suite("Genesys endpoints for many users", .timeLimit(.minutes(1)))
struct BulkEndpointTests {
    private static let users = (1...2).map { "11111111-aaaa-4aaa-8aaa-00000000000\($0)" }
    private static let breakID = "227b37e2-f1d0-4dd0-8f50-badd7cf6d158"

    @Test("presences are read by user, whatever else their id is")
    func presences() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.users-presences.bulk-read"))
        let presences = try await mock.client().presences(userIDs: Self.users)
        #expect(presences.map(\.userID) == Self.users)
        #expect(presences.first?.definitionID == Self.breakID)
        #expect(presences.first?.system == .break)
        #expect(presences.first?.modifiedAt == Timestamp("2026-03-10T14:06:01.100Z"))
        let request = try #require(mock.apiRequests.first)
        #expect(request.method == "GET")
        #expect(
            request.url == "https://api.example.com/api/v2/users/presences/purecloud/bulk?id=\(Self.users[0])&id="
                + Self.users[1]
        )
    }

    @Test("presences are written with the source and the message, an empty one too")
    func setPresences() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.users-presences.bulk-write"))
        let answer = try await mock.client().setPresences([
            PresenceWrite(userID: Self.users[0], definitionID: "d-1", message: ""),
            PresenceWrite(userID: Self.users[1], definitionID: "d-2", message: "back at 3"),
        ])
        #expect(answer.map(\.userID) == Self.users)
        let request = try #require(mock.apiRequests.first)
        #expect(request.method == "PUT")
        #expect(request.url == "https://api.example.com/api/v2/users/presences/bulk")
        let expected: NSArray = [
            ["id": Self.users[0], "source": "PURECLOUD", "presenceDefinition": ["id": "d-1"], "message": ""],
            ["id": Self.users[1], "source": "PURECLOUD", "presenceDefinition": ["id": "d-2"], "message": "back at 3"],
        ]
        #expect(try request.json() == expected)
    }

    @Test("an element without a user, or none at all, costs only itself")
    func oddPresences() async throws {
        let body = #"[null, 3, {"presenceDefinition":{"id":"d"}}, {"userId":"u"}]"#
        let client = GenesysMock(api: GenesysMock.always(.json(200, body))).client()
        #expect(try await client.presences(userIDs: ["u"]).map(\.userID) == ["u"])
        let write = PresenceWrite(userID: "u", definitionID: "d", message: "")
        #expect(try await client.setPresences([write]).map(\.userID) == ["u"])
    }

    @Test("users come with what Genesys expanded, deleted ones too")
    func users() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.users"))
        let users = try await mock.client().users(ids: Self.users)
        #expect(users.map(\.userID) == Self.users)
        #expect(users.map(\.name) == ["Ada", "Bob"])
        #expect(users.map(\.state) == ["active", "deleted"])
        #expect(users[0].presence?.definitionID == Self.breakID)
        #expect(users[0].presence?.userID == Self.users[0])
        #expect(users[0].routingStatus?.status == "OFF_QUEUE")
        #expect(users[1].presence == nil && users[1].routingStatus == nil)
        let query = try #require(mock.apiRequests.first?.url.split(separator: "?").last)
        #expect(
            query == "id=\(Self.users[0])&id=\(Self.users[1])&state=any&expand=presence,routingStatus&pageSize=100"
        )
    }

    @Test("a user with odd expansions is still a user, one without an id is not")
    func oddUsers() async throws {
        let body = """
            {"entities":[{"name":"nobody"}, {"id":"u","name":7,"presence":"x","routingStatus":{}},
            {"id":"v","presence":{"id":"other","presenceDefinition":{"id":"d"}},"state":"INACTIVE"}]}
            """
        let users = try await GenesysMock(api: GenesysMock.always(.json(200, body))).client().users(ids: ["u"])
        #expect(users.map(\.userID) == ["u", "v"])
        #expect(users.first == UserState(userID: "u"))
        #expect(users.last?.presence?.userID == "v")
        #expect(users.last?.state == "inactive")
    }

    @Test("the first users are asked for by number")
    func someUsers() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.users"))
        #expect(try await mock.client().someUsers(3).count == 2)
        #expect(
            mock.apiRequests.first?.url
                == "https://api.example.com/api/v2/users?state=active&expand=presence,routingStatus&pageSize=3"
        )
    }

    @Test("nobody is asked about nobody")
    func empty() async throws {
        let client = GenesysMock(token: GenesysMock.unexpected, api: GenesysMock.unexpected).client()
        #expect(try await client.presences(userIDs: []).isEmpty)
        #expect(try await client.setPresences([]).isEmpty)
        #expect(try await client.users(ids: []).isEmpty)
        #expect(try await client.adherence(userIDs: []).isEmpty)
        try await client.setParticipantAttributes([:], conversationID: "c", participantID: "p")
    }

    @Test("the probe of the permission is the bulk write with nobody in it")
    func probe() async throws {
        let mock = GenesysMock(api: GenesysMock.always(.json(200, "[]")))
        try await mock.client().probePresenceEdit()
        #expect(mock.apiRequests.map(\.method) == ["PUT"])
        #expect(mock.apiRequests.first?.body.map { String(decoding: $0, as: UTF8.self) } == "[]")
    }

    @Test("more than Genesys takes is refused before any call")
    func limits() async throws {
        let client = GenesysMock(token: GenesysMock.unexpected, api: GenesysMock.unexpected).client()
        let ids = (1...101).map { "u\($0)" }
        let writes = ids.map { PresenceWrite(userID: $0, definitionID: "d", message: "") }
        let errors = [
            await failure { () async throws(GenesysAPIError) in
                try await client.presences(userIDs: Array(ids.prefix(51)))
            },
            await failure { () async throws(GenesysAPIError) in try await client.setPresences(writes) },
            await failure { () async throws(GenesysAPIError) in try await client.users(ids: ids) },
            await failure { () async throws(GenesysAPIError) in try await client.adherence(userIDs: ids) },
            await failure { () async throws(GenesysAPIError) in try await client.users(ids: ["u", ""]) },
        ]
        #expect(errors.map { $0?.code } == Array(repeating: .badRequest, count: 5))
        #expect(errors.allSatisfy { $0?.isRetryable == false && $0?.outcomeIsUnknown == false })
        #expect(errors[0]?.message == "GET /api/v2/users/presences/purecloud/bulk: at most 50 at a time, not 51")
    }

    @Test("as many as Genesys takes are one call")
    func full() async throws {
        let mock = GenesysMock(api: GenesysMock.always(.json(200, "[]")))
        let client = mock.client()
        let ids = (1...100).map { "u&\($0)" }
        _ = try await client.presences(userIDs: Array(ids.prefix(50)))
        _ = try await client.adherence(userIDs: ids)
        _ = try await client.setPresences(ids.map { PresenceWrite(userID: $0, definitionID: "d", message: "") })
        #expect(mock.apiRequests.count == 3)
        #expect(mock.apiRequests[1].url.hasSuffix("&userId=u%26100"))
    }

    @Test("a 2xx of another shape is an error", arguments: ["", "<html>", "{}", "null", "3"])
    func unexpectedBody(body: String) async {
        let client = GenesysMock(api: GenesysMock.always(.json(200, body))).client()
        let write = PresenceWrite(userID: "u", definitionID: "d", message: "")
        let read = await failure { () async throws(GenesysAPIError) in try await client.presences(userIDs: ["u"]) }
        let users = await failure { () async throws(GenesysAPIError) in try await client.users(ids: ["u"]) }
        let written = await failure { () async throws(GenesysAPIError) in try await client.setPresences([write]) }
        #expect([read?.code, users?.code, written?.code] == Array(repeating: .unexpectedBody, count: 3))
        #expect([read?.outcomeIsUnknown, users?.outcomeIsUnknown, written?.outcomeIsUnknown] == [false, false, true])
        #expect([read?.isRetryable, users?.isRetryable, written?.isRetryable] == [false, false, true])
    }
}
