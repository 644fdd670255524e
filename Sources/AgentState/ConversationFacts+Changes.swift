// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension ConversationFacts {
    /// What differs, in the vocabulary of rules. An appearance is one change, apart from the attributes it brings.
    func changes(since old: ConversationFacts?) -> [FactChange] {
        // Field by field from where they are: all of them would be copied for a method of theirs.
        let mine = storage
        let id = mine.fields.id
        var changes: [FactChange] = []
        func compare(_ name: String, _ before: String?, _ after: String?) {
            guard before != after else { return }
            changes.append(FactChange(path: "conversation.\(name)", old: before, new: after, conversationID: id))
        }
        if let old {
            let known = old.storage
            if known.fields.isEnded != mine.fields.isEnded || !isSameCommunication(as: old) {
                let (before, after) = (known.fields.state, mine.fields.state)
                changes.append(FactChange(path: "conversation", old: before, new: after, conversationID: id))
            }
            compare("state", known.fields.state, mine.fields.state)
            compare("held", known.fields.held.description, mine.fields.held.description)
            compare("muted", known.fields.muted.description, mine.fields.muted.description)
            compare("confined", known.fields.confined.description, mine.fields.confined.description)
            compare("role", known.fields.role.rawValue, mine.fields.role.rawValue)
            // Who stays when the agent has gone is no news about the agent.
            if !mine.fields.isEnded {
                compare("participants", String(known.fields.participants), String(mine.fields.participants))
            }
            if let type = mine.fields.disconnectType { compare("disconnectType", known.fields.disconnectType, type) }
            compare("afterCallWork", known.fields.afterCallWork, mine.fields.afterCallWork)
            compare("queueId", known.fields.queueID, mine.fields.queueID)
            compare("wrapupCode", known.fields.wrapupCode, mine.fields.wrapupCode)
            compare("campaignId", known.fields.campaignID, mine.fields.campaignID)
            compare("externalTag", known.fields.externalTag, mine.fields.externalTag)
            compare("utilizationLabel", known.fields.utilizationLabelID, mine.fields.utilizationLabelID)
        } else {
            changes.append(FactChange(path: "conversation", old: nil, new: mine.fields.state, conversationID: id))
        }
        compare("attributes.", old?.storage.fields.attributes, mine.fields.attributes)
        compare("customer.attributes.", old?.storage.fields.customerAttributes, mine.fields.customerAttributes)
        return changes

        /// Those that differ, by name. There are many attributes, and few of them change.
        func compare(_ prefix: String, _ old: Attributes?, _ new: Attributes) {
            (old ?? [:]).differences(to: new) { name, old, new in compare(prefix + name, old, new) }
        }
    }
}
