// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
import Logging
import Synchronization

/// The one writer: takes all that waits, writes it in one transaction, wakes all callers.
///
/// Nobody waits for a group to fill: while one group is on its way to the disk the next one gathers, so a lone caller
/// pays one commit and many callers share one.
///
/// ## Why commits of the pipeline need no sync of their own
///
/// What a `commit` writes (position, agent states, history) follows from the entries. Losing the newest commits to a
/// power cut means applying some entries again, which ends in the same state (level-triggered). What must not happen
/// is a commit that survives without the entries before it, or half a commit: the WAL is written in order, each
/// transaction ends in a checksummed commit frame, and recovery takes the longest whole prefix. So a commit runs with
/// `synchronous=NORMAL` (frames go to the file without fsync); the next append's fsync covers those frames too, and so
/// does a checkpoint's, which ``LogCheckpointer`` makes instead of the commit.
final class GroupWriter: Sendable {
    private struct Queue {
        var jobs: [WriteJob] = []
        /// Entries and bytes not answered yet: in `jobs` and in the group being written.
        var entries = 0
        var bytes = 0
        var isScheduled = false
        var isClosing = false
        var idle: [CheckedContinuation<Void, Never>] = []
        var failure: String?
        var isProbing = false
    }

    /// Touched on the database's writer queue only; the lock is for the compiler and never contended.
    private struct Connection {
        var nextSequence: Int64
        var syncsCommits = true
    }

    private let pool: DatabasePool
    private let log: LogCheckpointer
    private let configuration: Journal.Configuration
    private let signal: EntrySignal
    private let recent: RecentEntries
    private let metrics: JournalMetrics
    private let logger: Logger
    private let queue = Mutex(Queue())
    private let connection: Mutex<Connection>

    /// `lastSequence` is the newest one ever given; the connection must be at `synchronous=FULL`.
    init(
        pool: DatabasePool,
        log: LogCheckpointer,
        configuration: Journal.Configuration,
        lastSequence: Int64,
        signal: EntrySignal,
        recent: RecentEntries,
        metrics: JournalMetrics,
        logger: Logger
    ) {
        self.pool = pool
        self.log = log
        self.configuration = configuration
        self.signal = signal
        self.recent = recent
        self.metrics = metrics
        self.logger = logger
        connection = Mutex(Connection(nextSequence: lastSequence + 1))
    }

    /// Why the last write failed, while it fails.
    var failure: String? { queue.withLock { $0.failure } }

    /// Entries not answered yet.
    var pending: Int { queue.withLock { $0.entries } }

    // MARK: Asking

    func append(_ entries: [JournalEntry], holding held: Int) async throws(JournalError) -> AppendResult {
        // What will be refused is not compressed first: that is when the processor is needed most.
        let bytes = max(held, entries.reduce(0) { $0 + $1.weight })
        if let refusal = queue.withLock({ refusal(of: entries.count, bytes: bytes, $0) }) { throw refusal }
        // On the callers' threads, so that the one writer does not wait for it.
        let stored = entries.map(StoredEntry.init)
        return try await withCheckedContinuation { enqueue(.append(stored, holding: held, $0)) }.get()
    }

    func commit(_ commit: JournalCommit) async throws(JournalError) {
        try await withCheckedContinuation { enqueue(.commit(commit, $0)) }.get()
    }

    func retry(letter: Int64, as entry: StoredEntry) async throws(JournalError) -> Bool {
        try await withCheckedContinuation { enqueue(.retry(letter: letter, entry, $0)) }.get()
    }

    private func enqueue(_ job: WriteJob) {
        let (entries, bytes) = (job.entryCount, job.byteCount)
        enum Decision { case refuse(JournalError), wait, schedule }
        let decision: Decision = queue.withLock { queue in
            if let refusal = refusal(of: entries, bytes: bytes, queue) { return .refuse(refusal) }
            queue.jobs.append(job)
            queue.entries += entries
            queue.bytes += bytes
            guard !queue.isScheduled else { return .wait }
            queue.isScheduled = true
            return .schedule
        }
        switch decision {
        case .refuse(let error): job.resume(.failed(error))
        case .wait: break
        case .schedule: schedule()
        }
    }

    /// Why so much more is not taken; `nil` = it is.
    private func refusal(of entries: Int, bytes: Int, _ queue: borrowing Queue) -> JournalError? {
        guard !queue.isClosing else { return JournalError(.closed, "the journal is closed") }
        // One append that is larger than the limit is still taken when nothing else waits.
        guard queue.entries > 0, entries > 0 else { return nil }
        guard
            queue.entries + entries > configuration.maxPending || queue.bytes + bytes > configuration.maxPendingBytes
        else { return nil }
        return JournalError(.overloaded, "\(queue.entries) entries wait for the disk: try again later")
    }

    /// No more jobs are taken; returns when the ones waiting are written or refused.
    func drain() async {
        await withCheckedContinuation { continuation in
            let isIdle = queue.withLock { queue in
                queue.isClosing = true
                if queue.isScheduled { queue.idle.append(continuation) }
                return !queue.isScheduled
            }
            if isIdle { continuation.resume() }
        }
    }

    // MARK: Writing

    /// One group per visit of the writer queue, so that steps of retention get their turn in between.
    private func schedule() {
        pool.asyncWriteWithoutTransaction { [self] database in writeGroup(database) }
    }

