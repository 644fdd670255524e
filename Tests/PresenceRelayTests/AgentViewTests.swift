// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("What is shown of an agent beside the presence", .serialized)
struct AgentViewTests {
    @Test("the delivery says what adherence makes of the confirmed presence, which is no error")
    func adherence() async throws {
        try await withInstallation { site in
            let verify = "{ within: 2s, attempts: 2, adherence: true }"
            let relay = try await site.relay(try site.configuration(verify: verify))
            let agent = try await site.workingAgent()
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            let delivery = try await eventually("a verdict") {
                let delivery = try await relay.agent(agent)["delivery"]
                return ["confirmed", "differs"].contains(delivery["adherence"]["state"].text) ? delivery : nil
            }
            #expect(delivery["state"].text == "confirmed")
            #expect(!delivery["error"].exists)
            let verdict = delivery["adherence"]
            #expect(verdict["expected"].text == "Break")
            #expect(verdict["actual"].text == "Break")
            #expect(verdict["scheduled"].exists && verdict["adherenceState"].exists && verdict["at"].exists)
            #expect(verdict["reason"].exists == (verdict["state"].text == "differs"))
        }
    }

    @Test("an errand that Genesys does not take yet is shown without the values of its attributes")
    func errand() async throws {
        try await withInstallation { site in
            let rules = """
                statuses: { Break: { presence: Break } }
                rules:
                  - name: on hold
                    when: { conversation: { media: call, held: true } }
                    then: { tag: { hold_reason: private words } }
                """
            let relay = try await site.relay(try site.configuration(rules))
            let agent = try await site.workingAgent()
            let busy: [String: Any] = ["match": "PATCH participants", "kind": "status", "status": 503, "times": 50]
            try await site.simulate("POST", "/simulator/faults", busy)
            let call = try await site.answeredCall(agent)
            try await site.simulate("POST", "/simulator/calls/\(call.conversation)/hold")
            let errand = try await eventually("the errand") { try await relay.agent(agent)["errands"].list.first }
            #expect(errand["kind"].text == "tag")
            #expect(errand["rule"].text == "on hold")
            #expect(errand["what"].text == "tag conversation \(call.conversation) with hold_reason")
            #expect(!errand["id"].text.isEmpty && errand["since"].exists)
            #expect(!errand.description.contains("private words"))
            try await eventually("it is counted") { try await relay.get("/v1/delivery").json["errands"].int == 1 }
        }
    }
}
