// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
import Delivery
public import GenesysEvents
import Journal
import Pipeline
public import StatusRules

/// One event, or one moment between events at which something happened, and what it came to for each agent: the JSON of
/// `explain` and of `rules test`. Field names are public interface; more may follow.
public struct ExplainedStep: Encodable, Sendable {
    /// The event's topic; for a step without one what led to it, as `trigger`.
    public var topic: String
    /// `event`, `timer`, `change`, `echo` or `read`.
    public var trigger: RehearsalStep.Trigger
    /// The event's own time; without an event, the time on the clock.
    public var at: Timestamp
    /// The time on the clock, when the event came later than it says.
    public var takenAt: Timestamp?
    /// Why nothing at all was done with it.
    public var note: String?
    /// Those whom it is about.
    public var agents: [Agent] = []

    /// A step that is about nobody yet.
    public init(topic: String, trigger: RehearsalStep.Trigger, at: Timestamp) {
        self.topic = topic
        self.trigger = trigger
        self.at = at
    }

    /// What one agent's step came to.
    public struct Agent: Encodable, Sendable {
        /// A presence that is written.
        public struct Write: Encodable, Sendable {
            /// `set`, or `restore` at the end of an episode.
            public var purpose: String
            /// Of the presence definition.
            public var definitionId: String
            /// Its system presence, when that is known.
            public var system: String?
            /// Its label, when that is known.
            public var label: String?
            /// The text beside it; empty = it is cleared.
            public var message: String
        }

        /// A status that is wanted and waits for the end of a conversation or of after-call work.
        public struct Waiting: Encodable, Sendable {
            /// Its name.
            public var status: String
            /// The rule that wants it.
            public var rule: String
            /// `afterInteraction` or `afterCallWork`.
            public var until: String
            /// What has to be over.
            public var conversationIds: [String]
        }

        /// The user's id.
        public var id: String
        /// From the agent's own participant, when one was seen.
        public var name: String?
        /// Lines about facts that changed, or why none was taken.
        public var changes: [String] = []
        /// The same, one by one.
        public var facts: [FactChange] = []
        /// Every rule, in order.
        public var rules: [RuleTrace] = []
        /// What was decided; "nothing" when the step leads to nothing.
        public var decision = "nothing"
        /// The status that is wanted after it; absent = none.
        public var status: String?
        /// The rule that wants it.
        public var rule: String?
        /// What waits to be written; absent = nothing.
        public var waiting: Waiting?
        /// Why something is not done.
        public var guardReason: String?
        /// Calls that would follow, for people.
        public var calls: [String] = []
        /// Presences among them.
        public var writes: [Write] = []
        /// What is done beside the presence.
        public var errands: [ExplainedErrand] = []
        /// The agent's presence after all calls: label or system presence.
        public var presence: String?
        /// When the relay looks again, although nothing may have come by then.
        public var wakeAt: Timestamp?
        /// What else is worth knowing.
        public var notes: [String] = []

        enum CodingKeys: String, CodingKey {
            case id, name, changes, facts, rules, decision, status, rule, waiting, calls, writes, errands, presence
            case wakeAt, notes
            case guardReason = "guard"
        }
    }
}

extension ExplainedStep.Agent {
    /// What a step of a rehearsal came to.
    public init(_ step: RehearsalStep) {
        id = step.agentID
        name = step.record.facts.name
        changes = step.history.filter { $0.kind == .event || $0.kind == .observation }.map(\.summary)
        facts = step.changes
        rules = step.evaluation?.trace ?? []
        decision = step.decisions.last ?? "nothing"
        status = step.status
        rule = step.rule
        waiting = step.record.episodes.armed.map { armed in
            Waiting(
                status: armed.status,
                rule: armed.rule,
                until: armed.waiting.kind.timing.rawValue,
                conversationIds: armed.waiting.conversationIDs
            )
        }
        guardReason = step.history.last { $0.kind == .guarded && $0.summary != DecisionEngine.ownChange }?.summary
        for wish in step.writes {
            calls.append(
                "PATCH /api/v2/users/\(id)/presences/purecloud to \(wish.target) "
                    + #"{"presenceDefinition":{"id":"\#(wish.target.definitionID)"},"message":"\#(wish.target.message)"}"#
            )
            writes.append(
                Write(
                    purpose: wish.purpose.rawValue,
                    definitionId: wish.target.definitionID,
                    system: wish.target.system?.name,
                    label: wish.target.label,
                    message: wish.target.message
                )
            )
        }
        errands = step.errands.map(ExplainedErrand.init)
        presence = step.record.facts.presence.flatMap { $0.system?.name ?? $0.definitionID }
        wakeAt = step.record.wakeAt
        notes = step.notes + step.errandsNotDone
        if decision == "nothing", status == nil, rules.contains(where: \.waitsForAbsentAttribute) {
            notes.append(
                "attributes are written with PATCH …/participants/{id}/attributes; "
                    + "PATCH …/participants/{id} answers 200 and drops them"
            )
        }
    }

    /// The same for people, one line each.
    public var lines: [String] {
        var lines = facts.isEmpty ? changes.map { "facts: \($0)" } : facts.map { "facts: \($0.line)" }
        lines += rules.map { "rule '\($0.rule)': \($0.matched ? "matches" : $0.failure ?? "does not match")" }
        if let guardReason { lines.append("guard: \(guardReason)") }
        lines.append("decision: \(decision)")
        lines += calls.map { "call: \($0)" }
        lines += errands.map { "besides: \($0.summary) (rule '\($0.rule)')" }
        if let wakeAt { lines.append("timer: looked at again at \(wakeAt) at the latest") }
        lines += notes.map { "note: \($0)" }
        return lines
    }
}

extension RehearsalStep {
    /// Why something that is wanted beside the presence is not done: a guard, or mode observe.
    fileprivate var errandsNotDone: [String] {
        (errands.isEmpty ? errandHistory : errandHistory.filter { $0.kind == .guarded }).map(\.summary)
    }
}

extension FactChange {
    fileprivate var line: String { conversationID.map { "\(description) (conversation \($0))" } ?? description }
}

extension RuleTrace {
    fileprivate var waitsForAbsentAttribute: Bool {
        guard let failure else { return false }
        return failure.contains("attributes.") && failure.contains("absent")
    }
}
