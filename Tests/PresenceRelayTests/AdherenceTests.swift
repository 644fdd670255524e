// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("verify.adherence, against workforce management", .serialized)
struct AdherenceTests {
    private static let verify = "{ within: 500ms, attempts: 2, adherence: true }"

    /// What is made of the agent's adherence in the end.
    private static func verdict(_ relay: RunningRelay, _ agent: String) async throws -> JSON {
        try await eventually("a verdict on \(agent)") {
            let verdict = try await relay.agent(agent)["delivery"]["adherence"]
            return ["", "pending"].contains(verdict["state"].text) ? nil : verdict
        }
    }

    @Test("the history tells whether adherence shows a confirmed status, and why it does not")
    func verdicts() async throws {
        try await withInstallation(agents: 8) { site in
            let relay = try await site.relay(try site.configuration(verify: Self.verify))
            let agents = try await site.agents().map(\.id)
            func schedule(_ agent: Int, _ activity: String) async throws {
                try await site.simulate("PUT", "/simulator/agents/\(agents[agent])/schedule", ["activity": activity])
            }
            try await schedule(0, "Break")
            try await schedule(1, "OnQueueWork")
            // A presence of the organisation's own that no activity code lists: it counts as a meeting.
            try await schedule(2, "Training")
            try await schedule(3, "Break")
            try await site.simulate("PATCH", "/simulator/agents/\(agents[3])", ["primarySource": "MICROSOFTTEAMS"])
            try await site.simulate("PATCH", "/simulator/agents/\(agents[4])", ["workforce": false])
            for agent in [0, 1, 3, 4] { try await site.flag(agents[agent]) }
            try await site.flag(agents[2], "Meeting")
            let expected = [
                ("confirmed", "", "confirmed in adherence"),
                ("differs", "schedule", "OnQueueWork is scheduled"),
                ("differs", "unmappedSecondaryPresence", "link the presence 'Team huddle' to an activity code"),
                ("differs", "primarySource", "the agent's primary presence source is MICROSOFTTEAMS"),
                ("unknown", "notInWorkforceManagement", "the agent is in no management unit"),
            ]
            for (agent, (state, reason, text)) in expected.enumerated() {
                let verdict = try await Self.verdict(relay, agents[agent])
                #expect(verdict["state"].text == state, "\(verdict)")
                #expect(verdict["reason"].text == reason, "\(verdict)")
                // History lines of a report are written a moment after it.
                try await eventually(text) { try await relay.tells(agents[agent], text) }
                #expect(try await relay.agent(agents[agent])["delivery"]["state"].text == "confirmed")
            }
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
            // Bulk reads: agents that are due together go into one.
            let reads = try await site.requests("GET", "/workforcemanagement/adherence")
            #expect(reads.count <= 12, "\(reads.count)")
        }
    }

    @Test("workforce management that never hears of the presence is lag")
    func lag() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration(verify: Self.verify))
            let agents = try await site.agents().map(\.id)
            try await site.simulate("PATCH", "/simulator/settings", ["adherenceDelayMilliseconds": "never"])
            try await site.simulate("PUT", "/simulator/agents/\(agents[0])/schedule", ["activity": "Break"])
            try await site.flag(agents[0])
            let verdict = try await Self.verdict(relay, agents[0])
            #expect(verdict["reason"].text == "lag", "\(verdict)")
            try await eventually("said in the history") {
                try await relay.tells(agents[0], "presence confirmed, adherence differs: WFM still shows OnQueueWork")
            }
            #expect(try await relay.agent(agents[0])["delivery"]["state"].text == "confirmed")
            #expect(try await site.presence(agents[0]) == "BREAK")
        }
    }
}
