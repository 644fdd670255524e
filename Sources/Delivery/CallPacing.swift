// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// When a call may go that carries less than it could. Pure.
///
/// A single change goes at once. Were it always so, ten thousand changes within a few seconds would use up the minute's
/// calls for the first few hundred; so calls that are not full have a small allowance of their own, and beyond it the
/// changes gather. A full call always may go: it could not carry more.
struct CallPacing: Sendable {
    private let capacity: Double
    private let perSecond: Double
    private var tokens: Double
    private var filledAt: Timestamp?

    /// A twentieth of the minute's calls at once (15 of 300), and a third of them over the minute.
    init(requestsPerMinute: Int) {
        capacity = max(4, Double(requestsPerMinute) / 20)
        perSecond = max(0.02, Double(requestsPerMinute) / 180)
        tokens = capacity
    }

    /// Takes leave for one call that is not full; else says when to ask again.
    mutating func take(at now: Timestamp) -> Timestamp? {
        let passed = filledAt.map { max(0, Double(now.milliseconds - $0.milliseconds) / 1000) } ?? 0
        tokens = min(capacity, tokens + passed * perSecond)
        filledAt = now
        if tokens >= 1 {
            tokens -= 1
            return nil
        }
        return now.advanced(by: .milliseconds(Int64(((1 - tokens) / perSecond * 1000).rounded(.up)) + 1))
    }
}
