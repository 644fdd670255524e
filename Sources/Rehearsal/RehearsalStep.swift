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
    @Seldom public var evaluation: Evaluation? = nil
    /// The episode before; `nil` = no rule held the agent, or no traces are asked for.
    @Seldom public var before: Episode? = nil
    /// The agent's name, when one was seen.
    public var name: String?
    /// The status that is wanted now; `nil` = none.
    public var status: String?
    /// The rule that wants it.
    public var rule: String?
    /// All that is kept of the agent, after the step; `nil` when no traces are asked for.
    @Seldom public var record: AgentRecord? = nil

    init(agentID: String, at: Timestamp, trigger: Trigger, topic: String?, before: Episode?) {
        self.agentID = agentID
        self.at = at
        self.trigger = trigger
        self.topic = topic
        self.before = before
    }

    /// What is so after the step. The whole record is large, and only for those who ask for it; that of others is not
    /// even copied on the way here.
    mutating func take(_ agent: inout AgentRecord, whole: Bool) {
        name = agent.facts.name
        (status, rule) = agent.wanted
        if whole { record = agent }
    }

    mutating func add(_ outcome: DecisionEngine.Outcome) {
        // Most are empty, which appending does not know.
        if !outcome.changes.isEmpty { changes += outcome.changes }
        if !outcome.history.isEmpty { history += outcome.history }
        if !outcome.errandHistory.isEmpty { errandHistory += outcome.errandHistory }
        if !outcome.errands.isEmpty { errands += outcome.errands }
        if !outcome.conversationReads.isEmpty { conversationReads += outcome.conversationReads }
    }
}

extension RehearsalStep {
    /// What was decided, in order.
    public var decisions: [String] { history.filter { $0.kind == .decision }.map(\.summary) }
    /// Why something was not done, in order; that our own write came back is no news.
    public var guards: [String] {
        (history + errandHistory)
            .filter { $0.kind == .guarded && $0.summary != DecisionEngine.ownChange }.map(\.summary)
    }
}
