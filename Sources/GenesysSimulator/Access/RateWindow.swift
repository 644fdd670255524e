// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// Calls counted in fixed windows of one minute, the first of which begins with the first call (facts 2.1).
struct RateWindow: Sendable {
    static let length: Duration = .seconds(60)

    enum Verdict: Sendable, Equatable {
        /// Calls so far in this window, and whole seconds until the next one.
        case allowed(count: Int, reset: Int)
        case refused(retryAfter: Int)
    }

    private var startedAt: Timestamp?
    private var count = 0

    mutating func take(limit: Int, now: Timestamp) -> Verdict {
        let start: Timestamp
        if let running = startedAt, now < running.advanced(by: Self.length) {
            start = running
        } else {
            start = now
            startedAt = now
            count = 0
        }
        let left = start.milliseconds + 60_000 - now.milliseconds
        let seconds = max(1, Int((left + 999) / 1000))
        guard count < limit else { return .refused(retryAfter: seconds) }
        count += 1
        return .allowed(count: count, reset: seconds)
    }
}
