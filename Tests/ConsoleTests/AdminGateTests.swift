// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Testing

@testable import Console

@Suite("The admin gate")
struct AdminGateTests {
    private static let protected: [(HTTPMethod, String)] = [
        (.get, "/v1/agents"), (.get, "/v1/agents/a"), (.get, "/v1/agents/a/history"), (.get, "/v1/dead-letters"),
        (.post, "/v1/resync"), (.get, "/v1/resyncs/r"), (.get, "/v1/stream"), (.get, "/metrics"),
        (.get, "/v1/delivery"),
    ]

    @Test("every admin call without a token is a 401 problem with a challenge", arguments: protected)
    func noToken(method: HTTPMethod, target: String) async throws {
        let response = await ConsoleFixture(tokens: ["s3cret"], protectMetrics: true).send(method, target)
        try expectProblem(response, 401)
        #expect(response.headers["WWW-Authenticate"] == #"Bearer realm="admin""#)
    }

    @Test(
        "a wrong or malformed credential is refused",
        arguments: [
            "Bearer wrong", "Bearer s3cre", "Bearer s3cretx", "Bearer", "Bearer ", "s3cret", "Basic s3cret",
            "Bearer s3cret s3cret", "Bearer\u{9}s3cret", "",
        ]
    )
    func wrongToken(authorization: String) async throws {
        let response = await ConsoleFixture(tokens: ["s3cret", "older"])
            .send(.get, "/v1/agents", headers: ["Authorization": authorization])
        try expectProblem(response, 401)
        #expect(response.headers["WWW-Authenticate"]?.hasPrefix("Bearer ") == true)
        #expect(!response.text.contains("s3cre"))
    }

    @Test("two Authorization fields are refused even if one is right")
    func twoFields() async throws {
        let headers: HTTPHeaders = ["Authorization": "Bearer s3cret", "authorization": "Bearer x"]
        try expectProblem(await ConsoleFixture(tokens: ["s3cret"]).send(.get, "/v1/agents", headers: headers), 401)
    }

    @Test("each configured token passes, whatever the case of the scheme", arguments: ["Bearer new", "bearer  old"])
    func rightToken(authorization: String) async throws {
        var sources = ConsoleSources.mock
        sources.agents = { _, _ in AgentPage(agents: []) }
        let response = await ConsoleFixture(tokens: ["new", "old"], sources: sources)
            .send(.get, "/v1/agents", headers: ["Authorization": authorization])
        #expect(response.status.code == 200)
    }

    @Test("after a reload only the new tokens pass")
    func reload() async throws {
        var sources = ConsoleSources.mock
        sources.agents = { _, _ in AgentPage(agents: []) }
        let fixture = ConsoleFixture(tokens: ["old"], sources: sources)
        fixture.console.replaceAdminTokens(["new"])
        try expectProblem(await fixture.send(.get, "/v1/agents", headers: ["Authorization": "Bearer old"]), 401)
        let response = await fixture.send(.get, "/v1/agents", headers: ["Authorization": "Bearer new"])
        #expect(response.status.code == 200)
    }

    @Test(
        "page, probes and unprotected metrics are open",
        arguments: ["/", "/page/page.js", "/livez", "/healthz", "/metrics"]
    )
    func open(target: String) async throws {
        var sources = ConsoleSources.mock
        sources.health = { HealthView(status: .pass, rules: .init(version: "v", count: 1)) }
        sources.load = { .idle }
        let response = await ConsoleFixture(tokens: ["s3cret"], sources: sources).send(.get, target)
        #expect(response.status.code == 200)
    }

    @Test("an open admin API still refuses the pages of other sites")
    func crossSite() async throws {
        var sources = ConsoleSources.mock
        sources.agents = { _, _ in AgentPage(agents: []) }
        let fixture = ConsoleFixture(sources: sources)
        try expectProblem(await fixture.send(.post, "/v1/resync", headers: ["Sec-Fetch-Site": "cross-site"]), 403)
        let response = await fixture.send(.get, "/v1/agents", headers: ["Sec-Fetch-Site": "same-origin"])
        #expect(response.status.code == 200)
    }
}
