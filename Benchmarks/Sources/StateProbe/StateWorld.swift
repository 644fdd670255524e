// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import Delivery
import GenesysEvents
import Journal
import Pipeline
import Probing
import StatusRules

/// The decisions for the agents of the measurement: one rule, and a clock that the events drive.
struct StateWorld {
    let engine: DecisionEngine
    private let clock = ModelClock()

    init() throws {
        let text = """
            statuses: { Break: { presence: Break } }
            rules:
              - { name: flagged, when: { conversation: { attributes.wfm_status: Break } }, then: { status: Break } }
            """
        let diagnostics = Diagnostics()
        guard let rules = RuleSet.parse(text, file: "rules.yaml", diagnostics: diagnostics) else {
            throw ProbeError(message: diagnostics.all.map(\.description).joined(separator: "\n"))
        }
        let target = PresenceTarget(
            definitionID: "227b37e2-f1d0-4dd0-8f50-badd7cf6d158",
            system: .break,
            label: "Break"
        )
        engine = DecisionEngine(rules: rules, targets: ["Break": target], policy: EpisodePolicy(), mode: .act)
    }

    func take(_ notification: GenesysEvents.Notification, _ record: inout AgentRecord) {
        let now = notification.timestamp ?? Timestamp(milliseconds: 0)
        clock.now = now
        let entry = JournalEntry(
            key: "key",
            source: .webhook,
            topic: notification.topicName,
            agentID: record.facts.id,
            receivedAt: now,
            body: []
        )
        _ = engine.take(notification, from: entry, now: now, into: &record)
    }

    /// Delivery reports that the newest wish was written and seen.
    func confirm(_ record: inout AgentRecord) {
        guard let wish = record.wish else { return }
        clock.now = clock.now.advanced(by: .seconds(1))
        let write = AcceptedWrite(definitionID: wish.target.definitionID, modifiedAt: clock.now)
        for (state, news) in [
            (DeliveryState.sent, WriteNews.sent(definitionID: wish.target.definitionID)), (.accepted, .accepted(write)),
            (.confirmed, nil),
        ] as [(DeliveryState, WriteNews?)] {
            var report = DeliveryReport(
                agentID: record.facts.id,
                revision: wish.revision,
                status: DeliveryStatus(state: state, attempts: 1, at: clock.now),
                summary: "written"
            )
            report.news = news
            _ = engine.take(report, now: clock.now, into: &record)
        }
        var seen = PresenceObservation()
        seen.definitionID = wish.target.definitionID
        seen.system = wish.target.system
        seen.message = ""
        seen.modifiedAt = clock.now
        let event = GenesysEvent.presence(userID: record.facts.id, seen)
        take(GenesysEvents.Notification(topicName: "v2.users.x.presence", timestamp: clock.now, event: event), &record)
    }

    /// Time goes by without news.
    func pass(_ time: Duration, _ record: inout AgentRecord) {
        clock.now = clock.now.advanced(by: time)
        _ = engine.wake(now: clock.now, into: &record)
    }

    private final class ModelClock {
        var now = Timestamp(milliseconds: 0)
    }
}
