// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Synchronization
import Testing

@testable import Console

@Suite("The dead letter routes")
struct DeadLetterRoutesTests {
    @Test("dead letters show the event as received")
    func deadLetters() async throws {
        var sources = ConsoleSources.mock
        sources.deadLetters = { before, limit in
            #expect((before, limit) == (nil, 100))
            let event = RawJSON(#"{ "topicName": "v2.users.x.presence", "eventBody": {} }"#)
            return DeadLetterPage(
                deadLetters: [
                    DeadLetterView(id: "9", at: .at(0), reason: "no presence definition", agentId: "x", event: event)
                ],
                next: "9"
            )
        }
        try expectJSON(
            await ConsoleFixture(sources: sources).send(.get, "/v1/dead-letters"),
            """
            { "deadLetters": [ { "id": "9", "at": "2026-03-10T14:06:00.100Z", "reason": "no presence definition",
              "agentId": "x", "event": { "topicName": "v2.users.x.presence", "eventBody": {} } } ], "next": "9" }
            """
        )
    }

    @Test("one letter is shown by its number, and a number that is none's is 404")
    func deadLetter() async throws {
        var sources = ConsoleSources.mock
        sources.deadLetter = { id in
            id == 9 ? DeadLetterView(id: "9", at: .at(0), reason: "no user", event: RawJSON(#"{ "n": 1.10 }"#)) : nil
        }
        let fixture = ConsoleFixture(sources: sources)
        let response = await fixture.send(.get, "/v1/dead-letters/9")
        #expect(response.text.contains("1.10"), "as received")
        try expectJSON(
            response,
            #"{ "id": "9", "at": "2026-03-10T14:06:00.100Z", "reason": "no user", "event": { "n": 1.1 } }"#
        )
        try expectProblem(await fixture.send(.get, "/v1/dead-letters/10"), 404)
        try expectProblem(await ConsoleFixture(tokens: ["token"]).send(.get, "/v1/dead-letters/9"), 401)
    }

    @Test("a retry is 202 with the key of the new attempt")
    func retry() async throws {
        var sources = ConsoleSources.mock
        sources.retryDeadLetter = { DeadLetterRetryView(id: "\($0)", eventKey: "retry:\($0)") }
        let response = await ConsoleFixture(sources: sources).send(.post, "/v1/dead-letters/9/retry")
        #expect(response.status.code == 202)
        try expectJSON(response, #"{ "id": "9", "eventKey": "retry:9" }"#)
    }

    @Test("a letter of which nothing can be tried is a 409 problem that says why")
    func conflict() async throws {
        var sources = ConsoleSources.mock
        sources.retryDeadLetter = { _ in throw ConsoleError(.conflict, "Nobody wants it any more.") }
        let response = await ConsoleFixture(sources: sources).send(.post, "/v1/dead-letters/9/retry")
        try expectProblem(response, 409, detail: "Nobody wants it any more.")
    }

    @Test("a deleted letter is 204 without content, and 404 from then on")
    func delete() async throws {
        let letters = Mutex<Set<Int64>>([9])
        var sources = ConsoleSources.mock
        sources.deleteDeadLetter = { id in letters.withLock { $0.remove(id) != nil } }
        let fixture = ConsoleFixture(sources: sources)
        let response = await fixture.send(.delete, "/v1/dead-letters/9")
        #expect(response.status.code == 204)
        #expect(response.text.isEmpty)
        #expect(response.headers["Content-Type"] == nil)
        try expectProblem(await fixture.send(.delete, "/v1/dead-letters/9"), 404)
    }

    @Test("what is no number is no letter, and no source is asked", arguments: ["x", "0", "-1", "01", "9%2F", "%00"])
    func noNumber(id: String) async throws {
        try expectProblem(await ConsoleFixture().send(.delete, "/v1/dead-letters/\(id)"), 404)
        try expectProblem(await ConsoleFixture().send(.post, "/v1/dead-letters/\(id)/retry"), 404)
        try expectProblem(await ConsoleFixture().send(.get, "/v1/dead-letters/\(id)"), 404)
    }

    @Test("without the token nothing is tried and nothing deleted")
    func needsToken() async throws {
        let fixture = ConsoleFixture(tokens: ["token"])
        try expectProblem(await fixture.send(.delete, "/v1/dead-letters/9"), 401)
        try expectProblem(await fixture.send(.post, "/v1/dead-letters/9/retry"), 401)
    }
}
