// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("A Genesys that fails", .serialized)
struct FaultTests {
    @Test(
        "after seconds of faults and people, every presence is what a rule wants or somebody chose",
        arguments: [(1, "mild"), (7, "rough")]
    )
    func chaos(seed: Int, level: String) async throws {
        try await withInstallation(agents: 40) { site in
            let relay = try await site.relay(try site.configuration(verify: "{ within: 500ms, attempts: 5 }"))
            let before = try await site.presences()
            try await site.simulate(
                "POST",
                "/simulator/chaos",
                [
                    "seed": seed, "level": level, "humansPerMinute": 300, "hangMilliseconds": 700,
                    "delayMilliseconds": 200,
                ]
            )
            let end = ContinuousClock.now + .seconds(4)
            // Enough is to go wrong to prove something, also on a machine that gets through few calls.
            let enough = level == "mild" ? 4 : 9
            var hit = 0
            while ContinuousClock.now < end || (hit < enough && ContinuousClock.now < end + .seconds(60)) {
                try await site.storm(20, talkSeconds: 0.8)
                try await site.storm(39, status: "Meeting", talkSeconds: 1.2)
                // Of those who have left nothing is wanted, whatever flag their calls have.
                let presences = try await site.presences()
                for agent in presences.keys.sorted() where presences[agent] == Installation.offlineID {
                    let call = try await site.answeredCall(agent).conversation
                    try await site.simulate("POST", "/simulator/calls/\(call)/attributes", ["wfm_status": "Break"])
                }
                let round = ContinuousClock.now + .seconds(1.5)
                try await eventually("the next round") { ContinuousClock.now >= round }
                hit = try await site.faultsHit()
            }
            #expect(hit >= enough, "enough went wrong to prove something")
            // These calls stay.
            try await site.storm(30)
            try await eventually("the last flags have arrived, or are lost") {
                try await relay.agents().values.count { $0["wanted"].exists } > 15
            }
            let chaos = try await site.simulate("DELETE", "/simulator/chaos")
            let people = Dictionary(grouping: chaos["humans"]["changes"].list) { $0["agentId"].text }
            #expect(people.count > 10)
            try await eventually("all events are there") {
                try await site.simulate("GET", "/simulator/state?brief=true")["events"]["delivery"]["pending"].int == 0
            }
            try await relay.resync()
            try await relay.quiet()

            var wrong: [String] = ["not looked at"]
            do {
                try await eventually("every presence is right", within: .seconds(20)) {
                    wrong = try await Self.wrong(site, relay, before, people)
                    return wrong.isEmpty
                }
            } catch {
                let first = wrong.first?.prefix { $0 != ":" } ?? ""
                Issue.record(
                    "seed \(seed): \(wrong); the first one's history:\n\(try await relay.story(of: String(first)))"
                )
            }
            let usage = try await site.simulate("GET", "/simulator/usage")
            #expect((usage["maxConcurrentWritesPerAgent"].int ?? 0) <= 1, "\(usage)")
            try await Self.expectNothingWantedOfWhoeverLeft(relay)
            try await Self.expectNoneMovedOutOfOffline(relay, usage)
        }
    }

    /// Agents whose presence nobody can have meant.
    private static func wrong(
        _ site: Installation,
        _ relay: RunningRelay,
        _ before: [String: String],
        _ people: [String: [JSON]]
    ) async throws -> [String] {
        let now = try await site.presences()
        let huddle = try await site.definition("Team huddle")
        let wanted = ["Break": Installation.breakID, "Meeting": huddle]
        var wrong: [String] = []
        for (id, agent) in try await relay.agents() {
            let presence = now[id] ?? ""
            let state = agent["delivery"]["state"].text
            func note(_ what: String) { wrong.append("\(id): \(what); delivery \(state), Genesys has \(presence)") }
            if agent["presence"]["definitionId"].text != presence { note("the relay knows another presence") }
            if !["", "confirmed", "superseded"].contains(state) { note("not at its end") }
            if agent["wanted"].exists {
                if wanted[agent["wanted"]["status"].text] != presence { note("not what is wanted") }
                continue
            }
            let chosen = Set((people[id] ?? []).map { $0["definitionId"].text } + [before[id] ?? ""])
            if !chosen.contains(presence) { note("nobody has chosen it") }
        }
        return wrong
    }

    /// In the order in which the relay decided: no status is wanted of an agent whom it knows to be Offline.
    private static func expectNothingWantedOfWhoeverLeft(_ relay: RunningRelay) async throws {
        var held = 0
        for id in try await relay.agents().keys {
            let lines = try await relay.get("/v1/agents/\(id)/history?limit=1000").json["entries"].list.reversed()
            var isOffline = false
            for line in lines {
                let text = line["summary"].text
                if text.contains("presence.system: ") { isOffline = text.contains("→ OFFLINE") }
                guard isOffline else { continue }
                #expect(line["kind"].text != "decision" || !text.contains("wants"), "\(id): \(text)")
                if text.contains("the agent is Offline: never moved out of it") { held += 1 }
            }
        }
        #expect(held > 0, "somebody had left whose call was flagged")
    }

