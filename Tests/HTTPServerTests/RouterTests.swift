// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import HTTPServer

@Suite("The router")
struct RouterTests {
    private func answer(_ router: Router, _ method: HTTPMethod, _ target: String) async -> (Int, String, HTTPHeaders) {
        let response = await router.handle(HTTPRequest(method: method, target: target))
        guard case .bytes(let body) = response.body else { return (0, "", [:]) }
        return (response.status.code, String(decoding: body, as: UTF8.self), response.headers)
    }

    private static let router: Router = {
        var router = Router()
        router.on(.get, "/") { _ in .text("root") }
        router.on(.get, "/v1/agents") { _ in .text("agents") }
        router.on(.get, "/v1/agents/me") { _ in .text("me") }
        router.on(.get, "/v1/agents/{id}") { .text("agent \($0.parameters["id"] ?? "?")") }
        router.on(.delete, "/v1/agents/{agent}") { .text("gone \($0.parameters["agent"] ?? "?")") }
        router.on(.get, "/v1/agents/{id}/history") { .text("history \($0.parameters["id"] ?? "?")") }
        router.on(.get, "/v1/agents/me/rules") { _ in .text("my rules") }
        router.on(.get, "/{a}/x/{b}") { .text("\($0.parameters["a"] ?? "?")+\($0.parameters["b"] ?? "?")") }
        router.on(.post, "/v1/events") { _ in .text("events") }
        router.on(.head, "/own") { _ in .text("own head") }
        router.on(.get, "/own") { _ in .text("own get") }
        router.on(.get, "/sp%20ace") { _ in .text("space") }
        return router
    }()

    @Test(
        "finds the route, a static segment before a parameter",
        arguments: [
            ("/", "root"), ("/v1/agents", "agents"), ("/v1/agents?x=1", "agents"), ("/v1/agents/me", "me"),
            ("/v1/agents/7", "agent 7"), ("/v1/agents/me/rules", "my rules"), ("/v1/agents/me/history", "history me"),
            ("/v1/agents/a%2Fb", "agent a/b"), ("/v1/agents/a%20b/history", "history a b"), ("/1/x/2", "1+2"),
            ("/v1/x/2", "v1+2"), ("/v1/%61gents", "agents"), ("/sp%20ace", "space"), ("/own", "own get"),
        ]
    )
    func finds(target: String, expected: String) async {
        let (status, text, _) = await answer(Self.router, .get, target)
        #expect(status == 200)
        #expect(text == expected)
    }

    @Test(
        "says 404 for an unknown path",
        arguments: [
            "/nope", "/v1", "/v1/agents/", "/v1//agents", "//", "/v1/agents/7/", "/v1/agents/7/nope", "*", "",
            "/v1/agents/%ff",
        ]
    )
    func notFound(target: String) async {
        let (status, text, headers) = await answer(Self.router, .get, target)
        #expect(status == 404)
        #expect(headers["content-type"] == "application/problem+json")
        #expect(text.contains("\"status\":404"))
    }

    @Test(
        "says 405 with what is allowed for another method",
        arguments: [
            (HTTPMethod.put, "/", "GET, HEAD"), (.post, "/v1/agents/7", "DELETE, GET, HEAD"),
            (.get, "/v1/events", "POST"), (.head, "/v1/events", "POST"), (.delete, "/v1/agents/me", "GET, HEAD"),
            (.options, "/own", "GET, HEAD"), (.trace, "/v1/events", "POST"),
        ]
    )
    func notAllowed(method: HTTPMethod, target: String, allow: String) async {
        let (status, text, headers) = await answer(Self.router, method, target)
        #expect(status == 405)
        #expect(headers["allow"] == allow)
        #expect(text.contains("\"title\":\"Method Not Allowed\""))
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
}
