// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import Delivery
public import GenesysEvents
public import Journal
public import Pipeline
public import StatusRules

/// One look of the rules at one agent, and what came of it.
public struct RehearsalStep: Sendable {
    /// What made the rules look.
    public enum Trigger: String, Sendable, Codable {
        /// A recorded event.
        case event
        /// Only the time: a condition has held long enough, a status may end, …
        case timer
        /// Facts that were put there by hand, as a test does.
        case change
        /// A write of ours that is seen as the agent's presence.
        case echo
        /// The answer to a read of the presence.
        case read
    }

    /// Whose step it is.
    public var agentID: String
    /// The time on the clock.
    public var at: Timestamp
    /// What led to it.
    public var trigger: Trigger
    /// Of the event; `nil` when none led to it.
    public var topic: String?
    /// Facts that changed.
    public var changes: [FactChange] = []
    /// Lines of the history, in order.
    public var history: [HistoryEntry] = []
    /// Those about what is done beside the presence.
    public var errandHistory: [HistoryEntry] = []
    /// Presences that were written, each taken for granted.
    public var writes: [Wish] = []
    /// What was done beside the presence.
    public var errands: [Errand] = []
    /// Conversations that would be read again, since there was no news of them for too long.
    public var conversationReads: [String] = []
    /// Lines that are to be told to people and to nobody else.
    public var notes: [String] = []
    /// What every rule makes of the agent; `nil` when no traces are asked for.
    public var evaluation: Evaluation?
    /// The episode before; `nil` = no rule held the agent.
    public var before: Episode?
    /// All that is kept of the agent, after the step.
    public var record: AgentRecord

    init(_ record: AgentRecord, at: Timestamp, trigger: Trigger, topic: String?, before: Episode?) {
        agentID = record.facts.id
        self.at = at
        self.trigger = trigger
        self.topic = topic
        self.before = before
        self.record = record
    }

    mutating func add(_ outcome: DecisionEngine.Outcome) {
        changes += outcome.changes
        history += outcome.history
        errandHistory += outcome.errandHistory
        errands += outcome.errands
        conversationReads += outcome.conversationReads
    }
}

extension RehearsalStep {
    /// The episode now; `nil` = no rule holds the agent.
    public var episode: Episode? { record.episodes.episode }
    /// The status that is wanted now; `nil` = none.
    public var status: String? { episode?.status }
    /// The rule that wants it.
    public var rule: String? { episode?.rule }
    /// What was decided, in order.
    public var decisions: [String] { history.filter { $0.kind == .decision }.map(\.summary) }
    /// Why something was not done, in order; that our own write came back is no news.
    public var guards: [String] {
        (history + errandHistory)
            .filter { $0.kind == .guarded && $0.summary != DecisionEngine.ownChange }.map(\.summary)
    }
}
