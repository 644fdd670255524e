// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What an evaluation needs beside the facts: the time, and since when conditions with `for:` have held.
public struct EvaluationContext: Sendable {
    /// The time of the evaluation.
    public var now: Timestamp
    /// Since when what is new has been true: the time of the event that led here; never after `now`.
    public var changedAt: Timestamp
    /// As the last evaluation of the same agent left them.
    public var holds: HoldTimes
    /// A conversation without news for so long is not trusted until it is read again; `nil` = all are trusted.
    public var conversationTimeout: Duration?

    /// A context in which what is new has become true now.
    public init(
        now: Timestamp,
        changedAt: Timestamp? = nil,
        holds: HoldTimes = HoldTimes(),
        conversationTimeout: Duration? = nil
    ) {
        self.now = now
        self.changedAt = changedAt.map { min($0, now) } ?? now
        self.holds = holds
        self.conversationTimeout = conversationTimeout
    }
}

/// Since when the conditions with a `for:` hold for one agent; stored with the agent, so that a restart forgets nothing.
public struct HoldTimes: Sendable, Equatable, Codable {
    struct Hold: Sendable, Equatable, Codable {
        /// Of the rule's name and the condition: the same after a restart, and after other rules have changed.
        var slot: UInt64
        /// For which conversation; `nil` = the condition is about the agent.
        var conversation: String?
        var since: Timestamp

        private enum CodingKeys: String, CodingKey {
            case slot = "s"
            case conversation = "c"
            case since = "t"
        }
    }

    var holds: [Hold] = []

    /// Nothing holds.
    public init() {}

    /// There is nothing to store.
    public var isEmpty: Bool { holds.isEmpty }

    func since(_ slot: UInt64, _ conversation: String?) -> Timestamp? {
        holds.first { $0.slot == slot && $0.conversation == conversation }?.since
    }
}
