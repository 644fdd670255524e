// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What happens to the presence when a rule no longer matches.
public enum Release: String, Sendable, Codable, CaseIterable {
    /// The presence saved at the episode's start is put back, unless the agent has changed it since.
    case restore
    /// The presence stays as it is.
    case keep
}

/// The outcome of all rules for one agent.
public struct Evaluation: Sendable, Equatable {
    /// The first matching rule with a `status`; `nil` = none.
    public var match: RuleMatch?
    /// Each rule in order, and why it did not match. Empty when no trace was asked for.
    public var trace: [RuleTrace]
    /// What all matching rules want done besides, in their order.
    public var errands: [RuleErrand]

    /// Creates an outcome.
    public init(match: RuleMatch?, trace: [RuleTrace], errands: [RuleErrand] = []) {
        self.match = match
        self.trace = trace
        self.errands = errands
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
    /// What happens when the rule no longer matches.
    public var release: Release

    /// Creates a match.
    public init(rule: String, status: String, conversationID: String? = nil, release: Release = .restore) {
        self.rule = rule
        self.status = status
        self.conversationID = conversationID
        self.release = release
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

    /// Creates a trace entry.
    public init(rule: String, matched: Bool, failure: String? = nil) {
        self.rule = rule
        self.matched = matched
        self.failure = failure
    }
}
