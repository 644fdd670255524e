// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Metrics

/// What the journal tells about itself.
struct JournalMetrics: Sendable {
    private let entries = Counter(label: "presence_relay_journal_entries_total")
    private let duration = Timer(label: "presence_relay_journal_commit_seconds")
    private let size = Recorder(label: "presence_relay_journal_group_size")
    private let pending = Gauge(label: "presence_relay_journal_pending")
    private let databaseBytes = Gauge(label: "presence_relay_journal_database_bytes")
    private let usedBytes = Gauge(label: "presence_relay_journal_used_bytes")
    private let freePages = Gauge(label: "presence_relay_journal_free_pages")
    private let logBytes = Gauge(label: "presence_relay_journal_wal_bytes")
    private let diskFreeBytes = Gauge(label: "presence_relay_journal_disk_free_bytes")
    private let oldestEntryAge = Gauge(label: "presence_relay_journal_oldest_entry_age_seconds")
    private let lagEntries = Gauge(label: "presence_relay_journal_lag_entries")
    private let lag = Gauge(label: "presence_relay_journal_lag_seconds")
    private let deadLetters = Gauge(label: "presence_relay_journal_dead_letters")

    /// How things are at this moment.
    func show(_ storage: JournalStorage) {
        databaseBytes.record(storage.databaseBytes)
        usedBytes.record(storage.usedBytes)
        freePages.record(storage.freePages)
        logBytes.record(storage.logBytes)
        if let free = storage.diskFreeBytes { diskFreeBytes.record(free) }
        oldestEntryAge.record((storage.oldestEntryAge ?? .zero) / .seconds(1))
        lagEntries.record(storage.lagEntries)
        lag.record(storage.lag / .seconds(1))
        deadLetters.record(storage.deadLetters)
    }

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
