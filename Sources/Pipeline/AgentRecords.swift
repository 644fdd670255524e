// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState

/// All agents' records, and the ways to find them.
struct AgentRecords {
    private var records: [String: AgentRecord] = [:]
    private var sortedIDs: [String]?
    /// When each has to be looked at although nothing is heard of them.
    var timers = AgentTimers()
    /// Conversation → agents with a part in it: detail events name no agent.
    private var agentsByConversation: [String: Set<String>] = [:]

    var ids: Dictionary<String, AgentRecord>.Keys { records.keys }

    subscript(id: String) -> AgentRecord? { records[id] }

    /// Takes the record in place of the agent's earlier one; `false` when nothing differs.
    mutating func put(_ record: AgentRecord) -> Bool {
        let id = record.facts.id
        let old = records[id]
        guard old != record else { return false }
        if old == nil { sortedIDs = nil }
        records[id] = record
        timers.set(id, record.alarmAt)
        // Conversations come and go with few of the events.
        let before = old?.facts.conversations ?? []
        let after = record.facts.conversations
        if !before.lazy.map(\.id).elementsEqual(after.lazy.map(\.id)) {
            for conversation in before { forget(id, in: conversation.id) }
            for conversation in after { agentsByConversation[conversation.id, default: []].insert(id) }
        }
        return true
    }

    /// Agents with a part in the conversation, in the order of their ids.
    func agents(in conversationID: String) -> [String] {
        agentsByConversation[conversationID].map { $0.sorted() } ?? []
    }

    /// Sorted by id, after an id.
    mutating func page(after: String?, limit: Int) -> [AgentRecord] {
        let ids = sortedIDs ?? records.keys.sorted()
        sortedIDs = ids
        // Binary search: the ids are sorted.
        var low = 0, high = ids.count
        while let after, low < high {
            let middle = (low + high) / 2
            if ids[middle] <= after { low = middle + 1 } else { high = middle }
        }
        return ids[low...].prefix(limit).compactMap { records[$0] }
    }

    private mutating func forget(_ agentID: String, in conversationID: String) {
        agentsByConversation[conversationID]?.remove(agentID)
        if agentsByConversation[conversationID]?.isEmpty == true { agentsByConversation[conversationID] = nil }
    }
}
