// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysEvents
import StatusRules

/// `detail` of a history entry of kind `decision` or `guard`: what explains it, as `explain` would. Field names are public
/// interface (`openapi.yaml`); more may follow.
struct DecisionDetail: Encodable {
    var eventKey: String
    var rule: String?
    var status: String?
    var conversationId: String?
    var rulesVersion: String
    /// Each rule, and the first condition that failed.
    var trace: [RuleTrace]
    /// How the rule lets its status come and go, as far as it differs from the default.
    var behavior: RuleBehavior?
    /// What the status has to wait for.
    var waitsFor: Waiting?
    /// `observe`: the rule is only watched.
    var mode: RelayMode?
    /// When the rules look at the agent again although nothing is heard.
    var wakeAt: Timestamp?
    /// Facts that the event has changed; absent when it was no event, or has changed none.
    var changes: [FactChange]?
    /// The presence that is set or put back.
    var target: String?
    /// The wish that this is: entries of kind `call` about it have the same number.
    var wish: Int?

    init(
        eventKey: String,
        rulesVersion: String,
        trace: [RuleTrace],
        changes: [FactChange] = [],
        wakeAt: Timestamp? = nil
    ) {
        self.eventKey = eventKey
        self.rulesVersion = rulesVersion
        self.trace = trace
        self.changes = changes.isEmpty ? nil : changes
        self.wakeAt = wakeAt
    }

    /// With the wish that the decision has led to.
    func leading(to wish: Wish?) -> DecisionDetail {
        var detail = self
        detail.target = wish?.target.description
        detail.wish = wish?.revision
        return detail
    }

    mutating func explain(_ episode: Episode) {
        explain(episode.rule, episode.status, episode.conversationID, episode.behavior)
    }

    mutating func explain(_ line: ShadowLine) {
        explain(line.rule, line.status, line.conversationID, line.behavior)
        mode = .observe
    }

    /// Takes what a step is about: what is in force after it, else what it has ended, else what the rules wanted.
    mutating func explain(
        _ step: EpisodeStep,
        _ match: RuleMatch?,
        _ after: EpisodeState,
        _ before: Episode?,
        _ armedBefore: ArmedWish?
    ) {
        let armed: ArmedWish? =
            switch step {
            case .armed: after.armed
            case .disarmed: armedBefore
            default: nil
            }
        if let armed {
            explain(armed.rule, armed.status, armed.conversationID, armed.behavior)
            waitsFor = armed.waiting
        } else if case .guarded = step, let match {
            explain(match.rule, match.status, match.conversationID, match.behavior)
        } else if let episode = after.episode ?? before {
            explain(episode)
        } else if let match {
            explain(match.rule, match.status, match.conversationID, match.behavior)
        }
    }

    private mutating func explain(
        _ rule: String,
        _ status: String,
        _ conversationID: String?,
        _ behavior: RuleBehavior
    ) {
        self.rule = rule
        self.status = status
        conversationId = conversationID
        self.behavior = behavior == RuleBehavior() ? nil : behavior
        waitsFor = nil
        mode = nil
    }
}
