// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState

/// All agents' records, and the ways to find them.
struct AgentRecords {
    /// In a box each: the places of a dictionary are two or three times as many as its entries.
    private indirect enum Boxed { case record(AgentRecord) }

    private var records: [String: Boxed] = [:]
    private var texts = SharedTexts()
    private var sortedIDs: [String]?
    /// When each has to be looked at although nothing is heard of them.
    var timers = AgentTimers()
    /// Conversation → agents with a part in it: detail events name no agent.
    private var agentsByConversation: [String: Set<String>] = [:]

    var ids: some Collection<String> { records.keys }

    subscript(id: String) -> AgentRecord? {
        guard case .record(let record)? = records[id] else { return nil }
        return record
    }

    /// Takes the record in place of the agent's earlier one; `false` when nothing differs.
    mutating func put(_ record: AgentRecord) -> Bool {
        let id = record.facts.id
        let old = self[id]
        guard old != record else { return false }
        if old == nil { sortedIDs = nil }
        var record = record
        record.facts.share(&texts, replacing: old?.facts)
        records[id] = .record(record)
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
        return ids[low...].prefix(limit).compactMap { self[$0] }
    }

    private mutating func forget(_ agentID: String, in conversationID: String) {
        agentsByConversation[conversationID]?.remove(agentID)
        if agentsByConversation[conversationID]?.isEmpty == true { agentsByConversation[conversationID] = nil }
    }
}
