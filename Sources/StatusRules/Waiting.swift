// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// What a status has to wait for before it is written (`then.apply`, `guards.onQueue`).
public struct Waiting: Sendable, Equatable, Codable {
    /// What has to be over.
    public enum Kind: String, Sendable, Codable {
        /// The agent's conversations that are going on.
        case interaction
        /// Those and the after-call work that follows.
        case afterCallWork
    }

    /// What has to be over.
    public var kind: Kind
    /// The conversations that are not.
    public var conversationIDs: [String]

    private enum CodingKeys: String, CodingKey {
        case kind
        case conversationIDs = "conversationIds"
    }

    /// What the match has to wait for now; `nil` = nothing.
    init?(_ match: RuleMatch, _ facts: AgentFacts) {
        let behavior = match.behavior
        switch behavior.apply {
        case .now:
            guard behavior.guards.onQueue, facts.presence?.system == .onQueue else { return nil }
            kind = .interaction
        case .afterInteraction: kind = .interaction
        case .afterCallWork: kind = .afterCallWork
        }
        let isWorkWaitedFor = kind == .afterCallWork
        conversationIDs = []
        for conversation in facts.conversations
        where conversation.isInteraction || (isWorkWaitedFor && conversation.isLive && conversation.isEnded) {
            if !conversationIDs.contains(conversation.id) { conversationIDs.append(conversation.id) }
        }
        if conversationIDs.isEmpty { return nil }
    }

    /// For people: `once the interaction is over`.
    var text: String {
        switch kind {
        case .interaction: "once the interaction is over"
        case .afterCallWork: "once after-call work is done"
        }
    }
}
