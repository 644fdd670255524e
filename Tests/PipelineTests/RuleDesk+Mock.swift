// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import Delivery
import Foundation
import GenesysEvents
import Journal
import StatusRules
import Testing

@testable import Pipeline

/// One agent in front of rules as people write them, with the clock in the test's hand. Each step is taken by a stored
/// copy of the record as well: a restart between any two of them changes nothing.
struct RuleDesk {
    var engine: DecisionEngine
    var record = AgentRecord(id: "agent")
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    private var count = 0

    static let targets = [
        "Break": PresenceTarget(definitionID: "break", system: .break),
        "Meeting": PresenceTarget(definitionID: "meeting", system: .meeting),
        "Available": PresenceTarget(definitionID: "available", system: .available),
    ]

    init(_ rules: String, mode: RelayMode = .act, policy: EpisodePolicy = EpisodePolicy()) throws {
        let diagnostics = Diagnostics()
        let compiled = RuleSet.parse(
            """
            statuses:
              Break: { presence: Break }
              Meeting: { presence: Meeting }
              Available: { presence: Available }
            rules:
            \(rules)
            """,
            file: "rules.yaml",
            diagnostics: diagnostics
        )
        engine = DecisionEngine(
            rules: try #require(compiled, "\(diagnostics.all)"),
            targets: Self.targets,
            policy: policy,
            mode: mode
        )
    }

    mutating func pass(_ duration: Duration) { now = now.advanced(by: duration) }

    /// The same, done to the record and to a copy that comes from its stored form.
    private mutating func both(_ step: (DecisionEngine, inout AgentRecord) -> DecisionEngine.Outcome)
        -> DecisionEngine.Outcome
    {
        do {
            var restarted = try AgentRecord(stored: try record.stored())
            #expect(restarted == record)
            let outcome = step(engine, &record)
            let again = step(engine, &restarted)
            #expect(again.history.map(\.summary) == outcome.history.map(\.summary), "the same after a restart")
            #expect(again.command == outcome.command)
            #expect(restarted == record)
            return outcome
        } catch {
            Issue.record("the record cannot be stored: \(error)")
            return step(engine, &record)
        }
    }

    mutating func take(
        _ event: GenesysEvent,
        source: JournalSource = .webhook,
        age: Duration = .zero
    ) -> DecisionEngine.Outcome {
        count += 1
        let notification = Notification(topicName: "topic", timestamp: now.advanced(by: .zero - age), event: event)
        let entry = JournalEntry(
            key: "event-\(count)",
            source: source,
            topic: "topic",
            agentID: "agent",
            receivedAt: now,
            body: []
        )
        let now = now
        return both { engine, record in engine.take(notification, from: entry, now: now, into: &record) }
    }

    /// The agent's time has come, if it has.
    mutating func wake() -> DecisionEngine.Outcome {
        let now = now
        return both { engine, record in engine.wake(now: now, into: &record) }
    }

    /// The clock moves to when the rules want to look again.
    mutating func wakeInTime() -> DecisionEngine.Outcome {
        now = record.wakeAt ?? now
        return wake()
    }

    mutating func restart() -> DecisionEngine.Outcome {
        let now = now
        return both { engine, record in
            engine.look(eventKey: "restart", eventTime: record.heardAt, now: now, into: &record)
        }
    }

    mutating func presence(_ id: String, _ system: SystemPresence) -> DecisionEngine.Outcome {
        var seen = PresenceObservation()
        seen.definitionID = id
        seen.system = system
        seen.modifiedAt = now
        return take(.presence(userID: "agent", seen))
    }

    mutating func call(
        _ id: String = "c",
        flag: String? = nil,
        state: String = "connected",
        source: JournalSource = .webhook,
        age: Duration = .zero
    ) -> DecisionEngine.Outcome {
        let snapshot = ConversationSnapshot.call(
            id: id,
            attributes: flag.map { ["wfm_status": $0] } ?? [:],
            state: state
        )
        return take(.conversation(userID: "agent", snapshot), source: source, age: age)
    }

    mutating func routing(_ status: String, age: Duration = .zero) -> DecisionEngine.Outcome {
        var seen = RoutingStatusObservation(status: status)
        seen.startTime = now.advanced(by: .zero - age)
        return take(.routingStatus(userID: "agent", seen), age: age)
    }

    mutating func report(_ state: DeliveryState, _ news: WriteNews? = nil) -> DecisionEngine.Outcome {
        let report = DeliveryReport(
            agentID: "agent",
            revision: record.wish?.revision ?? 0,
            status: DeliveryStatus(state: state, attempts: 1, at: now),
            summary: "report",
            news: news
        )
        let now = now
        return both { engine, record in engine.take(report, now: now, into: &record) }
    }

    /// The newest wish is written, seen and confirmed.
    mutating func deliver(sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        guard let target = record.wish?.target, record.delivery?.state == .pending else {
            Issue.record("nothing is wanted", sourceLocation: sourceLocation)
            return
        }
        pass(.seconds(1))
        _ = report(.sent, .sent(definitionID: target.definitionID))
        _ = report(.accepted, .accepted(AcceptedWrite(definitionID: target.definitionID, modifiedAt: now)))
        _ = presence(target.definitionID, target.system ?? .busy)
        _ = report(.confirmed)
    }
}

extension DecisionEngine.Outcome {
    /// The presence that is wanted from now on.
    var wanted: String? {
        if case .want(let wish)? = command { return wish.target.definitionID }
        return nil
    }

    /// What was decided, or guarded.
    var lines: [String] { decisions.map(\.summary) }

    var decisions: [HistoryEntry] { history.filter { $0.kind == .decision || $0.kind == .guarded } }

    /// The detail of the newest decision.
    func detail() throws -> [String: Any] {
        let entry = try #require(decisions.last)
        return try #require(try JSONSerialization.jsonObject(with: Data(entry.detail)) as? [String: Any])
    }
}
