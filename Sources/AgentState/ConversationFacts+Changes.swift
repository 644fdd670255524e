// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension ConversationFacts.Fields {
    /// What differs, in the vocabulary of rules. An appearance is one change, apart from the attributes it brings.
    func changes(since old: ConversationFacts?) -> [FactChange] {
        var changes: [FactChange] = []
        func compare(_ path: String, _ before: String?, _ after: String?) {
            guard before != after else { return }
            changes.append(FactChange(path: path, old: before, new: after, conversationID: id))
        }
        if let old {
            if old.isEnded != isEnded || !isSameCommunication(as: old) {
                changes.append(FactChange(path: "conversation", old: old.state, new: state, conversationID: id))
            }
            compare("conversation.state", old.state, state)
            compare("conversation.held", old.held.description, held.description)
            compare("conversation.muted", old.muted.description, muted.description)
            compare("conversation.confined", old.confined.description, confined.description)
            compare("conversation.role", old.role.rawValue, role.rawValue)
            // Who stays when the agent has gone is no news about the agent.
            if !isEnded { compare("conversation.participants", String(old.participants), String(participants)) }
            if disconnectType != nil { compare("conversation.disconnectType", old.disconnectType, disconnectType) }
            compare("conversation.afterCallWork", old.afterCallWork, afterCallWork)
            compare("conversation.queueId", old.queueID, queueID)
            compare("conversation.wrapupCode", old.wrapupCode, wrapupCode)
            compare("conversation.campaignId", old.campaignID, campaignID)
            compare("conversation.externalTag", old.externalTag, externalTag)
            compare("conversation.utilizationLabel", old.utilizationLabelID, utilizationLabelID)
        } else {
            changes.append(FactChange(path: "conversation", old: nil, new: state, conversationID: id))
        }
        changes += attributeChanges("conversation.attributes.", old?.attributes ?? [:], attributes)
        changes += attributeChanges(
            "conversation.customer.attributes.",
            old?.customerAttributes ?? [:],
            customerAttributes
        )
        return changes
    }

    /// Those that differ, by name. There are many attributes, and few of them change.
    private func attributeChanges(_ prefix: String, _ old: Attributes, _ new: Attributes) -> [FactChange] {
        var changes: [FactChange] = []
        old.differences(to: new) { name, old, new in
            changes.append(FactChange(path: prefix + name, old: old, new: new, conversationID: id))
        }
        return changes
    }
}
