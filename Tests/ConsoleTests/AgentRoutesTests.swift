// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Synchronization
import Testing

@testable import Console

@Suite("The agent routes")
struct AgentRoutesTests {
    @Test("an agent is shown with the field names of the contract")
    func fullAgent() async throws {
        var sources = ConsoleSources.mock
        sources.agent = { $0 == AgentView.full.id ? .full : nil }
        let response = await ConsoleFixture(sources: sources).send(.get, "/v1/agents/\(AgentView.full.id)")
        #expect(response.status.code == 200)
        try expectJSON(
            response,
            """
            { "id": "11111111-aaaa-4aaa-8aaa-000000000001", "name": "Ada Lovelace",
              "presence": { "definitionId": "227b37e2-f1d0-4dd0-8f50-badd7cf6d158", "system": "BREAK", "label": "Break",
                            "message": "", "modifiedAt": "2026-03-10T14:06:00.100Z", "setBy": "relay" },
              "routingStatus": { "status": "INTERACTING", "since": "2026-03-10T14:05:00.100Z" },
              "adherence": { "state": "InAdherence", "scheduled": "Break", "actual": "Break",
                             "since": "2026-03-10T14:06:01.100Z" },
              "outOfOffice": false,
              "conversations": [ { "id": "33333333-cccc-4ccc-8ccc-000000000001", "media": "call",
                "direction": "inbound", "state": "connected", "held": false, "afterCallWork": "pending",
                "queueId": "22222222-bbbb-4bbb-8bbb-000000000001", "attributes": { "wfm_status": "Break" },
                "customerAttributes": { "accountTier": "gold" } } ],
              "wanted": { "status": "Break", "rule": "flagged by the desktop", "since": "2026-03-10T14:05:59.100Z",
                          "eventKey": "k1" },
              "delivery": { "state": "failed", "attempts": 2, "at": "2026-03-10T14:06:02.100Z",
                            "error": { "code": "missing.permissions", "message": "No.", "correlationId": "c1" },
                            "adherence": { "state": "differs", "expected": "Break", "actual": "OnQueueWork",
                                           "scheduled": "Break", "adherenceState": "OutOfAdherence",
                                           "reason": "primarySource", "at": "2026-03-10T14:06:09.100Z",
                                           "message": "The primary presence source is not Genesys Cloud." } },
              "errands": [ { "id": "tag-1", "rule": "flagged", "kind": "tag", "since": "2026-03-10T14:06:03.100Z",
                             "what": "tag conversation 3 with wfm_status" } ],
              "waiting": { "for": "afterCallWork", "rule": "flagged by the desktop", "status": "Meeting",
                           "since": "2026-03-10T14:06:04.100Z", "until": "2026-03-10T14:07:04.100Z",
                           "conversations": [ "33333333-cccc-4ccc-8ccc-000000000001" ] },
              "looksAgainAt": "2026-03-10T14:07:00.100Z" }
            """
        )
    }

    @Test("what is unknown is absent, not null")
    func unknownIsAbsent() async throws {
        var sources = ConsoleSources.mock
        sources.agent = { AgentView(id: $0) }
        let response = await ConsoleFixture(sources: sources).send(.get, "/v1/agents/a%2Fb")
        #expect(response.text == #"{"conversations":[],"id":"a/b"}"#)
    }

    @Test("an agent never seen is a 404 problem, with or without a history")
    func unknownAgent() async throws {
        var sources = ConsoleSources.mock
        sources.agent = { _ in nil }
        sources.history = { _, _, _ in HistoryPage(entries: []) }
        let fixture = ConsoleFixture(sources: sources)
        try expectProblem(await fixture.send(.get, "/v1/agents/nobody"), 404)
        try expectProblem(await fixture.send(.get, "/v1/agents/nobody/history"), 404)
    }

