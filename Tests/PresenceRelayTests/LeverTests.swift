// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("What rules do beside the presence, in Genesys", .serialized)
struct LeverTests {
    private static func rules(_ then: String, _ rest: String = "", status: String = "{ presence: Break }") -> String {
        """
        statuses: { Break: \(status) }
        rules:
          - name: flagged
            when: { conversation: { media: call, attributes.wfm_status: Break } }
            then: \(then)
        \(rest)
        """
    }

    private func adherence(_ site: Installation, _ agent: String) async throws -> JSON {
        try await site.platform("GET", "/api/v2/workforcemanagement/adherence?userId=\(agent)").json.list.first
            ?? JSON(nil)
    }

    @Test("one explanation is added, although the rule matches again and the relay is killed while the job runs")
    func explained() async throws {
        try await withInstallation { site in
            let rules = Self.rules(
                "{ status: Break, explain: { minutes: 15, status: Approved, notes: \"a ${rule} call\" } }"
            )
            let configuration = try site.configuration(rules)
            let first = try await site.relay(configuration)
            let agent = try await site.workingAgent()
            try await site.simulate("PUT", "/simulator/agents/\(agent)/schedule", ["activity": "OnQueueWork"])
            try await site.simulate("PATCH", "/simulator/settings", ["explanationDelayMilliseconds": 1500])
            let call = try await site.flag(agent)
            // The rule's event twice, as an archive sends it, and another that matches as well.
            try await site.simulate("POST", "/simulator/events/replay", ["topic": ".conversations"])
            try await site.simulate("POST", "/simulator/calls/\(call.conversation)/hold")
            try await eventually("the job has begun") { try await !Self.added(site).isEmpty }
            first.child.kill()
            try await first.child.end()

            let second = try await site.relay(try first.sameAddress(configuration))
            try await site.simulate("POST", "/simulator/events/replay", ["topic": ".conversations"])
            try await eventually("explained") {
                try await self.adherence(site, agent)["adherenceState"].text == "Explained"
            }
            try await eventually("the job is followed to its end") {
                let history = try await second.history(agent)
                return history.contains {
                    $0.summary.contains("already there") || $0.summary.contains("explained 15 min")
                }
            }
            let added = try await Self.added(site)
            #expect(added.count == 1)
            let body = JSON(parsing: added[0]["body"].text)
            #expect(body["notes"].text == "a flagged call")
            #expect(body["lengthMinutes"].int == 15)
            #expect(try await site.presence(agent) == "BREAK")
        }
    }

    /// Explanations asked for, without queries for them.
    private static func added(_ site: Installation) async throws -> [JSON] {
        try await site.requests("POST", "/adherence/explanations").filter { !$0["path"].text.hasSuffix("/query") }
    }

    @Test("a job that ends as an error is a dead letter with Genesys' words")
    func jobError() async throws {
        try await withInstallation { site in
            let rules = Self.rules("{ explain: { minutes: 5, status: Pending } }")
            let relay = try await site.relay(try site.configuration(rules))
            let agent = try await site.workingAgent()
            try await site.simulate("PATCH", "/simulator/settings", ["explanationError": "The day is closed."])
            try await site.flag(agent)
            let letter = try await relay.onlyLetter { $0["agentId"].text == agent }
            #expect(letter["reason"].text.contains("The day is closed."))
            #expect(try await Self.added(site).count == 1)
        }
    }

