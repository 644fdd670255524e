// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient
import Testing

@testable import GenesysAPI

@Suite("Access token", .timeLimit(.minutes(1)))
struct TokenSourceTests {
    @Test("the token request is a form with Basic credentials, and calls carry the token")
    func shape() async throws {
        let mock = GenesysMock(api: GenesysMock.always(.routing))
        let client = mock.client()
        _ = try await client.routingStatus(userID: "u")
        _ = try await client.routingStatus(userID: "u")
        let request = try #require(mock.tokenRequests.first)
        #expect(mock.tokenRequests.count == 1)
        #expect(request.method == "POST")
        #expect(request.url == "https://login.example.com/oauth/token")
        #expect(
            request.header("Authorization") == "Basic " + Data("client-id:client-secret".utf8).base64EncodedString()
        )
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
        #expect(request.body == Array("grant_type=client_credentials".utf8))
        #expect(mock.apiRequests.map { $0.header("Authorization") } == ["Bearer token-1", "Bearer token-1"])
    }

    @Test("a hundred callers share one token request")
    func singleFlight() async throws {
        let gate = Gate()
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                await gate.pass()
                return try await GenesysMock.grants()(request, number)
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        let calls = (1...100).map { _ in Task { try await client.routingStatus(userID: "u").status } }
        await eventually("nobody asked for a token") { gate.queue == 1 }
        gate.open()
        for call in calls { #expect(try await call.value == "IDLE") }
        #expect(mock.tokenRequests.count == 1)
        #expect(mock.apiRequests.count == 100)
    }

    @Test("a token is renewed ahead of its end, without a call waiting for it", arguments: [(3600, 60), (300, 30)])
    func renewal(life: Int, margin: Int) async throws {
        let mock = GenesysMock(token: GenesysMock.grants(seconds: life), api: GenesysMock.always(.routing))
        let client = mock.client()
        _ = try await client.routingStatus(userID: "u")
        mock.advance(by: .seconds(life - margin - 1))
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.tokenRequests.count == 1 && !client.tokens.isFetching)

        mock.advance(by: .seconds(1))
        _ = try await client.routingStatus(userID: "u")
        await eventually("the token was not renewed") { mock.tokenRequests.count == 2 }
        #expect(mock.apiRequests.map { $0.header("Authorization") } == Array(repeating: "Bearer token-1", count: 3))
        await eventually("the new token was not taken") { client.tokens.cached?.value == "token-2" }
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.apiRequests.last?.header("Authorization") == "Bearer token-2")
    }

    @Test("a failed renewal is no failure while the old token lives, and is not repeated at once")
    func failedRenewal() async throws {
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                guard number == 2 else { return try await GenesysMock.grants(seconds: 3600)(request, number) }
                throw HTTPClientError(.connect, "login.example.com:443: refused")
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        _ = try await client.routingStatus(userID: "u")
        mock.advance(by: .seconds(3541))
        _ = try await client.routingStatus(userID: "u")
        await eventually("no renewal") { mock.tokenRequests.count == 2 && !client.tokens.isFetching }
        for _ in 1...5 { _ = try await client.routingStatus(userID: "u") }
        #expect(mock.tokenRequests.count == 2 && !client.tokens.isFetching)
        mock.advance(by: .seconds(5))
        _ = try await client.routingStatus(userID: "u")
        await eventually("no second renewal") { mock.tokenRequests.count == 3 }
    }

    @Test("an expired token is not sent")
    func expired() async throws {
        let mock = GenesysMock(token: GenesysMock.grants(seconds: 300), api: GenesysMock.always(.routing))
        let client = mock.client()
        _ = try await client.routingStatus(userID: "u")
        mock.advance(by: .seconds(300))
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.apiRequests.last?.header("Authorization") == "Bearer token-2")
    }

    @Test("an answer that does not tell the token's life gets the shortest one", arguments: ["", #","expires_in":0"#])
    func noLifetime(field: String) async throws {
        let mock = GenesysMock(
            token: GenesysMock.always(.json(200, #"{"access_token":"t"\#(field)}"#)),
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        _ = try await client.routingStatus(userID: "u")
        mock.advance(by: .seconds(269))
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.tokenRequests.count == 1)
        mock.advance(by: .seconds(31))
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.tokenRequests.count == 2)
    }

    @Test("after a 401 the call is sent once more with a new token")
    func replay() async throws {
        let refused = try ClientResponse.fixture(401, "rest.error.401")
        let mock = GenesysMock(api: { request, _ in
            request.header("Authorization") == "Bearer token-1" ? refused : .routing
        })
        let client = mock.client()
        #expect(try await client.routingStatus(userID: "u").status == "IDLE")
        #expect(mock.apiRequests.map { $0.header("Authorization") } == ["Bearer token-1", "Bearer token-2"])
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.tokenRequests.count == 2)
    }

    @Test("a second 401 is final and says where to look")
    func secondRefusal() async throws {
        let mock = GenesysMock(api: GenesysMock.always(try .fixture(401, "rest.error.401")))
        let client = mock.client()
        let error = await failure { () async throws(GenesysAPIError) in try await client.routingStatus(userID: "u") }
        #expect(error?.code == .unauthorized)
        #expect(error?.status == 401)
        #expect(error?.genesysCode == "bad.credentials")
        #expect(error?.message.contains("same region") == true)
        #expect(error?.isRetryable == false)
        #expect(mock.apiRequests.count == 2)
        #expect(mock.tokenRequests.count == 2)
    }

    @Test("calls that are refused together fetch one new token")
    func refusedTogether() async throws {
        let gate = Gate()
        let refused = try ClientResponse.fixture(401, "rest.error.401")
        let mock = GenesysMock(api: { request, _ in
            guard request.header("Authorization") == "Bearer token-1" else { return .routing }
            await gate.pass()
            return refused
        })
        let client = mock.client()
        let calls = (1...50).map { _ in Task { try await client.routingStatus(userID: "u").status } }
        await eventually("the calls were not sent") { gate.queue == 50 }
        gate.open()
        for call in calls { #expect(try await call.value == "IDLE") }
        #expect(mock.tokenRequests.count == 2)
    }

    @Test("a late 401 for an old token does not cost its successor")
    func lateRefusal() async throws {
        let gate = Gate()
        let refused = try ClientResponse.fixture(401, "rest.error.401")
        let mock = GenesysMock(api: { request, _ in
            guard request.header("Authorization") == "Bearer token-1" else { return .routing }
            if request.url.contains("late") { await gate.pass() }
            return refused
        })
        let client = mock.client()
        let late = Task { try await client.routingStatus(userID: "late").status }
        await eventually("the late call was not sent") { gate.queue == 1 }
        _ = try await client.routingStatus(userID: "u")
        gate.open()
        #expect(try await late.value == "IDLE")
        #expect(mock.tokenRequests.count == 2)
    }

    @Test("a caller that is cancelled already does not wait for a token")
    func cancelledBefore() async throws {
        let gate = Gate()
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                await gate.pass()
                return try await GenesysMock.grants()(request, number)
            },
            api: GenesysMock.unexpected
        )
        let client = mock.client()
        let call = Task {
            while !Task.isCancelled { await Task.yield() }
            return await failure { () async throws(GenesysAPIError) in try await client.verifyToken() }
        }
        call.cancel()
        #expect(await call.value?.code == .cancelled)
        gate.open()
    }

    @Test("a caller that is cancelled while it waits leaves at once, and the others get their token")
    func cancelledWaiter() async throws {
        let gate = Gate()
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                await gate.pass()
                return try await GenesysMock.grants()(request, number)
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        let leaving = Task {
            await failure { () async throws(GenesysAPIError) in try await client.routingStatus(userID: "u") }
        }
        // The one that leaves is the one that started the request.
        await eventually("nobody asked for a token") { gate.queue == 1 }
        let staying = Task { try await client.routingStatus(userID: "u").status }
        leaving.cancel()
        #expect(await leaving.value?.code == .cancelled)
        #expect(gate.queue == 1)
        gate.open()
        #expect(try await staying.value == "IDLE")
        #expect(mock.tokenRequests.count == 1)
        #expect(mock.apiRequests.count == 1)
    }

    @Test("verifying fetches a token although one is cached")
    func verify() async throws {
        let mock = GenesysMock(api: GenesysMock.always(.routing))
        let client = mock.client()
        try await client.verifyToken()
        try await client.verifyToken()
        #expect(mock.tokenRequests.count == 2)
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.apiRequests.last?.header("Authorization") == "Bearer token-2")
    }

    @Test(
        "refused credentials say what to check, never the secret",
        arguments: [
            (400, #"{"error":"invalid_client","description":"client not found: client-secret"}"#),
            (401, #"{"error":"invalid_client","error_description":"client not found: client-secret"}"#), (401, ""),
        ]
    )
    func wrongCredentials(status: Int, body: String) async throws {
        let mock = GenesysMock(token: GenesysMock.always(.json(status, body)), api: GenesysMock.unexpected)
        let client = mock.client()
        let error = await failure { () async throws(GenesysAPIError) in try await client.routingStatus(userID: "u") }
        #expect(error?.code == .unauthorized)
        #expect(error?.status == status)
        #expect(error?.message.contains("id and secret") == true)
        #expect(error?.message.contains("https://login.example.com/oauth/token") == true)
        #expect(error?.message.contains("client-secret") == false)
        if !body.isEmpty {
            #expect(error?.genesysCode == "invalid_client")
            #expect(error?.message.contains("client not found") == true)
        }

        // The login host is not asked the same again at once.
        _ = await failure { () async throws(GenesysAPIError) in try await client.routingStatus(userID: "u") }
        #expect(mock.tokenRequests.count == 1)
        mock.advance(by: .seconds(5))
        _ = await failure { () async throws(GenesysAPIError) in try await client.routingStatus(userID: "u") }
        #expect(mock.tokenRequests.count == 2)
    }

    @Test("a limit of the login host is kept to")
    func rateLimited() async throws {
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                guard number == 1 else { return try await GenesysMock.grants()(request, number) }
                return .json(429, "{}", headers: [("Retry-After", "30")])
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        var error = await failure { () async throws(GenesysAPIError) in try await client.routingStatus(userID: "u") }
        #expect(error?.code == .rateLimited)
        #expect(error?.retryAfter == .seconds(30))
        mock.advance(by: .seconds(29))
        error = await failure { () async throws(GenesysAPIError) in try await client.routingStatus(userID: "u") }
        #expect(error?.retryAfter == .seconds(1))
        #expect(mock.tokenRequests.count == 1)
        mock.advance(by: .seconds(1))
        #expect(try await client.routingStatus(userID: "u").status == "IDLE")
    }

    @Test(
        "other failures of the login host keep their kind",
        arguments: [
            (500, "", GenesysAPIError.Code.server), (502, "<html>", .server), (404, "<html>", .notFound),
            (302, "", .other), (400, #"{"error":"unsupported_grant_type"}"#, .unauthorized),
            (400, #"{"error":"invalid_request"}"#, .badRequest), (200, "<html>", .unexpectedBody),
            (200, #"{"access_token":""}"#, .unexpectedBody),
        ]
    )
    func otherFailures(status: Int, body: String, code: GenesysAPIError.Code) async {
        let mock = GenesysMock(token: GenesysMock.always(.json(status, body)), api: GenesysMock.unexpected)
        let client = mock.client()
        let error = await failure { () async throws(GenesysAPIError) in try await client.verifyToken() }
        #expect(error?.code == code)
        #expect(error?.status == status)
        #expect(error?.message.contains("POST /oauth/token") == true)
    }
}
