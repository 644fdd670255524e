// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Pipeline
import Rehearsal
import Testing

@Suite("Explanations")
struct ExplanationTests {
    private static let call =
        #"{"topicName":"v2.users.a.conversations","timestamp":"2026-03-02T09:00:00Z","eventBody":{"id":"c","participants":"#
        + #"[{"id":"p","userId":"a","purpose":"agent","attributes":{"wfm_status":"Break"},"calls":"#
        + #"[{"id":"k","state":"connected"}]}]}}"#

    private func json(_ explanation: Explanation) throws -> [[String: Any]] {
        let data = try JSONEncoder().encode(explanation.report)
        let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return try #require(report["events"] as? [[String: Any]])
    }

    @Test("the JSON has the fields that others read")
    func fields() throws {
        var explanation = Explanation(engine: try .rules(DecisionEngine.flagged))
        try explanation.take(Array(Self.call.utf8), now: .nine)
        let event = try #require(try json(explanation).first)
        #expect(event["topic"] as? String == "v2.users.a.conversations")
        #expect(event["at"] as? String == "2026-03-02T09:00:00.000Z")
        #expect(event["trigger"] as? String == "event")
        let agent = try #require((event["agents"] as? [[String: Any]])?.first)
        #expect(agent["id"] as? String == "a")
        #expect(agent["status"] as? String == "Break")
        #expect(agent["rule"] as? String == "flagged")
        #expect(agent["decision"] as? String == "rule 'flagged' wants Break")
        #expect((agent["changes"] as? [String])?.count == 1)
        #expect((agent["facts"] as? [[String: Any]])?.isEmpty == false)
        let calls = try #require(agent["calls"] as? [String])
        #expect(calls.first?.hasPrefix("PATCH /api/v2/users/a/presences/purecloud to BREAK ") == true)
        let rules = try #require(agent["rules"] as? [[String: Any]])
        #expect(rules.first?["matched"] as? Bool == true)
        #expect(agent["errands"] as? [Any] != nil)
        #expect((agent["notes"] as? [String])?.first?.contains("AVAILABLE") == true)
    }

    @Test("a guard is told under its name")
    func guards() throws {
        var explanation = Explanation(engine: try .rules(DecisionEngine.flagged), from: .nine(3600))
        let presence =
            #"{"topicName":"v2.users.a.presence","timestamp":"2026-03-02T09:59:00Z","#
            + #""eventBody":{"presenceDefinition":{"id":"x","systemPresence":"AVAILABLE"}}}"#
        try explanation.take(Array((presence + "\n" + Self.call).utf8), now: .nine)
        let event = try #require(try json(explanation).last)
        #expect(event["takenAt"] as? String == "2026-03-02T10:00:00.000Z")
        let agent = try #require((event["agents"] as? [[String: Any]])?.first)
        #expect((agent["guard"] as? String)?.contains("maxEventAge") == true)
        #expect(agent["status"] == nil)
    }

    @Test("lines for people number the events and name what was not used")
    func lines() throws {
        var explanation = Explanation(engine: try .rules(DecisionEngine.flagged))
        let body = #"{"topicName":"v2.unused","eventBody":{}}"# + "\n" + Self.call
        try explanation.take(Array(body.utf8), now: .nine)
        let text = explanation.lines.joined(separator: "\n")
        #expect(text.contains("event 1  2026-03-02T09:00:00.000Z  v2.unused"))
        #expect(text.contains("does not use"))
        #expect(text.contains("event 2  "))
        #expect(text.contains("    rule 'flagged': matches"))
        #expect(text.contains("    decision: rule 'flagged' wants Break"))
    }
}