    @Test("a page of agents carries the cursor to the next one")
    func paging() async throws {
        let asked = Mutex<[String]>([])
        var sources = ConsoleSources.mock
        sources.agents = { after, limit in
            asked.withLock { $0.append("\(after ?? "-") \(limit)") }
            return after == nil ? AgentPage(agents: [AgentView(id: "a b")], next: "a b") : AgentPage(agents: [])
        }
        let fixture = ConsoleFixture(sources: sources)
        try expectJSON(
            await fixture.send(.get, "/v1/agents?limit=1"),
            #"{ "agents": [ { "id": "a b", "conversations": [] } ], "next": "a b" }"#
        )
        try expectJSON(await fixture.send(.get, "/v1/agents?cursor=a%20b&limit=1000"), #"{ "agents": [] }"#)
        _ = await fixture.send(.get, "/v1/agents")
        #expect(asked.withLock { $0 } == ["- 1", "a b 1000", "- 100"])
    }

    @Test(
        "a bad limit or cursor is a 400 problem and asks no source",
        arguments: [
            "/v1/agents?limit=0", "/v1/agents?limit=1001", "/v1/agents?limit=-1", "/v1/agents?limit=",
            "/v1/agents?limit",
            "/v1/agents?limit=ten", "/v1/agents?limit=1.0", "/v1/agents?limit=%2B5", "/v1/agents?limit=01",
            "/v1/agents?limit=1&limit=2", "/v1/agents?cursor=", "/v1/agents?limit=%zz", "/v1/agents?limit=%FF",
            "/v1/agents/a/history?cursor=x", "/v1/agents/a/history?cursor=0", "/v1/agents/a/history?cursor=-4",
            "/v1/dead-letters?cursor=9223372036854775808", "/v1/dead-letters?limit=99999999999999999999",
        ]
    )
    func badPaging(target: String) async throws {
        try expectProblem(await ConsoleFixture().send(.get, target), 400)
    }

    @Test("history embeds the detail byte for byte")
    func history() async throws {
        var sources = ConsoleSources.mock
        sources.history = { id, before, limit in
            #expect((id, before, limit) == ("a", 77, 2))
            return HistoryPage(
                entries: [
                    HistoryEntryView(
                        at: .at(0),
                        kind: .guardHeld,
                        summary: "Not moved out of \"Offline\".",
                        detail: RawJSON(#"{"z":1,"a":12345678901234567890.10,"text":"é\n\"raw-1\""}"#)
                    ),
                    HistoryEntryView(at: .at(-1), kind: .event, summary: "Presence."),
                ],
                next: "75"
            )
        }
        let response = await ConsoleFixture(sources: sources).send(.get, "/v1/agents/a/history?cursor=77&limit=2")
        #expect(response.status.code == 200)
        #expect(
            response.text == """
                {"entries":[{"at":"2026-03-10T14:06:00.100Z",\
                "detail":{"z":1,"a":12345678901234567890.10,"text":"é\\n\\"raw-1\\""},\
                "kind":"guard","summary":"Not moved out of \\"Offline\\"."},\
                {"at":"2026-03-10T14:05:59.100Z","detail":{},"kind":"event","summary":"Presence."}],"next":"75"}
                """
        )
    }

    @Test("a source's own refusal is shown, any other error is not")
    func errors() async throws {
        struct Secret: Error { let password = "hunter2" }
        var sources = ConsoleSources.mock
        sources.agents = { after, _ in
            if after == nil { throw Secret() }
            throw ConsoleError(.unavailable, "The journal is starting.")
        }
        let fixture = ConsoleFixture(sources: sources)
        let hidden = await fixture.send(.get, "/v1/agents")
        try expectProblem(hidden, 500)
        #expect(!hidden.text.contains("hunter2") && !hidden.text.contains("Secret"))
        let shown = await fixture.send(.get, "/v1/agents?cursor=a")
        try expectProblem(shown, 503, detail: "The journal is starting.")
        #expect(shown.headers["Retry-After"] == "5")
    }
}
