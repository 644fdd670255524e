// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
public import Logging
import Synchronization

/// The durable inbox, agent snapshots and history, in SQLite.
///
/// Many may append and read at once; there is one writer, and one process: the database is locked while open.
public final class Journal: Sendable {
    /// Limits and times of one journal.
    public struct Configuration: Sendable {
        /// How the database is opened.
        public enum Access: Sendable {
            /// Takes the lock, creates and migrates.
            case readWrite
            /// Leaves lock and schema alone, so that it works beside a running relay; writes throw `.notWritable`.
            case readOnly
        }

        /// Entries waiting for the disk before `append` throws `.overloaded`.
        public var maxPending = 50_000
        /// Bytes that are held for entries waiting for the disk before `append` throws `.overloaded`.
        public var maxPendingBytes = 64 * 1024 * 1024
        /// How long entries, history and dead letters are kept.
        public var keep: Duration = .seconds(30 * 86_400)
        /// Bytes of the database that may be in use before the oldest applied entries go; `nil` = no limit.
        public var maxSize: Int64?
        /// How long the same content under a `sha256:` key counts as a duplicate.
        public var contentWindow: Duration = .seconds(600)
        /// How often a journal whose disk failed tries again by itself.
        public var retryInterval: Duration = .seconds(1)
        /// How the database is opened.
        public var access = Access.readWrite
        /// Bytes of entries that are held in memory for ``Journal/readNext(after:limit:bytes:)``.
        var maxRecentBytes = 8 * 1024 * 1024
        /// When the log is copied into the database.
        var checkpoints = CheckpointSchedule.Limits()

        /// The defaults of `relay.yaml`.
        public init() {}
    }

    let configuration: Configuration
    let pool: DatabasePool
    let metrics: JournalMetrics
    private let signal: EntrySignal
    let recent: RecentEntries
    private let writer: GroupWriter?
    let log: LogCheckpointer?
    private let lock: LockFile?
    private let logger: Logger
    private let closing = Mutex<Task<Void, Never>?>(nil)

    /// `sqlite:PATH`; creates and migrates. A newer schema is refused.
    ///
    /// Throws `.cannotOpen` or `.newerSchema` with what to do about it.
    public init(url: String, configuration: Configuration = .init(), logger: Logger) throws(JournalError) {
        let location = try JournalLocation(url: url)
        var lock: LockFile?
        if configuration.access == .readWrite {
            try location.prepare()
            lock = try LockFile(path: location.resolvedPath + ".lock")
            try location.createFile()
        }
        let path = location.resolvedPath
        let last: Int64
        do {
            pool = try Self.open(path, configuration.access)
            last = try pool.read(Self.lastSequence)
            log =
                lock == nil
                ? nil : try LogCheckpointer(pool: pool, limits: configuration.checkpoints, logger: logger)
        } catch {
            throw JournalError(opening: path, error)
        }
        self.configuration = configuration
        self.lock = lock
        self.logger = logger
        signal = EntrySignal(last: last)
        recent = RecentEntries(after: last, limit: configuration.maxRecentBytes)
        let metrics = JournalMetrics()
        self.metrics = metrics
        writer = log.map { [pool, signal, recent] log in
            GroupWriter(
                pool: pool,
                log: log,
                configuration: configuration,
                lastSequence: last,
                signal: signal,
                recent: recent,
                metrics: metrics,
                logger: logger
            )
        }
    }

