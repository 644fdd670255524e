// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import Pipeline
import Rehearsal
import StatusRules

extension ReplayResult {
    /// Of one run over all agents, from nine to ten.
    static func of(
        _ events: [RecordedEvent],
        _ old: String,
        _ new: String? = nil,
        own: OwnChanges = OwnChanges(),
        window: ClosedRange<Timestamp> = .nine ... .nine(3600),
        agents: Set<String> = []
    ) throws -> ReplayResult {
        let engines = (old: try DecisionEngine.rules(old), new: try new.map { try DecisionEngine.rules($0) })
        let run = ReplayRun(
            ReplayRun.Plan(old: engines.old, new: engines.new, window: window, agents: agents, ownChanges: own)
        )
        for event in events { run.take(event) }
        return ReplayResult(
            [run.finish()],
            from: window.lowerBound,
            to: window.upperBound,
            old: ReplayedRules(file: "relay.yaml", version: "1", rules: 1),
            new: new.map { _ in ReplayedRules(file: "other.yaml", version: "2", rules: 1) }
        )
    }
}

extension TimelineSpan {
    /// `60–120 Break (flagged)`, in seconds after nine.
    var text: String {
        "\(seconds(from))–\(seconds(to)) \(wanted.status ?? "none") (\(wanted.rule ?? ""))"
    }
}

extension ReplayDifference {
    var text: String {
        "\(seconds(from))–\(seconds(to)) \(old.status ?? "none") → \(new.status ?? "none"): \(reason)"
    }
}

private func seconds(_ time: Timestamp) -> Int { Int((time.milliseconds - Timestamp.nine.milliseconds) / 1000) }

extension RecordedEvent {
    /// A presence with a definition of its own, as the relay may have set it.
    static func presence(
        _ system: SystemPresence,
        definition: String,
        of agentID: String = "a",
        key: String,
        at time: Timestamp
    ) -> RecordedEvent {
        var event = RecordedEvent.presence(system, of: agentID, at: time)
        guard case .presence(_, var seen) = event.notification.event else { return event }
        seen.definitionID = definition
        event.notification.event = .presence(userID: agentID, seen)
        event.key = key
        return event
    }
}
