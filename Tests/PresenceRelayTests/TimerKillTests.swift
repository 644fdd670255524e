// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Testing

@Suite("Timers of rules and SIGKILL", .serialized)
struct TimerKillTests {
    private static let rules = """
        statuses: { Break: { presence: Break } }
        rules:
          - name: flagged for long
            when: { conversation: { media: call, attributes.wfm_status: Break }, for: 6s }
            then: { status: Break, minimum: 4s }
        """

    @Test("what has held for a while, and what is held for a while, goes on counting in the next life")
    func killed() async throws {
        try await withInstallation { site in
            let configuration = try site.configuration(Self.rules)
            let first = try await site.relay(configuration)
            let agent = try await site.workingAgent()
            let before = try await site.presence(agent)
            // Since when it has been so nobody but the relay knows: not Genesys, and not the newest event.
            let call = try await site.flag(agent)
            let flagged = try await Self.line("event", "wfm_status: – → Break", of: agent, first)
            try await eventually("half of the time is over") { Self.now > flagged.advanced(by: .seconds(3)) }
            try await site.simulate("POST", "/simulator/calls/\(call.conversation)/hold")
            let held = try await Self.line("event", "conversation.held: false → true", of: agent, first)
            first.child.kill()
            try await first.child.end()

            let second = try await site.relay(try first.sameAddress(configuration))
            let secondBegan = Self.now
            let set = try await Self.line("decision", "wants Break", of: agent, second)
            // It counts from the time of the event, which came a moment later.
            #expect(set >= flagged.advanced(by: .seconds(5)))
            #expect(set < max(held, secondBegan).advanced(by: .seconds(5)), "it does not begin anew")
            try await second.confirmed(agent)
            #expect(try await site.presence(agent) == "BREAK")
            try await site.attribute(call.conversation, call.participant, "")
            try await eventually("the minimum holds it") {
                try await second.history(agent).contains { $0.kind == "guard" && $0.summary.contains("minimum") }
            }
            second.child.kill()
            try await second.child.end()

            let third = try await site.relay(try first.sameAddress(configuration))
            let thirdBegan = Self.now
            let restored = try await Self.line("decision", "restore", of: agent, third)
            #expect(restored >= set.advanced(by: .seconds(4)))
            #expect(restored < thirdBegan.advanced(by: .seconds(4)), "it does not begin anew")
            try await eventually("the presence is back") { try await site.presence(agent) == before }
            #expect(try await third.history(agent).count { $0.summary.contains("wants Break") } == 1)
        }
    }

    private static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    /// The time of the newest line with that text, once there is one.
    private static func line(
        _ kind: String,
        _ text: String,
        of agent: String,
        _ relay: RunningRelay
    ) async throws -> Timestamp {
        var at: Timestamp?
        try await eventually(text) {
            let entries = try await relay.get("/v1/agents/\(agent)/history?limit=1000").json["entries"].list
            at = entries.first { $0["kind"].text == kind && $0["summary"].text.contains(text) }
                .flatMap { Timestamp($0["at"].text) }
            return at != nil
        }
        return try #require(at)
    }
}
