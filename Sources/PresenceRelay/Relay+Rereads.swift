// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents
import Journal
import Pipeline
import Resync
import Synchronization

/// What the pipeline knows of agents, for a part that the pipeline itself calls.
final class KnownAgents: Sendable {
    private let pipeline = Mutex<Pipeline?>(nil)

    func open(_ pipeline: Pipeline) { self.pipeline.withLock { $0 = pipeline } }

    func conversations(_ conversationID: String, of agentID: String) async -> [ConversationFacts] {
        let record = await pipeline.withLock { $0 }?.record(of: agentID)
        return record?.facts.conversations.filter { $0.id == conversationID } ?? []
    }
}

extension ConversationRereads.Effects {
    /// Reads with the clients of a relay into its journal.
    init(apis: [GenesysAPI], status: RelayStatus, journal: Journal, known: KnownAgents) {
        self.init(
            read: { client, id throws(GenesysAPIError) in
                try await status.noting { () throws(GenesysAPIError) in
                    try await apis[client].conversationBody(id: id)
                }
            },
            known: { conversation, agent in await known.conversations(conversation, of: agent) },
            append: { entries throws(JournalError) in _ = try await journal.append(entries) },
            now: { .now }
        )
    }
}
