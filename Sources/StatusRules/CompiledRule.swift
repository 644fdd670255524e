// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// One rule, ready to be evaluated.
struct CompiledRule: Sendable {
    enum StatusSource: Sendable {
        case name(String)
        case template(StatusTemplate)
    }

    let name: String
    /// In the order of the file; at most one is `.conversation`.
    let conditions: [RuleCondition]
    let status: StatusSource
    let release: Release

    /// The status the rule wants and the conversation it comes from; `nil` = no match.
    ///
    /// Of several conversations that match, the one connected last decides (then the smallest id), so that the order in
    /// which events arrived does not.
    func match(
        _ facts: AgentFacts,
        statuses: [String: StatusDefinition]
    ) -> (status: String, conversationID: String?)? {
        var chosen: (status: String, conversation: ConversationFacts)?
        var isAboutConversation = false
        for condition in conditions {
            guard case .conversation(let condition) = condition else {
                guard condition.holds(for: facts) else { return nil }
                continue
            }
            isAboutConversation = true
            for conversation in facts.conversations
            where condition.considers(conversation) && condition.holds(for: conversation) {
                guard let status = statusName(facts, conversation), statuses[status] != nil else { continue }
                if let chosen, !conversation.takesPrecedence(over: chosen.conversation) { continue }
                chosen = (status, conversation)
            }
            guard chosen != nil else { return nil }
        }
        if isAboutConversation {
            return chosen.map { ($0.status, $0.conversation.id) }
        }
        guard let status = statusName(facts, nil), statuses[status] != nil else { return nil }
        return (status, nil)
    }

    private func statusName(_ facts: AgentFacts, _ conversation: ConversationFacts?) -> String? {
        switch status {
        case .name(let name): name
        case .template(let template): try? template.resolve(facts, conversation).get()
        }
    }
}

extension ConversationFacts {
    /// A total order that does not depend on the order in the array.
    func takesPrecedence(over other: ConversationFacts) -> Bool {
        let (mine, theirs) = (connectedAt?.milliseconds ?? .min, other.connectedAt?.milliseconds ?? .min)
        if mine != theirs { return mine > theirs }
        return (id, media.rawValue, communicationID) < (other.id, other.media.rawValue, other.communicationID)
    }
}
