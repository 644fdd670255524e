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
        at time: Timestamp,
        change: (inout CommunicationSnapshot) -> Void = { _ in }
    ) -> RecordedEvent {
        var communication = CommunicationSnapshot(id: "communication \(id)", media: .call, state: state)
        change(&communication)
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

    /// An hour of three agents with two calls each, in any order of things: told, told late, and told twice.
    static func hour(seed: UInt64) -> [RecordedEvent] {
        var random = SeededGenerator(seed: seed)
        var events: [RecordedEvent] = []
        var time = 0
        while time < 3500 {
            time += Int.random(in: 1..<60, using: &random)
            let agent = ["a", "b", "c"].randomElement(using: &random) ?? "a"
            let id = "\(agent)\(Int.random(in: 0..<2, using: &random))"
            let attributes =
                [[:], ["wfm_status": "Break"], ["wfm_status": "Meal"]].randomElement(using: &random) ?? [:]
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let system = [SystemPresence.onQueue, .available, .busy, .offline].randomElement(using: &random)
                events.append(.presence(system ?? .available, of: agent, at: .nine(time)))
            case 1: events.append(.attributes(attributes, in: id, at: .nine(time)))
            case 2:
                guard let again = events.randomElement(using: &random) else { continue }
                var late = again
                late.at = .nine(time)
                events.append(late)
            default:
                let state = ["alerting", "connected", "connected", "disconnected"].randomElement(using: &random)
                events.append(
                    .call(id, of: agent, attributes, state: state ?? "connected", at: .nine(time)) { call in
                        call.held = call.state == "connected" && Bool.random(using: &random)
                        if call.state == "disconnected" { call.afterCallWork = "pending" }
                        if call.state == "disconnected", Bool.random(using: &random) { call.afterCallWork = "complete" }
                    }
                )
            }
        }
        return events
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

/// SplitMix64, so that a seed gives the same hour again.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
