// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

extension AgentFacts {
    /// No alert lasts that long; one whose end was never heard of would stay for ever.
    private static let longestAlert = Duration.seconds(86_400)

    /// Drops ended conversations, and what is remembered of ends and summaries, that the relay last heard of before this
    /// time.
    public mutating func forgetEnded(before time: Timestamp) {
        guard let oldest = oldestEnded, oldest < time else { return }
        conversations.removeAll { facts in Self.lastUse(of: facts).map { $0 < time } ?? false }
        let known = conversations
        news.removeAll { news in news.arrival < time && !known.contains { $0.id == news.conversationID } }
        quiet.removeAll { $0.order.arrival < time }
    }

    /// When the relay last heard of what `forgetEnded` drops first; `nil` = there is nothing that it will ever drop.
    public var oldestEnded: Timestamp? {
        guard !conversations.isEmpty || !news.isEmpty || !quiet.isEmpty else { return nil }
        var oldest: Timestamp?
        func take(_ time: Timestamp) { oldest = min(oldest ?? time, time) }
        for facts in conversations { Self.lastUse(of: facts).map(take) }
        // Those of conversations that are still known go with them.
        for news in news where !conversations.contains(where: { $0.id == news.conversationID }) { take(news.arrival) }
        for quiet in quiet { take(quiet.order.arrival) }
        return oldest
    }

    /// When a conversation was last heard of, so far as it is over; `nil` = it is not.
    private static func lastUse(of facts: ConversationFacts) -> Timestamp? {
        let heard = facts.order.map { max($0.arrival, facts.toldAt ?? $0.arrival) } ?? facts.endedAt
        if facts.isAlerting { return heard?.advanced(by: longestAlert) }
        return facts.isLive ? nil : heard ?? Timestamp(milliseconds: 0)
    }
}
