// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import DequeModule
public import GenesysEvents

/// How many calls may still be made: never more than the limit within any 60 seconds (facts 2.1), and none before the
/// end of a pause that a 429 has asked for. Pure: times come in as arguments.
public struct RequestBudget: Sendable {
    /// Calls in any 60 s.
    public let requestsPerMinute: Int
    private var calls: Deque<Timestamp> = []
    private var pausedUntil: Timestamp?

    /// A budget of which nothing is used; at least one call a minute.
    public init(requestsPerMinute: Int) { self.requestsPerMinute = max(1, requestsPerMinute) }

    /// Takes one call if it may be made now; else says when to ask again.
    public mutating func take(at now: Timestamp) -> Verdict {
        if let pausedUntil, now < pausedUntil { return .wait(until: pausedUntil) }
        let windowStart = Timestamp(milliseconds: now.milliseconds - 60_000)
        while let first = calls.first, first <= windowStart { calls.removeFirst() }
        guard calls.count < requestsPerMinute else {
            return .wait(until: Timestamp(milliseconds: (calls.first ?? now).milliseconds + 60_000))
        }
        calls.append(now)
        return .taken
    }

    /// The call taken last was not made after all.
    public mutating func giveBack() { _ = calls.popLast() }

    /// Genesys said 429: nothing more before then. A later pause wins.
    public mutating func pause(until: Timestamp) {
        pausedUntil = max(pausedUntil ?? until, until)
    }

    /// Calls left in the window that ends now.
    public func remaining(at now: Timestamp) -> Int {
        if let pausedUntil, now < pausedUntil { return 0 }
        return requestsPerMinute - calls.count { $0.milliseconds > now.milliseconds - 60_000 }
    }

    /// The answer of `take`.
    public enum Verdict: Sendable, Equatable {
        case taken
        case wait(until: Timestamp)
    }
}
