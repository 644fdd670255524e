// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Metrics

/// What the journal tells about itself.
struct JournalMetrics: Sendable {
    private let entries = Counter(label: "presence_relay_journal_entries_total")
    private let duration = Timer(label: "presence_relay_journal_commit_seconds")
    private let size = Recorder(label: "presence_relay_journal_group_size")
    private let pending = Gauge(label: "presence_relay_journal_pending")

    /// One group that held entries: how long it took, and how many entries of how many appends it brought.
    func group(of jobs: [WriteJob], _ outcomes: [WriteJob.Outcome], took: Duration, pending: Int) {
        self.pending.record(pending)
        var accepted = 0
        var size = 0
        for outcome in outcomes {
            switch outcome {
            case .appended(let result):
                accepted += result.accepted
                size += result.accepted + result.duplicate
            case .retried(true):
                accepted += 1
                size += 1
            case .retried(false), .done, .failed: break
            }
        }
        guard size > 0 else { return }
        entries.increment(by: accepted)
        self.size.record(size)
        let (seconds, attoseconds) = took.components
        duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
