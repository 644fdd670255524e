// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Synchronization
import Testing

@testable import Console

@Suite("The resync routes")
struct ResyncRoutesTests {
    private let json: HTTPHeaders = ["Content-Type": "application/json; charset=utf-8"]

    private func fixture(_ requests: (@Sendable (ResyncRequest) -> Void)? = nil) -> ConsoleFixture {
        var sources = ConsoleSources.mock
        if let requests {
            sources.startResync = { request in
                requests(request)
                return ResyncJobView(id: "r-1", total: 10, startedAt: .at(0))
            }
        }
        return ConsoleFixture(sources: sources)
    }

    @Test("a resync without a body means every agent and answers 202 with its place")
    func everything() async throws {
        let seen = Mutex<[ResyncRequest]>([])
        let response = await fixture { request in seen.withLock { $0.append(request) } }.send(.post, "/v1/resync")
        #expect(response.status.code == 202)
        #expect(response.headers["Location"] == "/v1/resyncs/r-1")
        try expectJSON(
            response,
            """
            { "id": "r-1", "state": "running", "total": 10, "done": 0, "changed": 0, "failed": 0,
              "startedAt": "2026-03-10T14:06:00.100Z" }
            """
        )
        #expect(seen.withLock { $0 } == [ResyncRequest()])
    }

    @Test("the body chooses agents, queues and management units")
    func selection() async throws {
        let seen = Mutex<[ResyncRequest]>([])
        let body = #"{ "agents": ["a", "b"], "queues": ["q"], "managementUnits": ["m"] }"#
        let response = await fixture { request in seen.withLock { $0.append(request) } }
            .send(.post, "/v1/resync", headers: json, body: body)
        #expect(response.status.code == 202)
        #expect(
            seen.withLock { $0 } == [ResyncRequest(agents: ["a", "b"], queues: ["q"], managementUnits: ["m"])]
        )
    }

    @Test(
        "a body that is not understood widens nothing: it is refused",
        arguments: [
            #"{"agent":["a"]}"#, #"{"agents":"a"}"#, #"{"agents":[1]}"#, #"{"agents":[]}"#, #"{"agents":[""]}"#,
            #"{"agents":null}"#, #"[]"#, #"null"#, #""all""#, #"{"agents":["a"]"#, " ",
            #"{"agents":["\#(String(repeating: "x", count: 129))"]}"#,
            #"{"queues":[\#(Array(repeating: #""q""#, count: 10_001).joined(separator: ","))]}"#,
        ]
    )
    func badBody(body: String) async throws {
        try expectProblem(await fixture().send(.post, "/v1/resync", headers: json, body: body), 400)
    }

    @Test("a body of another type is a 415 problem", arguments: ["text/plain", "application/jsonx", ""])
    func badType(type: String) async throws {
        let headers: HTTPHeaders = ["Content-Type": type]
        try expectProblem(await fixture().send(.post, "/v1/resync", headers: headers, body: "{}"), 415)
    }

    @Test("a finished job shows when it ended; an unknown one is a 404 problem")
    func job() async throws {
        var sources = ConsoleSources.mock
        sources.resync = { id in
            guard id == "r-1" else { return nil }
            var job = ResyncJobView(id: id, state: .done, total: 10, startedAt: .at(0))
            job.done = 10
            job.changed = 1
            job.failed = 2
            job.finishedAt = .at(3)
            return job
        }
        let fixture = ConsoleFixture(sources: sources)
        try expectJSON(
            await fixture.send(.get, "/v1/resyncs/r-1"),
            """
            { "id": "r-1", "state": "done", "total": 10, "done": 10, "changed": 1, "failed": 2,
              "startedAt": "2026-03-10T14:06:00.100Z", "finishedAt": "2026-03-10T14:06:03.100Z" }
            """
        )
        try expectProblem(await fixture.send(.get, "/v1/resyncs/r-2"), 404)
    }

    @Test("another method is a 405 problem that names the right ones")
    func method() async throws {
        let response = await fixture().send(.get, "/v1/resync")
        try expectProblem(response, 405)
        #expect(response.headers["Allow"] == "POST")
    }
}
