// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Texts that many agents have: ids of presence definitions, queues, units and teams, kept once for all of them.
public struct SharedTexts: Sendable {
    private var texts: Set<String> = []
    /// More than an organisation has of such ids; beyond it something else is shared by mistake.
    private static let most = 1 << 16

    /// Nothing is shared yet.
    public init() {}

    /// An equal text, in the memory that it has already.
    mutating func shared(_ text: String) -> String {
        // Up to 15 bytes have no memory of their own.
        guard text.utf8.count > 15 else { return text }
        if let place = texts.firstIndex(of: text) { return texts[place] }
        if texts.count >= Self.most { texts = [] }
        texts.insert(text)
        return text
    }
}

extension AgentFacts {
    /// Takes the place of earlier facts of the agent: what is the same is kept in the memory that it has, and what is new
    /// and many agents have comes from the texts shared with them.
    public mutating func share(_ texts: inout SharedTexts, replacing old: AgentFacts?) {
        if let old, presence == old.presence {
            presence = old.presence
        } else {
            presence?.share(&texts)
        }
        if let old, adherence == old.adherence {
            adherence = old.adherence
        } else {
            adherence?.share(&texts)
        }
        if let old, activeQueueIDs == old.activeQueueIDs {
            activeQueueIDs = old.activeQueueIDs
        } else {
            activeQueueIDs = activeQueueIDs?.map { texts.shared($0) }
        }
    }
}

extension PresenceFacts {
    fileprivate mutating func share(_ texts: inout SharedTexts) {
        definitionID = definitionID.map { texts.shared($0) }
    }
}

extension AdherenceFacts {
    fileprivate mutating func share(_ texts: inout SharedTexts) {
        scheduledCodeID = scheduledCodeID.map { texts.shared($0) }
        managementUnitID = managementUnitID.map { texts.shared($0) }
        businessUnitID = businessUnitID.map { texts.shared($0) }
        teamID = teamID.map { texts.shared($0) }
    }
}
