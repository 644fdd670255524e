// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// One rule, ready to be evaluated.
struct CompiledRule: Sendable {
    enum StatusSource: Sendable {
        case name(String)
        case template(RuleTemplate)
    }

    struct Match {
        /// `nil` = the rule wants no status.
        var status: String?
        /// The live conversation that matched, when the rule asks for one.
        var conversation: ConversationFacts?
    }

    let name: String
    /// In the order of the file; at most one is `.conversation`.
    let conditions: [RuleCondition]
    /// `nil` = the rule only tags, explains, …
    let status: StatusSource?
    let behavior: RuleBehavior
    /// `nil` = the rule wants a status and nothing else.
    let errands: RuleErrands?

    /// The status the rule wants and the conversation it comes from; `nil` = no match.
    ///
    /// Of several conversations that match, the one connected last decides (then the smallest id), so that the order in
    /// which events arrived does not.
    func match(_ facts: AgentFacts, _ statuses: StatusNames) -> Match? {
        var chosen: (status: String?, conversation: ConversationFacts)?
        var isAboutConversation = false
        for condition in conditions {
            guard case .conversation(let condition) = condition else {
                guard condition.holds(for: facts) else { return nil }
                continue
            }
            isAboutConversation = true
            for conversation in facts.conversations
            where condition.considers(conversation) && condition.holds(for: conversation) {
                guard let status = wantedStatus(facts, conversation, statuses) else { continue }
                if let chosen, !conversation.takesPrecedence(over: chosen.conversation) { continue }
                chosen = (status, conversation)
            }
            guard chosen != nil else { return nil }
        }
        if isAboutConversation {
            return chosen.map { Match(status: $0.status, conversation: $0.conversation) }
        }
        return wantedStatus(facts, nil, statuses).map { Match(status: $0, conversation: nil) }
    }

    /// What the rule wants done besides, given that it matches.
    func errands(_ facts: AgentFacts, _ match: Match, _ statuses: StatusNames) -> [RuleErrand] {
        guard let errands else { return [] }
        var source = RuleTemplate.Source(
            facts: facts,
            conversation: match.conversation,
            rule: name,
            status: match.status
        )
        let perAgent = errands.perAgent(source)
        guard !errands.tag.isEmpty else { return perAgent }
        var perConversation: [RuleErrand] = []
        for condition in conditions {
            guard case .conversation(let condition) = condition else { continue }
            var chosen: [String: (status: String?, conversation: ConversationFacts)] = [:]
            for conversation in facts.conversations
            where condition.considers(conversation) && condition.holds(for: conversation) {
                guard let status = wantedStatus(facts, conversation, statuses) else { continue }
                // One conversation may be there in several media.
                if let other = chosen[conversation.id], !conversation.takesPrecedence(over: other.conversation) {
                    continue
                }
                chosen[conversation.id] = (status, conversation)
            }
            for (_, (status, conversation)) in chosen.sorted(by: { $0.key < $1.key }) {
                source.status = status
                source.conversation = conversation
                if let errand = errands.perConversation(source) { perConversation.append(errand) }
            }
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

extension ConversationFacts {
    /// A total order that does not depend on the order in the array.
    func takesPrecedence(over other: ConversationFacts) -> Bool {
        let (mine, theirs) = (connectedAt?.milliseconds ?? .min, other.connectedAt?.milliseconds ?? .min)
        if mine != theirs { return mine > theirs }
        return (id, media.rawValue, communicationID) < (other.id, other.media.rawValue, other.communicationID)
    }
}
