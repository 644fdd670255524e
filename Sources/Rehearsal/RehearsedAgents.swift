// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import Pipeline

/// An agent, and when it is to be looked at again.
final class RehearsedAgent {
    @exclusivity(unchecked) var record: AgentRecord
    /// The newest time in the queue.
    @exclusivity(unchecked) var wakeAt: Timestamp?
    /// When the read of the presence is answered; `nil` = none is under way.
    @exclusivity(unchecked) var answerAt: Timestamp?
    /// Looks in a row that the timer of one moment has led to.
    @exclusivity(unchecked) var looksInPlace = 0

    /// What the newest step that was told has said; `nil` = none was.
    @exclusivity(unchecked) var told: Told?

    struct Told {
        let hasName: Bool
        let status: String?
        let rule: String?

        init(_ step: RehearsalStep) {
            hasName = step.name != nil
            status = step.status
            rule = step.rule
        }
    }

    /// Name and wanted status are as they were told.
    var isTold: Bool {
        guard let told else { return false }
        // Handed in for writing, since what is read of a class is copied first.
        func isSame(_ record: inout AgentRecord) -> Bool {
            (told.hasName || record.facts.name == nil) && record.wants(told.status, by: told.rule)
        }
        return isSame(&record)
    }

    init(id: String) { record = AgentRecord(id: id) }
}

/// All agents, in the order in which they were first heard of.
struct RehearsedAgents {
    /// By their places.
    var all: [RehearsedAgent] = []
    private var places: [String: Int] = [:]
    /// Conversation → places of agents that have, or had, a part in it: attribute events name no agent.
    private var parts: [String: [Int]] = [:]
    private var partCount = 0

    /// The agent's place; a new one for an agent that is not known.
    mutating func place(of id: String) -> Int {
        if let place = places[id] { return place }
        let place = all.count
        places[id] = place
        all.append(RehearsedAgent(id: id))
        return place
    }

    /// Those that others know, at the same places.
    mutating func add(from others: RehearsedAgents) {
        for agent in others.all.dropFirst(all.count) { _ = place(of: agent.record.facts.id) }
    }

    func knownPlace(of id: String) -> Int? { places[id] }

    /// The agents that an event is about, in the order of their ids.
    mutating func places(for event: GenesysEvent, including includes: ((String) -> Bool)? = nil) -> [Int] {
        let named = includes.map { event.userIDs.filter($0) } ?? event.userIDs
        if named.isEmpty, !event.userIDs.isEmpty { return [] }
        guard named.isEmpty, let conversation = event.namelessConversationID else { return named.map { place(of: $0) } }
        return (parts[conversation] ?? [])
            .filter { all[$0].record.facts.conversations.contains { $0.id == conversation } }
            .sorted { all[$0].record.facts.id < all[$1].record.facts.id }
    }

    /// Remembers which agent a conversation has been told of.
    mutating func note(_ conversationID: String, at place: Int) {
        guard parts[conversationID]?.contains(place) != true else { return }
        parts[conversationID, default: []].append(place)
        partCount += 1
        if partCount > 4096 + 16 * all.count { forgetEnded() }
    }

    /// Conversations that no agent has any more.
    private mutating func forgetEnded() {
        parts = [:]
        partCount = 0
        for place in all.indices {
            for conversation in all[place].record.facts.conversations
            where parts[conversation.id]?.contains(place) != true {
                parts[conversation.id, default: []].append(place)
                partCount += 1
            }
        }
    }
}
