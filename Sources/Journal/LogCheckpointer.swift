// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Dispatch
import GRDB
import GRDBSQLite
import Logging
import Synchronization

/// Copies the log into the database while the writer goes on; ``CheckpointSchedule`` says when.
///
/// ## What this leaves of the durability of the log
///
/// A checkpoint, whoever makes it, first syncs the log, then writes pages, and then notes how far it has come; the one that
/// finds nothing newer syncs the database before its note, and only after that one the log begins anew. So the database
/// never has a page whose transaction could be lost from the log. The connection is at `synchronous=FULL`, without which
/// SQLite would leave out both syncs.
///
/// An I/O error here is an I/O error of the log: the kernel tells each descriptor once, and may drop the pages
/// meanwhile, also those of earlier checkpoints that had no sync of their own. So the writer is told to distrust the log, as
/// after an error of its own: before anything else is written all of it is copied again
/// (`Database.forgetCopiesOfLog`), and until then nobody copies the rest.
final class LogCheckpointer: Sendable {
    private let pool: DatabasePool
    private let beside: DatabaseQueue
    private let logger: Logger
    private let schedule: Mutex<CheckpointSchedule>
    /// One checkpoint at a time: a second one fails at once, it does not wait.
    private let turn = Mutex(())
    private let isDistrusted = Atomic<Bool>(false)
    /// Another process has written it, and an I/O error may have been what ended that.
    private let isInherited = Atomic<Bool>(true)
    private let isClosed = Atomic<Bool>(false)
    private let isFailing = Atomic<Bool>(false)
    private let frames = LogFrames()

    /// How long a cut waits for readers that overlap, in milliseconds; appends wait as long.
    private static let patience: Int32 = 50
    /// How long the writer waits for another process, in milliseconds.
    static let busyTimeout: Int32 = 2000
    private static let retryInterval = DispatchTimeInterval.milliseconds(500)

    /// Takes over from SQLite's own checkpoints of the pool's writer.
    init(pool: DatabasePool, limits: CheckpointSchedule.Limits, logger: Logger) throws {
        self.pool = pool
        self.logger = logger
        schedule = Mutex(CheckpointSchedule(limits: limits))
        var settings = GRDB.Configuration()
        settings.label = "journal.checkpoint"
        settings.busyMode = .immediateError
        beside = try DatabaseQueue(path: pool.path, configuration: settings)
        try beside.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let context = Unmanaged.passUnretained(frames).toOpaque()
        pool.writeWithoutTransaction { database in
            // Takes the place of SQLite's own hook, which is the automatic checkpoint. The counter lives as long as
            // this object, which the writer holds; without a writer nobody commits.
            _ = sqlite3_wal_hook(
                database.sqliteConnection,
                { context, _, _, count in
                    guard let context else { return SQLITE_OK }
                    Unmanaged<LogFrames>.fromOpaque(context).takeUnretainedValue().count
                        .store(Int(count), ordering: .relaxed)
                    return SQLITE_OK
                },
                context
            )
        }
    }

    /// The frames in the log after the newest transaction.
    var length: Int { frames.count.load(ordering: .relaxed) }

    // MARK: On the writer's queue

    /// After each transaction.
    func committed() { act(on: schedule.withLock { [length] in $0.committed(frames: length) }) }

    /// Nothing may be promised before the log is begun anew.
    func distrust() { isDistrusted.store(true, ordering: .releasing) }

