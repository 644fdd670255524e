// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("Rules that name queues, groups, teams and management units", .serialized)
struct RuleNameTests {
    private static let rules = """
        statuses:
          Break: { presence: Break }
          Meal: { presence: Meal }
          Meeting: { presence: Meeting }
          Training: { presence: Training }
        rules:
          - name: sales
            when: { conversation: { media: call, queue: sales QUEUE } }
            then: { status: Meeting }
          - name: trainees on the phone
            when: { conversation: { media: call }, agent: { group: Pilots } }
            then: { status: Training }
          - name: back office on the phone
            when: { conversation: { media: call }, agent: { managementUnit: Back office } }
            then: { status: Meal }
          - name: at night
            when: { conversation: { media: call }, agent: { team: [Night shift, Nobody] } }
            then: { status: Break }
        """

    private func configuration(_ site: Installation, _ rules: String = Self.rules) throws -> String {
        let path = try site.configuration(rules)
        let yaml = try String(contentsOfFile: path, encoding: .utf8)
        try yaml.replacingOccurrences(of: "  bulk: {", with: "  directoryRefresh: 1s\n  bulk: {")
            .write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func has(_ site: Installation, _ agent: String, _ presence: String) async throws {
        try await eventually("\(agent) has \(presence)") { try await site.presence(agent) == presence }
    }

    @Test("a rule takes effect for whom it names, and for whoever joins or leaves from the next refresh on")
    func effect() async throws {
        try await withInstallation(agents: 10) { site in
            let agents = try await site.agents().filter { $0.system.uppercased().contains("QUEUE") }.map(\.id)
            try #require(agents.count >= 5)
            try await site.simulate("POST", "/simulator/directory/groups", ["name": "Pilots", "members": [agents[1]]])
            try await site.simulate(
                "PATCH",
                "/simulator/directory/managementunits/Back%20office",
                ["add": [agents[2]]]
            )
            try await site.simulate("PATCH", "/simulator/directory/teams/Night%20shift", ["add": [agents[3]]])
            try await site.simulate("POST", "/simulator/directory/teams", ["name": "Nobody"])
            let relay = try await site.relay(try configuration(site))
            try await eventually("names are known") {
                try await relay.get("/healthz").json["checks"]["directory"]["values"]["names"].int == 5
            }
            try await site.simulate("POST", "/simulator/calls", ["agentId": agents[0], "queue": "Sales queue"])
            for agent in agents[1...4] { _ = try await site.answeredCall(agent) }
            try await has(site, agents[0], "MEETING")
            try await has(site, agents[1], "TRAINING")
            try await has(site, agents[2], "MEAL")
            try await has(site, agents[3], "BREAK")
            try await eventually("the call of the fifth is known") {
                try await relay.agent(agents[4])["conversations"].list.count == 1
            }
            #expect(try await site.presence(agents[4]) == "ONQUEUE")

            // Groups announce nothing: only a refresh tells.
            try await site.simulate("PATCH", "/simulator/directory/groups/Pilots", ["add": [agents[4]]])
            try await has(site, agents[4], "TRAINING")
            #expect(
                try await relay.history(agents[4]).contains {
                    $0.summary.contains("'trainees on the phone' wants Training")
                }
            )
            try await site.simulate("PATCH", "/simulator/directory/groups/Pilots", ["remove": [agents[4]]])
            try await has(site, agents[4], "ONQUEUE")
            #expect(try await site.presence(agents[1]) == "TRAINING")
        }
    }

