// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

extension AgentFacts {
    /// When the relay last heard of what `forgetEnded` drops first; `nil` = there is nothing that it will ever drop.
    public var oldestEnded: Timestamp? {
        guard !conversations.isEmpty || !endings.isEmpty else { return nil }
        var oldest: Timestamp?
        func take(_ time: Timestamp) { oldest = min(oldest ?? time, time) }
        for facts in conversations where !facts.isLive {
            take(facts.order?.arrival ?? facts.endedAt ?? Timestamp(milliseconds: 0))
        }
        // Those of conversations that are still known go with them.
        for ending in endings where !conversations.contains(where: { $0.id == ending.conversationID }) {
            take(ending.arrival)
        }
        return oldest
    }
}
