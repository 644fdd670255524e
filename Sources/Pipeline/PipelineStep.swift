// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysEvents
import Journal

/// What one transaction holds, and what others are told after it.
struct PipelineStep {
    enum Effect {
        case command(DecisionEngine.Command, agentID: String)
        case observed(PresenceFacts, agentID: String)
        /// `checkFirst`: they may be done already.
        case errands([Errand], agentID: String, checkFirst: Bool)
        case checkAdherence(AdherenceCheck, agentID: String)
        case adherenceObserved(AdherenceObservation, agentID: String)
        case readConversation(String, agentID: String)
    }

    var commit = JournalCommit()
    /// Agents whose records differ from the stored ones.
    var dirty: Set<String> = []
    var effects: [Effect] = []

    /// What others are told, in order: of an agent's wishes only the newest. Delivery might begin the call for one that
    /// the same transaction replaces or takes back, as when the agent has gone Offline meanwhile.
    var news: [Effect] {
        var newest: [String: Int] = [:]
        for (index, effect) in effects.enumerated() {
            if let id = effect.wisher { newest[id] = index }
        }
        return effects.enumerated().lazy
            .filter { index, effect in effect.wisher.map { newest[$0] == index } ?? true }
            .map(\.element)
    }

    /// Nobody outside hears of it, and a restart finds it out again by a read: how far a call has got.
    var canWait: Bool { effects.isEmpty && commit.deadLetters.isEmpty && commit.position == nil }

    /// Takes what the engine has made of an agent.
    mutating func keep(
        _ record: AgentRecord,
        _ outcome: DecisionEngine.Outcome,
        in records: inout AgentRecords,
        checkFirst: Bool = false
    ) {
        let id = record.facts.id
        if records.put(record) { dirty.insert(id) }
        commit.history += outcome.history
        commit.history += outcome.errandHistory
        commit.deadLetters += outcome.deadLetters
        if let command = outcome.command { effects.append(.command(command, agentID: id)) }
        if !outcome.errands.isEmpty {
            effects.append(.errands(outcome.errands, agentID: id, checkFirst: checkFirst))
        }
        for conversation in outcome.conversationReads { effects.append(.readConversation(conversation, agentID: id)) }
        if let check = outcome.adherenceCheck { effects.append(.checkAdherence(check, agentID: id)) }
    }
}

extension PipelineStep.Effect {
    /// Whose newest wish it replaces or takes back.
    fileprivate var wisher: String? {
        switch self {
        case .command(.want, let id), .command(.withdraw, let id): id
        default: nil
        }
    }
}
