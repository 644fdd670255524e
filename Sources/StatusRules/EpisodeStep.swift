// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysEvents

/// What made us look again.
public struct Trigger: Sendable, Equatable {
    /// De-duplication key of the event.
    public var eventKey: String
    /// When Genesys made the event; `nil` when it does not say, which counts as the time of its receipt, else as now.
    public var eventTime: Timestamp?
    /// When the relay took the event; `nil` when it is not one that has just come.
    public var receivedAt: Timestamp?

    /// An event by its key, its own time, and when it came.
    public init(eventKey: String, eventTime: Timestamp? = nil, receivedAt: Timestamp? = nil) {
        self.eventKey = eventKey
        self.eventTime = eventTime
        self.receivedAt = receivedAt
    }

    /// How old the news is. An event that does not say when it was made is as old as its receipt: it may have waited.
    func age(at now: Timestamp) -> Duration { (eventTime ?? receivedAt).map { now.timeIntervalSince($0) } ?? .zero }
}

/// All that a look at an agent's episode goes by.
public struct EpisodeInput {
    /// What is known of the agent.
    public var facts: AgentFacts
    /// The rules' verdict.
    public var match: RuleMatch?
    /// Conversations that the rules did not look at, because nothing was heard of them for too long.
    public var unheard: [String]
    /// What made us look.
    public var trigger: Trigger
    /// The time of the look.
    public var now: Timestamp
    /// What we have written ourselves.
    public var writes: OwnWrites
    /// The last wish is still under way, so that a write may follow.
    public var isOutstanding: Bool
    /// What may be done to agents.
    public var policy: EpisodePolicy
    /// The presence of a configured status by its name.
    public var target: (_ status: String) -> PresenceTarget?
    /// What one rule by itself makes of facts, whatever the others say, however long it has done so, and however long
    /// ago a conversation was heard of.
    public var matchAlone: (_ rule: String, _ facts: AgentFacts) -> RuleMatch?

    /// A look with all it needs.
    public init(
        facts: AgentFacts,
        match: RuleMatch?,
        unheard: [String] = [],
        trigger: Trigger,
        now: Timestamp,
        writes: OwnWrites,
        isOutstanding: Bool,
        policy: EpisodePolicy,
        target: @escaping (_ status: String) -> PresenceTarget?,
        matchAlone: @escaping (_ rule: String, _ facts: AgentFacts) -> RuleMatch?
    ) {
        self.facts = facts
        self.match = match
        self.unheard = unheard
        self.trigger = trigger
        self.now = now
        self.writes = writes
        self.isOutstanding = isOutstanding
        self.policy = policy
        self.target = target
        self.matchAlone = matchAlone
    }
}

/// What has to be done about an agent's episode.
public enum EpisodeStep: Sendable, Equatable {
    /// An episode began, or its wanted presence changed: bring the agent there.
    case set(PresenceTarget, reason: String)
    /// The episode ended: put this presence back, or set what the rule releases to.
    case restore(PresenceTarget, reason: String)
    /// The episode ended and leaves the presence as it is. What is still under way for it is withdrawn or, where a
    /// write might arrive after all, replaced by the wish for the presence that the agent has chosen.
    case end(reason: String, leaving: PresenceTarget?)
    /// A status is wanted later (`EpisodeState.armed` tells what is waited for). `isGuard`: only because a guard holds
    /// it up.
    case armed(reason: String, isGuard: Bool)
    /// What was wanted later is not wanted any more; nothing had been done for it.
    case disarmed(reason: String)
    /// A rule matches, but must not act, or not yet; the reason is new since the last look.
    case guarded(String)
    /// A rule matches, but the agent's presence is unknown: read it, then look again.
    case readPresence
}

/// What a look at an agent's episode led to.
public struct EpisodeMove: Sendable, Equatable {
    /// What has to be done, in order; mostly nothing.
    public var steps: [EpisodeStep] = []
    /// When to look again although nothing is heard of the agent; `nil` = never.
    public var wakeAt: Timestamp?
    /// Conversations that an armed wish waits for and of which nothing is heard: to be read.
    public var unheard: [String] = []

    /// Nothing has to be done.
    public init() {}

    mutating func wake(at time: Timestamp) { wakeAt = Timestamp.earliest(wakeAt, time) }
}
