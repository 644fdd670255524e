// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// The outcome of all rules for one agent.
public struct Evaluation: Sendable, Equatable {
    /// The first matching rule with a `status`; `nil` = none.
    public var match: RuleMatch?
    /// Each rule in order, and why it did not match. Empty when no trace was asked for.
    public var trace: [RuleTrace]
    /// What all matching rules want done besides, in their order.
    public var errands: [RuleErrand]
    /// What rules in `mode: observe` would want: they decide nothing and hide nothing.
    public var shadows: [RuleMatch]
    /// Since when conditions with `for:` hold, for the next evaluation.
    public var holds: HoldTimes
    /// When the outcome may change although no fact does; `nil` = never.
    public var wakeAt: Timestamp?
    /// Conversations that the rules would look at, were there news of them: to be read again.
    public var unheard: [String]
    /// The place of the matching rule with `stop: true`, behind which none is looked at; `nil` = none stops.
    public var stoppedAt: Int?

    /// Creates an outcome.
    public init(
        match: RuleMatch?,
        trace: [RuleTrace],
        errands: [RuleErrand] = [],
        shadows: [RuleMatch] = [],
        holds: HoldTimes = HoldTimes(),
        wakeAt: Timestamp? = nil,
        unheard: [String] = []
    ) {
        self.match = match
        self.trace = trace
        self.errands = errands
        self.shadows = shadows
        self.holds = holds
        self.wakeAt = wakeAt
        self.unheard = unheard
    }
}

/// The rule that decides about an agent, and the status it wants.
public struct RuleMatch: Sendable, Equatable {
    /// The rule's name.
    public var rule: String
    /// The name of the status, `${…}` resolved; a key of ``RuleSet/statuses``.
    public var status: String
    /// The live conversation that matched, when the rule has a `conversation:` condition.
    public var conversationID: String?
    /// How the status comes and goes.
    public var behavior: RuleBehavior
    /// The rule's place in the file, from 0: an earlier one may take over before `minimum` is over.
    public var order: Int
    /// What happens when the rule no longer matches.
    public var release: Release { behavior.release }

    /// Creates a match.
    public init(
        rule: String,
        status: String,
        conversationID: String? = nil,
        behavior: RuleBehavior = RuleBehavior(),
        order: Int = 0
    ) {
        self.rule = rule
        self.status = status
        self.conversationID = conversationID
        self.behavior = behavior
        self.order = order
    }
}

/// What one rule made of an agent.
public struct RuleTrace: Sendable, Equatable, Codable {
    /// The rule's name.
    public var rule: String
    /// All its conditions hold. Of several matching rules the first with a status decides.
    public var matched: Bool
    /// The first condition that failed with the value it saw: `conversation.attributes.wfm_status: wanted Break, is absent`.
    public var failure: String?
    /// The rule is in `mode: observe`; `nil` = it is not.
    public var observed: Bool?

    /// Creates a trace entry.
    public init(rule: String, matched: Bool, failure: String? = nil, observed: Bool = false) {
        self.rule = rule
        self.matched = matched
        self.failure = failure
        self.observed = observed ? true : nil
    }
}
