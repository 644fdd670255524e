// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysEvents
import Journal
import Testing

@testable import Pipeline

@Suite("PipelineStep")
struct PipelineStepTests {
    private static let now = Timestamp(milliseconds: 1_700_000_000_000)

    /// What becomes of these events when one transaction holds them all.
    private func step(_ events: [(agent: String, body: String)]) throws -> PipelineStep {
        let engine = try DecisionEngine.flagged()
        var decoder = NotificationDecoder(isTrusted: true)
        var records = AgentRecords()
        var step = PipelineStep()
        for (agent, body) in events {
            let bytes = Array(body.replacing("AGENT", with: agent).utf8)
            let entry = JournalEntry(
                key: "key",
                source: .webhook,
                topic: "topic",
                agentID: agent,
                receivedAt: Self.now,
                body: bytes
            )
            let notification = try #require(try decoder.decode(bytes).first).notification
            var record = records[agent] ?? AgentRecord(id: agent)
            let outcome = engine.take(notification, from: entry, now: Self.now, into: &record)
            step.keep(record, outcome, in: &records)
        }
        return step
    }

    private func presence(_ system: String, at second: Int) -> String {
        #"{"topicName":"v2.users.AGENT.presence","eventBody":{"presenceDefinition":{"id":"\#(system.lowercased())","#
            + #""systemPresence":"\#(system)"},"modifiedDate":"2023-11-14T22:13:\#(second).000Z"}}"#
    }

    private let call =
        #"{"topicName":"v2.users.AGENT.conversations","eventBody":{"id":"c","participants":[{"id":"p","userId":"AGENT","#
        + #""purpose":"agent","attributes":{"wfm_status":"Break"},"calls":[{"id":"k","state":"connected"}]}]}}"#

    private func commands(_ step: PipelineStep) -> [String] {
        step.news.compactMap { effect in
            switch effect {
            case .command(.want(let wish), let id): "\(id) wants \(wish.target.definitionID)"
            case .command(.withdraw, let id): "\(id) withdraws"
            case .command(.read, let id): "\(id) reads"
            default: nil
            }
        }
    }

    @Test("a wish that the same transaction replaces never goes out, those of others do")
    func replaced() throws {
        let step = try step([
            ("one", presence("AVAILABLE", at: 10)), ("one", call), ("two", presence("AVAILABLE", at: 10)),
            ("two", call),
            ("one", presence("OFFLINE", at: 11)),
        ])
        // Break may be on its way for all the engine knows, so what the agent has chosen is wanted.
        #expect(commands(step) == ["two wants break", "one wants offline"])
        #expect(step.commit.history.contains { $0.summary.contains("wants Break") && $0.agentID == "one" })
    }

    @Test("a read that was asked for before stays")
    func read() throws {
        let step = try step([("one", call), ("one", presence("AVAILABLE", at: 10)), ("one", call)])
        #expect(commands(step) == ["one reads", "one wants break"])
    }
}
