// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Metrics

/// What errands count; made once.
struct ErrandMetrics: Sendable {
    private struct Series: Sendable {
        let counters: [ErrandState: Counter]
        let seconds: Timer

        init(_ kind: Errand.Work.Kind) {
            counters = Dictionary(
                uniqueKeysWithValues: ErrandState.allCases.filter(\.isFinal).map { state in
                    let dimensions = [("kind", kind.rawValue), ("state", state.rawValue)]
                    return (state, Counter(label: "presence_relay_errands_total", dimensions: dimensions))
                }
            )
            seconds = Timer(label: "presence_relay_errand_seconds", dimensions: [("kind", kind.rawValue)])
        }
    }

    private let series = Dictionary(uniqueKeysWithValues: Errand.Work.Kind.allCases.map { ($0, Series($0)) })

    /// An attempt to send a message has ended: `ok`, `refused` or `unanswered`.
    func attempted(_ endpoint: String, _ result: String) {
        Counter(
            label: "presence_relay_notification_attempts_total",
            dimensions: [("endpoint", endpoint), ("result", result)]
        ).increment()
    }

    /// An errand has ended, that long after it was taken up.
    func ended(_ kind: Errand.Work.Kind, _ state: ErrandState, after time: Duration) {
        guard let series = series[kind] else { return }
        series.counters[state]?.increment()
        let (seconds, attoseconds) = time.components
        series.seconds.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