    @Test("a tag goes to the customer's attributes")
    func participantTag() async throws {
        try await withInstallation { site in
            let rules = Self.rules(#"{ status: Break, tag: { wfm_seen: "${status}", by: "${rule}" } }"#)
            let relay = try await site.relay(try site.configuration(rules))
            let agent = try await site.workingAgent()
            let call = try await site.flag(agent)
            try await eventually("tagged") { try await relay.tells(agent, "customer tagged with by, wfm_seen") }
            let path = "/api/v2/conversations/calls/\(call.conversation)"
            let participants = try await site.platform("GET", path).json["participants"].list
            let customer = try #require(participants.first { $0["purpose"].text == "customer" })
            #expect(customer["attributes"]["wfm_seen"].text == "Break")
            #expect(customer["attributes"]["by"].text == "flagged")
            try await relay.confirmed(agent)
        }
    }

    @Test("a tag goes to custom attributes, under a schema that the relay creates once")
    func customTag() async throws {
        try await withInstallation { site in
            let tags = "tags: { to: customAttributes, schema: { name: Workforce, create: true } }"
            let rules = Self.rules(#"{ tag: { wfm_seen: "${conversation.attributes.wfm_status}" } }"#, tags)
            let relay = try await site.relay(try site.configuration(rules))
            let agents = try await site.agents().map(\.id)
            var calls: [String] = []
            for agent in agents.prefix(3) { calls.append(try await site.flag(agent).conversation) }
            for agent in agents.prefix(3) {
                try await eventually("tagged") { try await relay.tells(agent, "conversation tagged with wfm_seen") }
            }
            let writes = try await site.simulate("GET", "/simulator/attributes")["writes"].list
            let custom = writes.filter { $0["customAttributesId"].exists }
            #expect(Set(custom.map { $0["conversationId"].text }) == Set(calls))
            #expect(custom.count == 3)
            #expect(custom.allSatisfy { $0["attributes"]["wfm_seen"].text == "Break" })
            let schemas = try await site.platform("GET", "/api/v2/conversations/customattributes/schemas").json
            #expect(schemas["total"].int == 1)
        }
    }

    @Test("a conversation that has ended is not tagged, and the history says why")
    func lateTag() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration(Self.rules("{ tag: { wfm_seen: Break } }")))
            let agent = try await site.workingAgent()
            try await site.fault(["match": "GET /api/v2/conversations/", "kind": "status", "status": 503])
            let call = try await site.flag(agent)
            try await eventually("the first try has failed") {
                try await relay.tells(agent, "it is tried again")
            }
            try await site.hangUp(call.conversation)
            try await site.simulate("DELETE", "/simulator/faults")
            try await eventually("dropped") { try await relay.tells(agent, "the conversation has ended") }
            let attributes = try await site.simulate("GET", "/simulator/attributes")
            #expect(attributes["afterEnd"].list.isEmpty)
            #expect(!attributes["writes"].description.contains("wfm_seen"))
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
        }
    }

    @Test("routingStatus IDLE lets an agent who did not respond work again, each time anew")
    func idle() async throws {
        try await withInstallation { site in
            let rules = """
                statuses: {}
                rules:
                  - name: not responding
                    when: { routingStatus: NOT_RESPONDING, presence: On Queue }
                    then: { routingStatus: IDLE }
                """
            let relay = try await site.relay(try site.configuration(rules))
            let agent = try await site.workingAgent()
            func writes() async throws -> Int { try await site.requests("PUT", "/\(agent)/routingstatus").count }
            // An agent of whom nothing is known is read first.
            try await site.simulate("POST", "/simulator/agents/\(agent)/presence", ["system": "Break"])
            try await site.simulate("POST", "/simulator/agents/\(agent)/presence", ["system": "OnQueue"])
            for round in 1...2 {
                try await site.simulate(
                    "POST",
                    "/simulator/agents/\(agent)/routingstatus",
                    ["status": "NOT_RESPONDING"]
                )
                try await eventually("cleared") {
                    let status = try await site.platform("GET", "/api/v2/users/\(agent)/routingstatus").json["status"]
                    return try await writes() == round && status.text == "IDLE"
                }
                try await eventually("known") {
                    try await relay.agent(agent)["routingStatus"]["status"].text == "IDLE"
                }
            }
            #expect(try await writes() == 2)
        }
    }

    @Test("adherence: put says why it cannot work with Genesys, and works with a gateway that offers it")
    func put() async throws {
        try await withInstallation { site in
            let rules = Self.rules("{ status: Break }", status: "{ presence: Break, adherence: put }")
            let relay = try await site.relay(try site.configuration(rules))
            let agents = try await site.agents().map(\.id)
            try await site.flag(agents[0])
            let letter = try await relay.onlyLetter { $0["agentId"].text == agents[0] }
            #expect(letter["reason"].text.contains("404"), "\(letter)")
            #expect(letter["reason"].text.contains("Genesys Cloud publishes no such endpoint"), "\(letter)")
            #expect(try await site.presence(agents[0]) == "BREAK", "the presence is set all the same")
            #expect(try await relay.agent(agents[0])["delivery"]["state"].text == "confirmed")

            try await site.simulate("PATCH", "/simulator/settings", ["wfmAdherencePut": true])
            try await site.flag(agents[1])
            let writes = try await eventually("the gateway has it") {
                let writes = try await site.simulate("GET", "/simulator/wfmadherence")["writes"].list
                return writes.isEmpty ? nil : writes
            }
            #expect(writes.map { $0["userId"].text } == [agents[1]])
            #expect(writes[0]["body"].description.contains("Break"))
        }
    }
}
