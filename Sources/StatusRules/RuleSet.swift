// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import ConfigurationSyntax
public import GenesysEvents

/// How a configured status names its presence definition.
public enum PresenceSelector: Hashable, Sendable, Codable {
    /// The system presence itself (`presence: Break`).
    case system(SystemPresence)
    /// A secondary presence by its label in any locale, and the system presence it belongs to, when given.
    case label(String, system: SystemPresence?)
    /// A definition's id.
    case id(String)
}

/// One entry under `statuses:`.
public struct StatusDefinition: Hashable, Sendable {
    public var name: String
    public var presence: PresenceSelector
    /// Sent with the presence; `nil` = the message is cleared.
    public var message: String?
    public var location: SourceLocation
    public init(name: String, presence: PresenceSelector, message: String? = nil, location: SourceLocation) {
        self.name = name
        self.presence = presence
        self.message = message
        self.location = location
    }
}

/// What happens to the presence when a rule no longer matches.
public enum Release: String, Sendable, Codable {
    /// The presence saved at the episode's start is put back, unless the agent has changed it since.
    case restore
    case keep
}

/// The rules of one configuration, compiled.
public struct RuleSet: Sendable {
    public var statuses: [String: StatusDefinition]
    /// Names of the rules in order.
    public var ruleNames: [String]
    /// Hash of the rules and statuses as text; in every decision.
    public var version: String

    /// Compiles the `statuses:` and `rules:` nodes; findings go to `diagnostics`; `nil` when there is an error.
    public static func compile(
        statuses: ConfigurationNode?, rules: ConfigurationNode?, diagnostics: Diagnostics
    ) -> RuleSet? { nil }

    /// Looks at the whole state of an agent; never at one event.
    public func evaluate(_ facts: AgentFacts, tracing: Bool = true) -> Evaluation { Evaluation(match: nil, trace: []) }
}

/// The outcome of all rules for one agent.
public struct Evaluation: Sendable, Equatable {
    /// The first matching rule with a `status`; `nil` = none.
    public var match: RuleMatch?
    /// Each rule in order, and why it did not match.
    public var trace: [RuleTrace]
    public init(match: RuleMatch?, trace: [RuleTrace]) {
        self.match = match
        self.trace = trace
    }
}

public struct RuleMatch: Sendable, Equatable {
    public var rule: String
    /// The name of the status, `${…}` resolved; a key of `RuleSet.statuses`.
    public var status: String
    /// The live conversation that matched, when the rule has a `conversation:` condition.
    public var conversationID: String?
    public var release: Release
    public init(rule: String, status: String, conversationID: String? = nil, release: Release = .restore) {
        self.rule = rule
        self.status = status
        self.conversationID = conversationID
        self.release = release
    }
}

public struct RuleTrace: Sendable, Equatable, Codable {
    public var rule: String
    public var matched: Bool
    /// The first condition that failed with the value it saw: `conversation.attributes.wfm_status: wanted Break, is absent`.
    public var failure: String?
    public init(rule: String, matched: Bool, failure: String? = nil) {
        self.rule = rule
        self.matched = matched
        self.failure = failure
    }
}