    private func writeGroup(_ database: Database) {
        let jobs = queue.withLock { queue in
            defer { queue.jobs = [] }
            return queue.jobs
        }
        let start = ContinuousClock.now
        let (outcomes, error) = write(jobs, database)
        note(error, hasWritten: outcomes.contains(where: \.hasWritten))
        // Waiters learn of new entries before the append returns, never after.
        signal.advance(to: connection.withLock { $0.nextSequence } - 1)
        for (job, outcome) in zip(jobs, outcomes) { job.resume(outcome) }
        log.committed()

        let entries = jobs.reduce(0) { $0 + $1.entryCount }
        let bytes = jobs.reduce(0) { $0 + $1.byteCount }
        let (isMore, pending, idle) = queue.withLock { queue in
            queue.entries -= entries
            queue.bytes -= bytes
            queue.isScheduled = !queue.jobs.isEmpty
            let idle = queue.isScheduled ? [] : queue.idle
            if !queue.isScheduled { queue.idle = [] }
            return (queue.isScheduled, queue.entries, idle)
        }
        metrics.group(of: jobs, outcomes, took: start.duration(to: .now), pending: pending)
        if isMore { schedule() }
        for continuation in idle { continuation.resume() }
    }

    /// All jobs in one transaction. When one of them cannot be written for a reason of its own, each gets its own
    /// transaction, so that it fails alone. The error is the last one that speaks of the disk, not of a job.
    private func write(_ jobs: [WriteJob], _ database: Database) -> ([WriteJob.Outcome], JournalError?) {
        do {
            return (try transaction(jobs, database), nil)
        } catch {
            let error = JournalError(error)
            if error.code == .notWritable || jobs.count == 1 {
                return (jobs.map { _ in .failed(error) }, error.code == .notWritable ? error : nil)
            }
        }
        var diskError: JournalError?
        let outcomes = jobs.map { job in
            do {
                return try transaction([job], database)[0]
            } catch {
                let error = JournalError(error)
                if error.code == .notWritable { diskError = error }
                return .failed(error)
            }
        }
        return (outcomes, diskError)
    }

    private func transaction(_ jobs: [WriteJob], _ database: Database) throws -> [WriteJob.Outcome] {
        try connection.withLock { connection in
            try log.restoreTrust(database)
            try setSync(jobs.contains(where: \.isDurable), database, &connection)
            var writing = GroupTransaction(
                database: database,
                contentWindow: configuration.contentWindow,
                nextSequence: connection.nextSequence
            )
            let outcomes = try inTransaction(database) { try writing.run(jobs) }
            connection.nextSequence = writing.nextSequence
            recent.note(writing.inserted)
            return outcomes
        }
    }

    /// One transaction; an I/O error in it is remembered.
    private func inTransaction<Value>(_ database: Database, _ body: () throws -> Value) throws -> Value {
        do {
            var value: Value?
            try database.inTransaction(.immediate) {
                value = try body()
                return .commit
            }
            guard let value else { throw JournalError(.other, "the transaction has no result") }
            return value
        } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
            // The kernel may have dropped pages that it could not write, and an fsync later would not tell. The log is
            // copied into the database and begun anew before anything is promised again.
            log.distrust()
            throw error
        }
    }

    /// The pragma works while SQLite compiles it, so it must not be a cached statement; only changes are compiled.
    private func setSync(_ syncsCommits: Bool, _ database: Database, _ connection: inout Connection) throws {
        guard connection.syncsCommits != syncsCommits else { return }
        try database.execute(sql: syncsCommits ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
        connection.syncsCommits = syncsCommits
    }

    /// Runs a write of its own (retention) in the order of the groups, without sync.
    func step<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(JournalError) -> Value {
        guard !(queue.withLock { $0.isClosing }) else { throw JournalError(.closed, "the journal is closed") }
        let result: Result<Value, JournalError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { [self] database in
                do {
                    let value = try connection.withLock { connection in
                        try log.restoreTrust(database)
                        try setSync(false, database, &connection)
                        return try inTransaction(database) { try body(database) }
                    }
                    log.committed()
                    continuation.resume(returning: .success(value))
                } catch {
                    continuation.resume(returning: .failure(JournalError(error)))
                }
            }
        }
        return try result.get()
    }

    // MARK: Failing and recovering

    /// Remembers why writes fail. While they do, a probe is written again and again: a relay that is taken out of
    /// service gets no events, and would never learn that its disk is well again.
    private func note(_ error: JournalError?, hasWritten: Bool) {
        // A group of nothing but duplicates touches no page and proves nothing.
        guard error != nil || hasWritten else { return }
        let (before, startsProbing) = queue.withLock { queue in
            defer { queue.failure = error?.message }
            let starts = error != nil && !queue.isProbing && !queue.isClosing
            if starts { queue.isProbing = true }
            return (queue.failure, starts)
        }
        switch (before, error?.message) {
        case (nil, let now?): logger.error("journal not writable", metadata: ["reason": "\(now)"])
        case (_?, nil): logger.notice("journal writable again")
        default: break
        }
        guard startsProbing else { return }
        Task { [weak self, interval = configuration.retryInterval] in
            repeat { try? await Task.sleep(for: interval) } while self?.probe() == true
        }
    }

    /// Returns whether to go on.
    private func probe() -> Bool {
        let goesOn = queue.withLock { queue in
            queue.isProbing = queue.failure != nil && !queue.isClosing
            return queue.isProbing
        }
        if goesOn { enqueue(.probe) }
        return goesOn
    }
}