    private static func open(_ path: String, _ access: Configuration.Access) throws -> DatabasePool {
        var settings = GRDB.Configuration()
        settings.label = "journal"
        settings.readonly = true
        settings.busyMode = .timeout(Double(LogCheckpointer.busyTimeout) / 1000)
        settings.maximumReaderCount = 4
        // Looked at before the pool sets up its log, which would write into a database that is not ours.
        do {
            try DatabaseQueue(path: path, configuration: settings).read { try Schema.check($0, path: path) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY && access == .readWrite {
            // Left in the middle of its making, with a rollback journal that only a writer may play back.
            settings.readonly = false
            try DatabaseQueue(path: path, configuration: settings).read { try Schema.check($0, path: path) }
            settings.readonly = true
        }
        guard access == .readWrite else {
            let pool = try DatabasePool(path: path, configuration: settings)
            guard try pool.read(Schema.migrator.hasCompletedMigrations) else {
                throw JournalError(.cannotOpen, "\(path) is of an older version: start the relay once to bring it up")
            }
            return pool
        }
        settings.readonly = false
        let pool = try DatabasePool(path: path, configuration: settings)
        try Schema.migrator.migrate(pool)
        try pool.writeWithoutTransaction { database in
            // An I/O error while the database was made can leave it with a rollback journal, of which the pool knows nothing.
            guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw DatabaseError(resultCode: .SQLITE_IOERR, message: "\(path) cannot have a write-ahead log")
            }
            // The pool has chosen NORMAL, which would answer before the disk has it.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return pool
    }

    /// Entries are deleted only up to the position, so the position remembers the sequence when none are left.
    static func lastSequence(_ database: Database) throws -> Int64 {
        let last = try Int64.fetchOne(
            database,
            sql: "SELECT max(position, ifnull((SELECT max(sequence) FROM entries), 0)) FROM progress"
        )
        return last ?? 0
    }

    // MARK: Writing

    /// Returns when all entries are on disk (WAL, synchronous=FULL): greedy group commit over all callers.
    ///
    /// All of them or none. Throws `.overloaded`, `.notWritable` (nothing is stored, try again later) or `.closed`.
    ///
    /// - Parameter held: bytes that the caller keeps in memory until it has its answer, if they are more than the entries.
    public func append(_ entries: [JournalEntry], holding held: Int = 0) async throws(JournalError) -> AppendResult {
        guard !entries.isEmpty else { return AppendResult(accepted: 0, duplicate: 0) }
        return try await writable().append(entries, holding: held)
    }

    /// One transaction, ordered with appends; synchronous=NORMAL is enough since it can be derived again from the
    /// entries.
    ///
    /// Throws `.other` for a position beyond the last entry.
    public func commit(_ commit: JournalCommit) async throws(JournalError) {
        try await writable().commit(commit)
    }

    /// Appends `entry` and forgets the dead letter that it comes from, in one transaction that is on disk when this
    /// returns; `false` when there is no letter with that id, and nothing is changed then.
    ///
    /// Throws as ``append(_:)``.
    public func retryDeadLetter(id: Int64, as entry: JournalEntry) async throws(JournalError) -> Bool {
        try await writable().retry(letter: id, as: StoredEntry(entry))
    }

    func writable() throws(JournalError) -> GroupWriter {
        guard let writer else { throw JournalError(.notWritable, "the journal is open for reading only") }
        return writer
    }

    /// Why the last write failed, while it fails; `nil` = writable.
    ///
    /// It turns `nil` by itself when the disk takes writes again.
    public var writeFailure: String? { writer?.failure }

    // MARK: Following

    /// The newest sequence durably appended (0 = none). Open for reading only: the newest at the time of opening.
    public var lastSequence: Int64 { signal.last }

    /// Returns as soon as an entry after `sequence` exists; returns too when the task is cancelled or the journal
    /// closed.
    public func waitForEntries(after sequence: Int64) async { await signal.wait(after: sequence) }

    // MARK: Closing

    /// Waits for what is pending, checkpoints, closes. Calls after it throw `.closed`; closing twice is fine.
    public func close() async {
        let task = closing.withLock { closing in
            let task = closing ?? Task { await shutDown() }
            closing = task
            return task
        }
        await task.value
    }

    private func shutDown() async {
        await writer?.drain()
        signal.close()
        await withCheckedContinuation { continuation in
            // Waits for reads under way, so not on a thread of the cooperative pool.
            DispatchQueue.global().async { [self] in
                do {
                    try log?.close()
                    if let log { try pool.writeWithoutTransaction { try log.finish($0) } }
                } catch {
                    // Nothing is lost: the next start reads the log.
                    logger.warning("journal not checkpointed", metadata: ["reason": "\(JournalError(error).message)"])
                }
                do { try pool.close() } catch {
                    logger.warning("journal not closed", metadata: ["reason": "\(JournalError(error).message)"])
                }
                lock?.release()
                continuation.resume()
            }
        }
    }

    var isClosed: Bool { closing.withLock { $0 != nil } }
}