    @Test("rules with a name that is nowhere are refused at a reload, with their place, and the old rules stay")
    func reload() async throws {
        try await withInstallation { site in
            try await site.simulate("POST", "/simulator/directory/groups", ["name": "Pilots"])
            try await site.simulate("POST", "/simulator/directory/teams", ["name": "Nobody"])
            let file = try configuration(site)
            let relay = try await site.relay(file)
            try await eventually("names are known") {
                try await relay.get("/healthz").json["checks"]["directory"]["status"].text == "pass"
            }
            let version = try await relay.get("/healthz").json["rules"]["version"].text
            _ = try configuration(site, Self.rules.replacingOccurrences(of: "sales QUEUE", with: "sails queue"))
            relay.child.signal(SIGHUP)
            try await eventually("the refusal is in the log") {
                relay.child.errors.contains("error: there is no queue \"sails queue\"; did you mean \"Sales queue\" (")
            }
            let lines = try String(contentsOfFile: file, encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false)
            let line = try #require(lines.firstIndex { $0.contains("sails queue") }) + 1
            let column = try #require(lines[line - 1].range(of: "sails queue")?.lowerBound)
            let place = lines[line - 1].distance(from: lines[line - 1].startIndex, to: column) + 1
            #expect(relay.child.errors.contains("relay.yaml:\(line):\(place): error: there is no queue"))
            let health = try await relay.get("/healthz").json
            #expect(health["rules"]["version"].text == version)
            #expect(health["checks"]["rules"]["status"].text == "warn")
            #expect(!health["checks"]["rules"]["message"].text.contains("sails"))
        }
    }
}

@Suite("Conversations without news", .serialized)
struct ConversationTimeoutTests {
    private static let rules = """
        conversationTimeout: 1s
        statuses: { Break: { presence: Break } }
        rules:
          - name: on the phone
            when: { conversation: { media: call } }
            then: { status: Break }
        """

    /// An agent on a call of whose end nothing will be heard.
    private func deafRelay(_ site: Installation) async throws -> (RunningRelay, agent: String, conversation: String) {
        let relay = try await site.relay(try site.configuration(Self.rules))
        let agent = try await site.workingAgent()
        let call = try await site.answeredCall(agent)
        try await eventually("the call is known") { try await relay.agent(agent)["wanted"]["status"].text == "Break" }
        try await site.simulate("POST", "/simulator/webhook", ["url": NSNull()])
        return (relay, agent, call.conversation)
    }

    private func reads(_ site: Installation, _ conversation: String) async throws -> Int {
        let path = "/simulator/requests?method=GET&path=/conversations/\(conversation)"
        return try await site.simulate("GET", path)["requests"].list.count
    }

    @Test("a call that goes on is read, and is what the rule sees again")
    func alive() async throws {
        try await withInstallation { site in
            let (relay, agent, conversation) = try await deafRelay(site)
            try await site.simulate("POST", "/simulator/calls/\(conversation)/hold")
            try await eventually("it is read") { try await reads(site, conversation) >= 1 }
            try await eventually("the hold is known") {
                try await relay.agent(agent)["conversations"].list.first?["held"].value as? Bool == true
            }
            #expect(try await relay.history(agent).contains { $0.kind == "observation" && $0.summary.contains("held") })
        }
    }

    @Test("a call that ended unheard is over once it is read")
    func ended() async throws {
        try await withInstallation { site in
            let (relay, agent, conversation) = try await deafRelay(site)
            try await site.hangUp(conversation)
            try await eventually("it is over") {
                let call = try await relay.agent(agent)["conversations"].list.first { $0["id"].text == conversation }
                return call.map { ["disconnected", "terminated"].contains($0["state"].text) } ?? true
            }
            #expect(try await reads(site, conversation) >= 1)
            try await eventually("nothing is wanted") { !(try await relay.agent(agent)["wanted"].exists) }
        }
    }

    @Test("a call that Genesys no longer knows is over")
    func unknown() async throws {
        try await withInstallation { site in
            let (relay, agent, conversation) = try await deafRelay(site)
            try await site.simulate("POST", "/simulator/calls/\(conversation)/forget")
            try await eventually("it is over") {
                let call = try await relay.agent(agent)["conversations"].list.first { $0["id"].text == conversation }
                return call.map { $0["state"].text == "terminated" } ?? true
            }
            let log = try await site.simulate(
                "GET",
                "/simulator/requests?path=/conversations/\(conversation)&status=404"
            )
            #expect(log["requests"].list.count >= 1)
            try await eventually("nothing is wanted") { !(try await relay.agent(agent)["wanted"].exists) }
        }
    }
}
