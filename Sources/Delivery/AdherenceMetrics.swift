// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Metrics

/// Verdicts by state and reason, and how long adherence takes to follow presence.
enum AdherenceMetrics {
    private static let seconds = Timer(label: "presence_relay_adherence_confirmed_seconds")

    static func count(_ verdict: AdherenceVerdict, confirmedAt: Timestamp) {
        Counter(
            label: "presence_relay_adherence_verdicts_total",
            dimensions: [("state", verdict.state.rawValue), ("reason", verdict.reason?.rawValue ?? "")]
        ).increment()
        guard verdict.state == .confirmed else { return }
        seconds.recordNanoseconds(max(0, Int64(verdict.at.timeIntervalSince(confirmedAt) / .nanoseconds(1))))
    }
}
