// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Foundation
import GenesysEvents
import Journal
import Pipeline
import StatusRules

/// Events through the same decisions as in the running relay, with every call taken for granted.
struct Explanation {
    private let engine: DecisionEngine
    private var records: [String: AgentRecord] = [:]
    private var lastTime: Timestamp?
    private(set) var report = Report()

    struct Report: Encodable {
        var events: [Event] = []
    }

    struct Event: Encodable {
        var topic: String
        var at: Timestamp
        /// Why nothing at all was done with it.
        var note: String?
        var agents: [Agent] = []
    }

    struct Agent: Encodable {
        var id: String
        var changes: [String] = []
        var rules: [RuleTrace] = []
        /// What was decided; "nothing" when the event leads to nothing.
        var decision = "nothing"
        var status: String?
        var rule: String?
        var guardReason: String?
        var calls: [String] = []
        /// What is done beside the presence.
        var errands: [ExplainedErrand] = []
        var notes: [String] = []

        enum CodingKeys: String, CodingKey {
            case id, changes, rules, decision, status, rule, calls, errands, notes
            case guardReason = "guard"
        }
    }

    init(engine: DecisionEngine) { self.engine = engine }

    /// Takes a body as the webhook would. The clock is that of the events.
    mutating func take(_ body: [UInt8], now: Timestamp) throws(EventDecodingError) {
        var decoder = NotificationDecoder()
        for received in try decoder.decode(body) {
            take(received.notification, bytes: Array(body[received.bytes]), now: now)
        }
    }

    private mutating func take(_ notification: GenesysEvents.Notification, bytes: [UInt8], now: Timestamp) {
        let time = notification.timestamp ?? notification.event.newestTime ?? lastTime ?? now
        lastTime = time
        var event = Event(topic: notification.topicName, at: time)
        defer { report.events.append(event) }
        switch notification.event {
        case .unused:
            event.note = "a topic that the relay does not use: ignored"
            return
        case .undecodable(let reason):
            event.note = "cannot be applied, becomes a dead letter: \(reason)"
            return
        default:
            break
        }
        let ids = agents(of: notification)
        if ids.isEmpty { event.note = "no agent is known to take part in this conversation yet: nothing to do" }
        for id in ids {
            event.agents.append(take(notification, bytes: bytes, agentID: id, time: time))
        }
    }

    private func agents(of notification: GenesysEvents.Notification) -> [String] {
        let named = notification.event.userIDs
        guard named.isEmpty, let conversation = notification.event.namelessConversationID else { return named }
        return records.values.filter { $0.facts.conversations.contains { $0.id == conversation } }.map(\.facts.id)
            .sorted()
    }

    private mutating func take(
        _ notification: GenesysEvents.Notification,
        bytes: [UInt8],
        agentID: String,
        time: Timestamp
    ) -> Agent {
        var record = records[agentID] ?? AgentRecord(id: agentID)
        var agent = Agent(id: agentID)
        let entry = JournalEntry(
            key: notification.eventBridgeID ?? "event \(report.events.count + 1)",
            source: .webhook,
            topic: notification.topicName,
            agentID: agentID,
            receivedAt: time,
            body: bytes
        )
        var outcome = engine.take(notification, from: entry, now: time, into: &record)
        var (errands, notDone) = (outcome.errands, outcome.errandsNotDone)
        agent.changes = outcome.history.filter { $0.kind == .event }.map(\.summary)
        if outcome.command == .read {
            agent.notes.append("the presence is not known: the relay would read it first; taken here as AVAILABLE")
            record.facts.presence = PresenceFacts(PresenceTarget(definitionID: "presence before", system: .available))
            outcome = engine.look(eventKey: entry.key, now: time, into: &record)
            errands += outcome.errands
            notDone += outcome.errandsNotDone
        }
        if case .want(let wish)? = outcome.command {
            agent.calls.append(
                "PATCH /api/v2/users/\(agentID)/presences/purecloud to \(wish.target) "
                    + #"{"presenceDefinition":{"id":"\#(wish.target.definitionID)"},"message":"\#(wish.target.message)"}"#
            )
            // As if Genesys had taken it at once.
            let answer = DeliveryReport(
                agentID: agentID,
                revision: wish.revision,
                status: DeliveryStatus(state: .confirmed, attempts: 1, at: time),
                summary: "taken for granted",
                news: .accepted(AcceptedWrite(definitionID: wish.target.definitionID, modifiedAt: time))
            )
            errands += engine.take(answer, now: time, into: &record).errands
        }
        agent.notes += notDone
        agent.errands = errands.map(ExplainedErrand.init)
        for errand in errands {
            let done = ErrandReport(
                agentID: agentID,
                errandID: errand.id,
                state: .done,
                at: time,
                summary: "taken for granted"
            )
            _ = engine.take(done, now: time, into: &record)
        }
        for line in outcome.history {
            switch line.kind {
            case .decision: agent.decision = line.summary
            case .guarded: agent.guardReason = line.summary
            default: break
            }
        }
        agent.rules = engine.rules.evaluate(record.facts, EvaluationContext(now: time), tracing: true).trace
        agent.status = record.episodes.episode?.status
        agent.rule = record.episodes.episode?.rule
        if agent.decision == "nothing", agent.status == nil, agent.rules.contains(where: \.waitsForAbsentAttribute) {
            agent.notes.append(
                "attributes are written with PATCH …/participants/{id}/attributes; "
                    + "PATCH …/participants/{id} answers 200 and drops them"
            )
        }
        records[agentID] = record
        return agent
    }

    /// The report for people.
    var lines: [String] {
        report.events.enumerated().flatMap { number, event in
            var lines = ["event \(number + 1)  \(event.at)  \(event.topic)"]
            if let note = event.note { lines.append("  \(note)") }
            for agent in event.agents {
                lines.append("  agent \(agent.id)")
                lines += agent.changes.map { "    facts: \($0)" }
                lines += agent.rules.map {
                    "    rule '\($0.rule)': \($0.matched ? "matches" : $0.failure ?? "does not match")"
                }
                if let reason = agent.guardReason { lines.append("    guard: \(reason)") }
                lines.append("    decision: \(agent.decision)")
                lines += agent.calls.map { "    call: \($0)" }
                lines += agent.errands.map { "    besides: \($0.summary) (rule '\($0.rule)')" }
                lines += agent.notes.map { "    note: \($0)" }
            }
            return lines
        }
    }
}

extension DecisionEngine.Outcome {
    /// Why something that is wanted beside the presence is not done: a guard, or mode observe.
    fileprivate var errandsNotDone: [String] { errands.isEmpty ? errandHistory.map(\.summary) : held }

    private var held: [String] { errandHistory.filter { $0.kind == .guarded }.map(\.summary) }
}

extension RuleTrace {
    fileprivate var waitsForAbsentAttribute: Bool {
        guard let failure else { return false }
        return failure.contains("attributes.") && failure.contains("absent")
    }
}

extension GenesysEvent {
    /// The newest time in the body: good enough as the clock of recorded events.
    var newestTime: Timestamp? {
        switch self {
        case .conversation(_, let snapshot), .queueConversation(let snapshot):
            snapshot.participants.flatMap { participant in
                [participant.connectedTime, participant.endTime, participant.startAcwTime, participant.endAcwTime]
                    + participant.communications.flatMap {
                        [
                            $0.startHoldTime, $0.connectedTime, $0.disconnectedTime, $0.afterCallWorkStart,
                            $0.afterCallWorkEnd,
                        ]
                    }
            }.compactMap { $0 }.max()
        default: ownTime
        }
    }
}