    /// Nobody is written whom the relay has known to be Offline for a while: whoever was, had left just before, or the news
    /// of it was on its way or lost.
    private static func expectNoneMovedOutOfOffline(_ relay: RunningRelay, _ usage: JSON) async throws {
        for write in usage["offlineWrites"]["writes"].list {
            let written = try time(write["at"].text)
            let lines = try await relay.get("/v1/agents/\(write["agentId"].text)/history?limit=1000").json["entries"]
                .list
            let known = try lines.first { line in
                try line["summary"].text.contains("presence.system: ") && time(line["at"].text) < written - grace
            }
            if known?["summary"].text.contains("→ OFFLINE") == true {
                Issue.record("\(write):\n\(try await relay.story(of: write["agentId"].text))")
            }
        }
    }

    /// What was known by then counts when a call is made, also on a machine with much else to do.
    private static let grace: TimeInterval = 1

    private static func time(_ text: String) throws -> Date {
        try Date(text, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
    }

    @Test("while Genesys is down events are taken, the breaker says so in the health, and all is delivered after it")
    func outage() async throws {
        try await withInstallation(agents: 60) { site in
            let relay = try await site.relay(try site.configuration())
            let first = try await site.workingAgent()
            try await site.flag(first)
            try await relay.confirmed(first)
            try await site.fault(["match": "/api/v2/", "kind": "status", "status": 503])
            try await site.storm(50)
            try await eventually("the breaker is open") {
                let genesys = try await relay.get("/healthz").json["checks"]["genesys"]
                return genesys["status"].text == "warn" && genesys["message"].text.contains("held back")
            }
            #expect(try await relay.get("/readyz").status == 200)
            let event = #"{"topicName":"v2.users.someone.presence","eventBody":{"presenceDefinition":{"id":"x"}}}"#
            #expect(try await relay.post(event).status == 202)
            try await eventually("all that happened is known") {
                try await relay.agents().values.count { agent in
                    agent["conversations"].list.contains { $0["attributes"]["wfm_status"].text == "Break" }
                } == 50
            }
            try await site.simulate("DELETE", "/simulator/faults")
            try await relay.confirmed(50)
            #expect(try await site.count() == 50)
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
            let health = try await relay.get("/healthz").json["checks"]["genesys"]
            #expect(health["status"].text == "pass", "\(health)")
            try await site.expectFairPlay()
        }
    }

    @Test("error pages of a proxy, and 429 that does not say when to come back, cost no status")
    func errorPages() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            let agents = try await site.agents().map(\.id)
            func once(_ match: String, _ status: Int, _ more: [String: Any] = [:]) -> [String: Any] {
                more.merging(["match": match, "kind": "status", "status": status, "times": 1]) { $1 }
            }
            try await site.fault([
                once("PATCH \(agents[0])/presences", 502, ["body": "html"]),
                once("GET \(agents[0])/presences", 503, ["body": "html"]),
                once("PATCH \(agents[1])/presences", 504, ["body": "empty", "applied": true]),
                once("PATCH \(agents[2])/presences", 429),
            ])
            for agent in agents.prefix(3) { try await site.flag(agent) }
            for agent in agents.prefix(3) {
                try await relay.confirmed(agent)
                #expect(try await site.presence(agent) == "BREAK")
            }
            var writes: [[Int]] = []
            for agent in agents.prefix(3) {
                writes.append(try await site.requests("PATCH", "/\(agent)/presences/").compactMap { $0["status"].int })
            }
            // What was done although its answer said otherwise is not done again.
            #expect(writes == [[502, 200], [504], [429, 200]])
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
        }
    }
}

extension Installation {
    /// How many requests a fault has hit.
    func faultsHit() async throws -> Int {
        try await simulate("GET", "/simulator/requests")["requests"].list.count { $0["fault"].exists }
    }

    /// The id of the definition with that label.
    func definition(_ label: String) async throws -> String {
        let all = try await simulate("GET", "/simulator/definitions")["definitions"].list
        return try #require(all.first { $0["labels"]["en_US"].text == label })["id"].text
    }
}

extension RunningRelay {
    /// What has happened to an agent, newest first, a line for each.
    func story(of agent: String) async throws -> String {
        try await get("/v1/agents/\(agent)/history?limit=1000").json["entries"].list
            .map { "\($0["at"].text) \($0["kind"].text) \($0["summary"].text)" }.joined(separator: "\n")
    }

    /// Reads everybody again, to the end.
    func resync() async throws {
        let job = try await call("POST", "/v1/resync")
        try await eventually("the resync is done") {
            try await get("/v1/resyncs/\(job.json["id"].text)").json["state"].text == "done"
        }
    }
}
