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

    /// After a call that asks for a wrap-up, so long is news of the after-call work waited for: the event of the session's end may
    /// come just before the snapshot that tells of it.
    private static let workGrace = Duration.seconds(10)

    /// What the match has to wait for now; `nil` = nothing.
    ///
    /// - Parameter changesAt: is told when that is over by the clock, for something of it.
    init?(_ match: RuleMatch, _ facts: AgentFacts, now: Timestamp, changesAt: (Timestamp) -> Void = { _ in }) {
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
        for conversation in facts.conversations {
            var isWaitedFor = conversation.isInteraction
            if isWorkWaitedFor, conversation.isEnded {
                let end = conversation.workIsUnknownFrom?.advanced(by: Self.workGrace)
                if let end, now < end { changesAt(end) }
                isWaitedFor = conversation.isLive || end.map { now < $0 } ?? false
            }
            guard isWaitedFor else { continue }
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

extension ConversationFacts {
    /// When it ended, of one that asks for a wrap-up while nothing is known of its after-call work; else `nil`.
    fileprivate var workIsUnknownFrom: Timestamp? {
        self.isAnswered && self.wrapupRequired == true && self.afterCallWork == nil ? self.endedAt : nil
    }
}