    /// Does something that needs the log for itself, on the writer's queue.
    func alone<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try turn.withLock { _ in try body() }
        } catch {
            if (error as? DatabaseError)?.resultCode == .SQLITE_IOERR { distrust() }
            throw error
        }
    }

    /// Before each transaction.
    func restoreTrust(_ database: Database) throws {
        if isDistrusted.load(ordering: .acquiring) {
            try turn.withLock { _ in
                isDistrusted.store(false, ordering: .releasing)
                do {
                    try database.forgetCopiesOfLog()
                    try database.checkpoint(.truncate)
                } catch {
                    distrust()
                    throw error
                }
            }
        } else if isInherited.exchange(false, ordering: .relaxed) {
            guard try takeOver(database) else { return }
        } else {
            return
        }
        empty()
    }

    /// Begins a log of our own. A reader that was there before us, a backup for example, must not keep events out until it
    /// has ended: then the log goes on as it is, and this is `false`.
    private func takeOver(_ database: Database) throws -> Bool {
        try turn.withLock { _ in
            sqlite3_busy_timeout(database.sqliteConnection, Self.patience)
            defer { sqlite3_busy_timeout(database.sqliteConnection, Self.busyTimeout) }
            do {
                try database.forgetCopiesOfLog()
                try database.checkpoint(.truncate)
                return true
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return false
            } catch {
                distrust()
                throw error
            }
        }
    }

    private func empty() {
        frames.count.store(0, ordering: .relaxed)
        schedule.withLock { $0.emptied() }
    }

    private func step(_ kind: Database.CheckpointMode, _ database: Database) {
        defer { schedule.withLock { $0.stepped() } }
        guard !isClosed.load(ordering: .acquiring), !isDistrusted.load(ordering: .acquiring) else { return }
        do {
            try turn.withLock { _ in
                if kind == .truncate { sqlite3_busy_timeout(database.sqliteConnection, Self.patience) }
                defer { sqlite3_busy_timeout(database.sqliteConnection, Self.busyTimeout) }
                try database.checkpoint(kind)
            }
            if kind == .truncate { empty() }
        } catch {
            // Somebody reads: the log goes on growing, and the next pass looks again.
            if (error as? DatabaseError)?.resultCode != .SQLITE_BUSY { note(error) }
        }
    }

    // MARK: Beside the writer

    private func act(on action: CheckpointSchedule.Action) {
        switch action {
        case .nothing: break
        case .pass: beside.asyncWriteWithoutTransaction { [self] in pass($0) }
        case .restart: pool.asyncWriteWithoutTransaction { [self] in step(.passive, $0) }
        case .truncate: pool.asyncWriteWithoutTransaction { [self] in step(.truncate, $0) }
        case .wait:
            DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + Self.retryInterval) { [weak self] in
                guard let self, !isClosed.load(ordering: .acquiring) else { return }
                act(on: schedule.withLock { $0.waited() })
            }
        }
    }

    private func pass(_ database: Database) {
        let next: CheckpointSchedule.Action
        do {
            guard !isClosed.load(ordering: .acquiring) else { return }
            guard !isDistrusted.load(ordering: .acquiring) else { return act(on: schedule.withLock { $0.failed() }) }
            let (total, copied) = try turn.withLock { _ in try database.checkpoint(.passive) }
            if isFailing.exchange(false, ordering: .relaxed) { logger.notice("journal checkpointed again") }
            next = schedule.withLock { $0.passed(frames: total, copied: copied) }
        } catch {
            note(error)
            next = schedule.withLock { $0.failed() }
        }
        act(on: next)
    }

    private func note(_ error: any Error) {
        guard let code = (error as? DatabaseError)?.resultCode, code != .SQLITE_BUSY else { return }
        if code == .SQLITE_IOERR { distrust() }
        guard !isFailing.exchange(true, ordering: .relaxed) else { return }
        // Nothing is lost, but the log grows.
        logger.warning("journal not checkpointed", metadata: ["reason": "\(JournalError(error).message)"])
    }

    /// The last checkpoint, after `close`. When it fails, SQLite makes one of its own as the last connection closes, and
    /// deletes the log if that one succeeds: it has to copy all of it.
    func finish(_ database: Database) throws {
        do {
            if isDistrusted.load(ordering: .acquiring) { try database.forgetCopiesOfLog() }
            _ = try database.checkpoint(.truncate)
        } catch {
            try? database.forgetCopiesOfLog()
            throw error
        }
    }

    /// Waits for the pass under way. Blocks; not on a thread of the cooperative pool.
    func close() throws {
        isClosed.store(true, ordering: .releasing)
        try beside.close()
    }
}

/// What SQLite's hook writes to.
private final class LogFrames: Sendable {
    let count = Atomic<Int>(0)
}
