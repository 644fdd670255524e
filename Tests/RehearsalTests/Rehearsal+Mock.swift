// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents
import Pipeline
import Rehearsal
import StatusRules
import Testing

extension DecisionEngine {
    /// Decisions of these rules, with a status Break and a status Meal.
    static func rules(_ rules: String, maxEventAge: Duration = .seconds(120)) throws -> DecisionEngine {
        let diagnostics = Diagnostics()
        let compiled = RuleSet.parse(
            "statuses: { Break: { presence: Break }, Meal: { presence: Meal } }\nrules:\n" + rules,
            file: "rules.yaml",
            diagnostics: diagnostics
        )
        let set = try #require(compiled, "\(diagnostics.all)")
        return DecisionEngine(
            rules: set,
            targets: set.offlineTargets,
            policy: EpisodePolicy(maxEventAge: maxEventAge),
            mode: .act
        )
    }

    static let flagged = """
        - name: flagged
          when: { conversation: { attributes.wfm_status: Break } }
          then: { status: Break }
        """
}

extension Timestamp {
    /// Nine o'clock of a Monday.
    static let nine = Timestamp(milliseconds: 1_772_442_000_000)

    static func nine(_ seconds: Int) -> Timestamp { nine.advanced(by: .seconds(seconds)) }
}

extension RecordedEvent {
    /// A call of an agent with attributes of their participant.
    static func call(
        _ id: String = "c",
        of agentID: String = "a",
        _ attributes: [String: String] = [:],
        state: String = "connected",
        at time: Timestamp
    ) -> RecordedEvent {
        let communication = CommunicationSnapshot(id: "communication \(id)", media: .call, state: state)
        var participant = ParticipantSnapshot(
            id: "participant \(id)",
            userID: agentID,
            purpose: "agent",
            communications: [communication]
        )
        participant.attributes = Attributes(attributes)
        let snapshot = ConversationSnapshot(id: id, participants: [participant])
        return RecordedEvent(
            Notification(
                topicName: "v2.users.\(agentID).conversations",
                timestamp: time,
                event: .conversation(userID: agentID, snapshot)
            ),
            at: time,
            key: "call \(time)"
        )
    }

    /// A presence that somebody has chosen.
    static func presence(_ system: SystemPresence, of agentID: String = "a", at time: Timestamp) -> RecordedEvent {
        var seen = PresenceObservation()
        seen.definitionID = "definition of \(system)"
        seen.system = system
        seen.modifiedAt = time
        return RecordedEvent(
            Notification(
                topicName: "v2.users.\(agentID).presence",
                timestamp: time,
                event: .presence(userID: agentID, seen)
            ),
            at: time,
            key: "presence \(time)"
        )
    }

    /// Attributes, which name no agent.
    static func attributes(_ values: [String: String], in id: String = "c", at time: Timestamp) -> RecordedEvent {
        let written = ParticipantAttributes(
            conversationID: id,
            participantID: "participant \(id)",
            attributes: Attributes(values),
            eventTime: time
        )
        return RecordedEvent(
            Notification(
                topicName: "v2.detail.events.conversation.\(id).attributes",
                timestamp: time,
                event: .participantAttributes(written)
            ),
            at: time,
            key: "attributes \(time)"
        )
    }
}

extension Rehearsal {
    /// Takes events and returns the steps.
    @discardableResult
    func take(_ events: RecordedEvent...) -> [RehearsalStep] {
        var steps: [RehearsalStep] = []
        for event in events { take(event) { steps.append($0) } }
        return steps
    }

    func advance(to time: Timestamp) -> [RehearsalStep] {
        var steps: [RehearsalStep] = []
        advance(to: time) { steps.append($0) }
        return steps
    }
}
