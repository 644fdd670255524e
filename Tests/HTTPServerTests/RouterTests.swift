// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import HTTPServer

/// What the vectors of `router.txt` do not say.
@Suite("The router")
struct RouterTests {
    private func answer(_ router: Router, _ method: HTTPMethod, _ target: String) async -> (Int, String, HTTPHeaders) {
        let response = await router.handle(HTTPRequest(method: method, target: target))
        guard case .bytes(let body) = response.body else { return (0, "", [:]) }
        return (response.status.code, String(decoding: body, as: UTF8.self), response.headers)
    }

    private static let router: Router = {
        var router = Router()
        router.on(.get, "/v1/agents") { _ in .text("agents") }
        router.on(.get, "/v1/agents/{id}") { .text("agent \($0.parameters["id"] ?? "?")") }
        router.on(.delete, "/v1/agents/{agent}") { .text("gone \($0.parameters["agent"] ?? "?")") }
        router.on(.head, "/own") { _ in .text("own head") }
        router.on(.get, "/own") { _ in .text("own get") }
        return router
    }()

    @Test(
        "says 404 and 405 in problem documents",
        arguments: [("/", 404, "Not Found"), ("/own", 405, "Method Not Allowed")]
    )
    func problems(target: String, status: Int, title: String) async {
        let (code, text, headers) = await answer(Self.router, .post, target)
        #expect(code == status)
        #expect(headers["content-type"] == "application/problem+json")
        #expect(text.contains("\"title\":\"\(title)\",\"status\":\(status)"))
    }

    @Test("says 404 for what is no path", arguments: ["", "*", "v1/agents"])
    func noPath(target: String) async {
        #expect(await answer(Self.router, .get, target).0 == 404)
    }

    @Test("names parameters as the matched method's route does")
    func parameterNames() async {
        #expect(await answer(Self.router, .delete, "/v1/agents/7").1 == "gone 7")
    }

    @Test("answers HEAD by the HEAD handler, or else by the GET handler")
    func head() async {
        #expect(await answer(Self.router, .head, "/own").1 == "own head")
        #expect(await answer(Self.router, .head, "/v1/agents/7").1 == "agent 7")
    }

    @Test("takes the last route of the same method and path")
    func replaces() async {
        var router = Self.router
        router.on(.get, "/v1/agents") { _ in .text("new") }
        router.on(.get, "/v1/agents/{x}") { .text("new \($0.parameters["x"] ?? "?")") }
        #expect(await answer(router, .get, "/v1/agents").1 == "new")
        #expect(await answer(router, .get, "/v1/agents/1").1 == "new 1")
        #expect(await answer(Self.router, .get, "/v1/agents").1 == "agents")
    }

    @Test("leaves a path as it was received when decoding it would lose something", arguments: ["/%ff", "/a%00b"])
    func undecodable(target: String) {
        #expect(HTTPRequest(method: .get, target: target).path == target)
    }
}
