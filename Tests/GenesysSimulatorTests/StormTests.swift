// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Storms and large organizations")
struct StormTests {
    @Test("a storm calls so many agents who are not Offline, with attributes, in slices")
    func calls() {
        var bench = Bench { $0.agents = 500 }
        let body = #"{"agents":350,"attributes":{"wfm_status":"Break"}}"#
        #expect(bench.send(.post, "/simulator/storm", body)["agents"] == .integer(350))
        bench.state.advance(to: bench.now)
        #expect(bench.state.organization.conversations.count == Storm.slice)
        bench.pass(.milliseconds(1))
        bench.pass(.milliseconds(1))
        bench.pass(.milliseconds(1))
        let calls = bench.state.organization.conversations.values
        #expect(calls.count == 350)
        #expect(
            calls.allSatisfy { call in
                call.currentAgent.map { call.participants[$0].attributes["wfm_status"] } == .string("Break")
            }
        )
        #expect(bench.agent(0).routingStatus == .interacting)
        #expect(bench.agent(499).conversations.isEmpty)
    }

    @Test("its calls end after the time given, wrap-up included")
    func ending() {
        var bench = Bench()
        _ = bench.send(.post, "/simulator/storm", #"{"talkSeconds":5,"afterCallWorkSeconds":1}"#)
        bench.pass(.seconds(1))
        #expect(bench.agent(0).conversations.count == 1)
        bench.pass(.seconds(7))
        #expect(bench.state.organization.conversations.values.allSatisfy { $0.isOver })
        #expect(bench.agent(0).routingStatus == .idle)
    }

    @Test("a storm of presences changes everyone who is not Offline")
    func presences() throws {
        var bench = Bench()
        _ = bench.send(.post, "/simulator/storm", #"{"presence":{"system":"Break"}}"#)
        bench.pass(.milliseconds(10))
        let listing = try #require(bench.send(.get, "/simulator/presences").json.objectValue)
        let atBreak = listing.members.count { $0.value == bench.definition("Break").map { .string($0.id) } }
        #expect(atBreak == 9)
        #expect(listing[bench.agent(9).id] == bench.definition("Offline").map { .string($0.id) })
        #expect(bench.send(.post, "/simulator/storm", #"{"agents":0}"#).status == 400)
        #expect(bench.send(.post, "/simulator/storm", #"{"attributes":{"a":1}}"#).status == 400)
    }

    @Test("only events of the topics asked for are made")
    func topics() {
        var bench = Bench { $0.webhookTopics = [".presence"] }
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        #expect(bench.events().map(\.topicTemplate) == ["v2.users.{id}.presence"])
        let all = #"{"url":"http://127.0.0.1:9/"}"#
        _ = bench.send(.post, "/simulator/webhook", all)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Break"}"#)
        #expect(bench.events().count == 2)
    }

    @Test("up to a hundred users are read by id in one call, a page at a time")
    func usersByID() {
        var bench = Bench { $0.agents = 150 }
        let ids = bench.state.organization.agents.map { "id=\($0.id)" }
        let path = "/api/v2/users?expand=presence,routingStatus&"
        let hundred = ids.prefix(100).joined(separator: "&")
        #expect(bench.send(.get, path + hundred)["entities"]?.arrayValue?.count == 25)
        let whole = bench.send(.get, path + "pageSize=100&" + hundred)
        #expect(whole["entities"]?.arrayValue?.count == 100)
        #expect(whole["entities", "99", "routingStatus", "status"] != nil)
        #expect(bench.send(.get, path + ids.prefix(101).joined(separator: "&")).status == 400)
    }

    @Test("ten thousand agents are there in seconds and a bulk call is answered in a fraction of one")
    func large() {
        let began = ContinuousClock.now
        var bench = Bench {
            $0.agents = 10_000
            $0.webhookURL = nil
        }
        #expect(began.duration(to: .now) < .seconds(20))
        let ids = bench.state.organization.agents.suffix(100).map { "userId=\($0.id)" }.joined(separator: "&")
        let asked = ContinuousClock.now
        #expect(bench.send(.get, "/api/v2/workforcemanagement/adherence?\(ids)").json.arrayValue?.count == 100)
        // A scan for each of the hundred would take a million comparisons; this is a debug build on a busy machine.
        #expect(asked.duration(to: .now) < .seconds(2))
    }

    @Test("a kept connection is not asked to close")
    func keepAlive() async throws {
        try await withWebhook { webhook in
            try await withSimulator({
                $0.webhookURL = webhook.url
                $0.webhookKeepsAlive = true
            }) { site in
                _ = try await site.control("POST", "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
                try await eventually("events") { webhook.requests.count >= 3 }
                #expect(webhook.requests.allSatisfy { $0.headers["Connection"]?.lowercased() != "close" })
            }
        }
    }
}
