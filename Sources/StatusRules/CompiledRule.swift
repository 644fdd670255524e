// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents

/// One rule, ready to be evaluated. A class, for evaluating many hands each around without copying it.
final class CompiledRule: Sendable {
    enum StatusSource: Sendable {
        case name(String)
        case template(RuleTemplate)
    }

    /// Where it stands in the file, for findings about several rules at once.
    struct Sites: Sendable {
        let name: SourceLocation
        let status: SourceLocation
        /// `nil` = `apply` is not written.
        let apply: SourceLocation?
        /// `guards.onQueue` is written, so that its author has thought of it.
        let saysOnQueue: Bool
    }

    struct Match {
        /// `nil` = the rule wants no status.
        var status: String?
        /// The place of the conversation that matched, when the rule asks for one.
        var conversation: Int?
    }

    let name: String
    let when: ConditionGroup
    /// `nil` = the rule only tags, explains, …
    let status: StatusSource?
    let behavior: RuleBehavior
    /// `nil` = the rule wants a status and nothing else.
    let errands: RuleErrands?
    /// No later rule is looked at while this one matches.
    let stops: Bool
    /// The rule is only watched: it decides nothing and hides nothing.
    let observes: Bool
    let sites: Sites

    init(
        name: String,
        when: ConditionGroup,
        status: StatusSource?,
        behavior: RuleBehavior,
        errands: RuleErrands?,
        stops: Bool,
        observes: Bool,
        sites: Sites
    ) {
        self.name = name
        self.when = when
        self.status = status
        self.behavior = behavior
        self.errands = errands
        self.stops = stops
        self.observes = observes
        self.sites = sites
    }

    /// The status the rule wants and the conversation it comes from; `nil` = no match.
    ///
    /// Of several conversations that match, the one connected last decides (then the smallest id), so that the order in
    /// which events arrived does not.
    func match(_ facts: AgentFacts, _ statuses: StatusNames, _ scope: inout RuleScope) -> Match? {
        for condition in when.conditions {
            if case .conversation(let conversation) = condition {
                guard conversation.isMet(&scope) else { return nil }
            } else {
                guard condition.holds(facts, &scope) else { return nil }
            }
        }
        guard let condition = when.conversation else {
            if let hold = when.hold { guard scope.isMet(hold, nil) else { return nil } }
            return wantedStatus(facts, nil, statuses).map { Match(status: $0, conversation: nil) }
        }
        var chosen: Match?
        for conversation in scope.conversations where isMet(condition, by: conversation, &scope) {
            guard let status = wantedStatus(facts, conversation.facts, statuses) else { continue }
            if let other = chosen?.conversation,
                !conversation.facts.fields.takesPrecedence(over: facts.conversations[other])
            {
                continue
            }
            chosen = Match(status: status, conversation: conversation.index)
        }
        return chosen
    }

    /// The conversation passes, for as long as the rule asks for.
    private func isMet(
        _ condition: ConversationCondition,
        by conversation: ConversationView,
        _ scope: inout RuleScope
    ) -> Bool {
        guard condition.isMet(by: conversation, &scope) else { return false }
        guard let hold = when.hold else { return true }
        return scope.isMet(hold, conversation.id)
    }

    /// What the rule wants done besides, given that it matches.
    func errands(
        _ facts: AgentFacts,
        _ match: Match,
        _ statuses: StatusNames,
        _ scope: inout RuleScope
    ) -> [RuleErrand] {
        guard let errands else { return [] }
        var source = RuleTemplate.Source(
            facts: facts,
            conversation: match.conversation.map { facts.conversations[$0] },
            rule: name,
            status: match.status
        )
        let perAgent = errands.perAgent(source)
        guard !errands.tag.isEmpty, let condition = when.conversation else { return perAgent }
        var chosen: [String: (status: String?, conversation: ConversationFacts)] = [:]
        for view in scope.conversations where isMet(condition, by: view, &scope) {
            let conversation = view.facts
            guard let status = wantedStatus(facts, conversation, statuses) else { continue }
            // One conversation may be there in several media.
            if let other = chosen[conversation.id], !conversation.fields.takesPrecedence(over: other.conversation) {
                continue
            }
            chosen[conversation.id] = (status, conversation)
        }
        var perConversation: [RuleErrand] = []
        for (_, (status, conversation)) in chosen.sorted(by: { $0.key < $1.key }) {
            source.status = status
            source.conversation = conversation
            if let errand = errands.perConversation(source) { perConversation.append(errand) }
        }
        return perConversation + perAgent
    }

    /// Outer `nil` = the status cannot be had, so the rule does not match; inner `nil` = none is wanted.
    private func wantedStatus(
        _ facts: AgentFacts,
        _ conversation: ConversationFacts?,
        _ statuses: StatusNames
    ) -> String?? {
        switch status {
        case nil:
            return .some(nil)
        case .name(let name):
            return statuses.known[name] == nil ? nil : .some(name)
        case .template(let template):
            let source = RuleTemplate.Source(facts: facts, conversation: conversation, rule: name)
            guard case .success(let name) = template.resolve(source), statuses.known[name] != nil,
                !statuses.onQueue.contains(name)
            else { return nil }
            return .some(name)
        }
    }
}

/// The configured statuses as rules see them.
struct StatusNames {
    let known: [String: StatusDefinition]
    /// Those that put the agent On Queue: only a rule that names one may want it.
    let onQueue: Set<String>
}

extension ConversationFacts.Fields {
    /// A total order that does not depend on the order in the array.
    func takesPrecedence(over other: ConversationFacts) -> Bool {
        let (mine, theirs) = (connectedAt?.milliseconds ?? .min, other.connectedAt?.milliseconds ?? .min)
        if mine != theirs { return mine > theirs }
        return (id, media.rawValue, communicationID) < (other.id, other.media.rawValue, other.communicationID)
    }
}
