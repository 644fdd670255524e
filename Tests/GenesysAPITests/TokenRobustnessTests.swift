// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient
import Synchronization
import Testing

@testable import GenesysAPI

@Suite("Access token when things go wrong", .timeLimit(.minutes(1)))
struct TokenRobustnessTests {
    private func status(_ client: GenesysAPI) async -> Result<String, GenesysAPIError> {
        do throws(GenesysAPIError) {
            return .success(try await client.routingStatus(userID: "u").status)
        } catch {
            return .failure(error)
        }
    }

    private func error(_ client: GenesysAPI) async -> GenesysAPIError? {
        await failure { () async throws(GenesysAPIError) in try await client.routingStatus(userID: "u") }
    }

    // MARK: Rotation

    @Test("a new secret is used from the next token on, and the token at hand is used to its end")
    func rotation() async throws {
        let mock = GenesysMock(token: GenesysMock.grants(seconds: 3600), api: GenesysMock.always(.routing))
        let client = mock.client()
        _ = try await client.routingStatus(userID: "u")
        client.replaceClient(id: "client-id", secret: "second")
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.tokenRequests.count == 1)
        mock.advance(by: .seconds(3600))
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.tokenRequests.last?.header("Authorization") == basic("client-id:second"))
    }

    @Test("a new secret is tried at once although the old one was just refused")
    func rotationAfterRefusal() async throws {
        let good = basic("client-id:second")
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                guard request.header("Authorization") == good else { return .json(401, "") }
                return try await GenesysMock.grants()(request, number)
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        #expect(await error(client)?.code == .unauthorized)
        client.replaceClient(id: "client-id", secret: "second")
        #expect(try await status(client).get() == "IDLE")
    }

    @Test("a secret that is replaced while a request with the old one is under way costs no call")
    func rotationDuringRequest() async throws {
        let gate = Gate()
        let good = basic("client-id:second")
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                guard request.header("Authorization") != good else {
                    return try await GenesysMock.grants()(request, number)
                }
                await gate.pass()
                return .json(400, #"{"error":"invalid_client"}"#)
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        let calls = (1...20).map { _ in Task { await status(client) } }
        await eventually("nobody asked for a token") { gate.queue == 1 }
        client.replaceClient(id: "client-id", secret: "second")
        gate.open()
        for call in calls { #expect(try await call.value.get() == "IDLE") }
        #expect(mock.tokenRequests.count == 2)
    }

    // MARK: Revocation

    @Test("a second 401 costs two tokens for a thousand calls, not a thousand")
    func hopeless() async throws {
        let mock = GenesysMock(api: GenesysMock.always(try .fixture(401, "rest.error.401")))
        let client = mock.client()
        for _ in 1...1000 {
            let error = await error(client)
            #expect(error?.code == .unauthorized && error?.isRetryable == false)
        }
        #expect(mock.tokenRequests.count == 2)
        #expect(mock.apiRequests.count == 1001)
        // Somebody may have set it right.
        mock.advance(by: .seconds(5))
        _ = await error(client)
        #expect(mock.tokenRequests.count == 3)
    }

    @Test("an endpoint that always answers 401 does not cost the others their token")
    func oneEndpoint() async throws {
        let mock = GenesysMock(api: { request, _ in
            request.url.hasSuffix("/routingstatus") ? .routing : .json(401, "")
        })
        let client = mock.client()
        for _ in 1...10 {
            let error = await failure { () async throws(GenesysAPIError) in try await client.presence(userID: "u") }
            #expect(error?.code == .unauthorized)
            #expect(try await status(client).get() == "IDLE")
        }
        #expect(mock.tokenRequests.count == 2)
    }

    @Test("a token revoked later is replaced although an earlier one was doubted")
    func revokedLater() async throws {
        let refused = Mutex<Set<String>>(["Bearer token-1", "Bearer token-2"])
        let mock = GenesysMock(api: { request, _ in
            refused.withLock { $0.contains(request.header("Authorization") ?? "") } ? .json(401, "") : .routing
        })
        let client = mock.client()
        #expect(await error(client)?.code == .unauthorized)
        mock.advance(by: .seconds(5))
        #expect(try await status(client).get() == "IDLE")
        refused.withLock { _ = $0.insert("Bearer token-3") }
        #expect(try await status(client).get() == "IDLE")
        #expect(mock.apiRequests.last?.header("Authorization") == "Bearer token-4")
    }

    // MARK: Clocks

    @Test("the clock of Genesys means nothing: a life is counted from our own request")
    func skew() async throws {
        let mock = GenesysMock(
            token: { _, number in
                .json(
                    200,
                    #"{"access_token":"token-\#(number)","expires_in":600}"#,
                    headers: [("Date", "Thu, 01 Jan 1970 00:00:00 GMT")]
                )
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        _ = try await client.routingStatus(userID: "u")
        mock.advance(by: .seconds(539))
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.tokenRequests.count == 1)
        mock.advance(by: .seconds(61))
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.tokenRequests.count == 2)
    }

    @Test("a slow answer of the login host does not lengthen the token's life")
    func slowGrant() async throws {
        let gate = Gate()
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                if number == 1 { await gate.pass() }
                return try await GenesysMock.grants(seconds: 300)(request, number)
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        let call = Task { await status(client) }
        await eventually("nobody asked for a token") { gate.queue == 1 }
        mock.advance(by: .seconds(299))
        gate.open()
        #expect(try await call.value.get() == "IDLE")
        mock.advance(by: .seconds(1))
        _ = try await client.routingStatus(userID: "u")
        #expect(mock.apiRequests.last?.header("Authorization") == "Bearer token-2")
    }

    @Test(
        "a life that makes no sense is the shortest or the longest that can be set",
        arguments: [
            ("-5", 300), ("null", 300), (#""soon""#, 300), ("[]", 300), (#""600""#, 600), ("600.5", 600),
            ("1e300", 172_800), ("9223372036854775807", 172_800),
        ]
    )
    func life(expiresIn: String, seconds: Int) async throws {
        let mock = GenesysMock(
            token: GenesysMock.always(.json(200, #"{"access_token":"t","expires_in":\#(expiresIn)}"#)),
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        let start = Timestamp(milliseconds: 1_800_000_000_000)
        _ = try await client.routingStatus(userID: "u")
        let life = try #require(client.tokens.cached?.expiresAt).timeIntervalSince(start)
        #expect(life >= .seconds(seconds) && life < .seconds(seconds + 1))
    }

    // MARK: The login host is down or limits us

    @Test("while the login host is down a thousand calls make one request, and more only after a while")
    func outage() async throws {
        let isDown = Mutex(true)
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                guard isDown.withLock({ $0 }) else { return try await GenesysMock.grants()(request, number) }
                throw HTTPClientError(.connect, "login.example.com:443: refused")
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        var requests = 0
        // 1, 2, 4, 8, 10, 10 s.
        for pause in [1, 2, 4, 8, 10, 10] {
            let calls = (1...1000).map { _ in Task { await status(client) } }
            for call in calls {
                guard case .failure(let error) = await call.value else {
                    Issue.record("succeeded")
                    return
                }
                #expect(error.code == .network && error.isRetryable && !error.outcomeIsUnknown)
                #expect(error.retryAfter.map { $0 <= .seconds(pause) } ?? true)
            }
            requests += 1
            #expect(mock.tokenRequests.count == requests)
            mock.advance(by: .seconds(pause) - .milliseconds(1))
            #expect(await error(client)?.retryAfter == .milliseconds(1))
            #expect(mock.tokenRequests.count == requests)
            mock.advance(by: .milliseconds(1))
        }
        isDown.withLock { $0 = false }
        #expect(try await status(client).get() == "IDLE")
        #expect(mock.apiRequests.count == 1)
    }

    @Test("a token at hand is used through an outage to its end, and is not renewed at every call")
    func outageWithToken() async throws {
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                guard number > 1 else { return try await GenesysMock.grants(seconds: 600)(request, number) }
                return .json(503, "<html>", headers: [("Retry-After", "20")])
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        _ = try await client.routingStatus(userID: "u")
        mock.advance(by: .seconds(545))
        for _ in 1...50 { _ = try await client.routingStatus(userID: "u") }
        await eventually("no renewal") { mock.tokenRequests.count == 2 && !client.tokens.isFetching }
        mock.advance(by: .seconds(19))
        for _ in 1...50 { _ = try await client.routingStatus(userID: "u") }
        #expect(mock.tokenRequests.count == 2 && !client.tokens.isFetching)
        mock.advance(by: .seconds(36))
        let error = await error(client)
        #expect(error?.code == .server && error?.isRetryable == true)
    }

    @Test("a limit of the login host spares the token at hand, and others learn how long it lasts")
    func limitedRenewal() async throws {
        let mock = GenesysMock(
            token: { request, number async throws(HTTPClientError) in
                guard number > 1 else { return try await GenesysMock.grants(seconds: 600)(request, number) }
                return .json(429, "", headers: [("Retry-After", "90")])
            },
            api: GenesysMock.always(.routing)
        )
        let client = mock.client()
        _ = try await client.routingStatus(userID: "u")
        mock.advance(by: .seconds(540))
        _ = try await client.routingStatus(userID: "u")
        await eventually("no renewal") { mock.tokenRequests.count == 2 && !client.tokens.isFetching }
        mock.advance(by: .seconds(59))
        _ = try await client.routingStatus(userID: "u")
        mock.advance(by: .seconds(1))
        let error = await error(client)
        #expect(error?.code == .rateLimited)
        #expect(error?.retryAfter == .seconds(30))
        #expect(mock.tokenRequests.count == 2)
    }

    @Test("an answer of the login host that is no token is not asked for again at once", arguments: [200, 302, 404])
    func notALoginHost(status: Int) async {
        let mock = GenesysMock(token: GenesysMock.always(.json(status, "<html>")), api: GenesysMock.unexpected)
        let client = mock.client()
        for _ in 1...100 { #expect(await error(client)?.isRetryable == false) }
        #expect(mock.tokenRequests.count == 1)
    }

    private func basic(_ credentials: String) -> String {
        "Basic " + Data(credentials.utf8).base64EncodedString()
    }
}
