// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Metrics

/// Counts what came and what became of it. Handles are made once: looking one up takes a lock.
struct IngestMetrics: Sendable {
    private let accepted = Self.events("accepted")
    private let duplicate = Self.events("duplicate")
    private let ignored = Self.events("ignored")
    private let refused = Self.events("refused")
    private let refusals: [Refusal: Counter] = Dictionary(
        uniqueKeysWithValues: Refusal.allCases.map { reason in
            (
                reason,
                Counter(label: "presence_relay_ingest_refused_total", dimensions: [("reason", reason.rawValue)])
            )
        }
    )

    func taken(accepted: Int, duplicate: Int, ignored: Int) {
        if accepted > 0 { self.accepted.increment(by: accepted) }
        if duplicate > 0 { self.duplicate.increment(by: duplicate) }
        if ignored > 0 { self.ignored.increment(by: ignored) }
    }

    /// A refused request counts once: what is in it is not looked at.
    func refused(_ reason: Refusal) {
        refused.increment()
        refusals[reason]?.increment()
    }

    private static func events(_ result: String) -> Counter {
        Counter(label: "presence_relay_events_total", dimensions: [("result", result)])
    }
}
