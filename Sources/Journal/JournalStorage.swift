// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
public import GenesysEvents

/// What a journal takes and holds at one moment.
public struct JournalStorage: Sendable, Equatable {
    /// The database without its log, free pages included; what the file has, or will have when the log is copied.
    public var databaseBytes: Int64
    /// The part of it that is in use.
    public var usedBytes: Int64
    /// Pages that are used again before the file grows.
    public var freePages: Int64
    /// The size of the write-ahead log's file.
    public var logBytes: Int64
    /// What the file system of the folder has left for this process; `nil` = it does not say.
    public var diskFreeBytes: Int64?
    /// What the file system can hold; `nil` = it does not say.
    public var diskBytes: Int64?
    /// How long ago the oldest entry was received; `nil` = there is none.
    public var oldestEntryAge: Duration?
    /// The newest sequence.
    public var lastSequence: Int64
    /// Entries up to here are applied.
    public var position: Int64
    /// How long the oldest entry that is not applied has been waiting; zero = there is none.
    public var lag: Duration
    /// Dead letters, as far as ``mostDeadLetters``.
    public var deadLetters: Int

    /// So many are counted; more are as many.
    public static let mostDeadLetters = 10_000

    /// Entries that are not applied yet.
    public var lagEntries: Int64 { max(0, lastSequence - position) }

    /// The disk should be looked at: less than 5 % of it is free and less than 5 GB, or less than 128 MB.
    public var isDiskNearlyFull: Bool {
        guard let diskFreeBytes, let diskBytes else { return false }
        return diskFreeBytes < max(128_000_000, min(diskBytes / 20, 5_000_000_000))
    }
}

extension Journal {
    /// Looks at the files and reads a few rows; brings the gauges of the metrics up to date.
    ///
    /// Throws when the database cannot be read.
    public func measure(now: Timestamp) async throws(JournalError) -> JournalStorage {
        let path = pool.path
        let (logBytes, disk) = (Self.fileSize(path + "-wal"), Self.disk(of: path))
        let storage = try await reading { database in
            func value(_ sql: String) throws -> Int64? {
                try Int64.fetchOne(database.cachedStatement(sql: sql))
            }
            // Not cached: a pragma works while it is compiled.
            let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let pageSize = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0
            let freePages = try Int64.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            let position = try value("SELECT position FROM progress") ?? 0
            func age(_ time: Int64?) -> Duration? {
                time.map { max(.zero, now.timeIntervalSince(Timestamp(milliseconds: $0))) }
            }
            return JournalStorage(
                databaseBytes: pages * pageSize,
                usedBytes: (pages - freePages) * pageSize,
                freePages: freePages,
                logBytes: logBytes,
                diskFreeBytes: disk?.free,
                diskBytes: disk?.all,
                oldestEntryAge: age(try value("SELECT received_at FROM entries ORDER BY sequence LIMIT 1")),
                lastSequence: max(position, try value("SELECT max(sequence) FROM entries") ?? 0),
                position: position,
                lag: age(
                    try value(
                        """
                        SELECT received_at FROM entries WHERE sequence > (SELECT position FROM progress)
                        ORDER BY sequence LIMIT 1
                        """
                    )
                ) ?? .zero,
                deadLetters: Int(
                    try value(
                        "SELECT count(*) FROM (SELECT 1 FROM dead_letters LIMIT \(JournalStorage.mostDeadLetters))"
                    ) ?? 0
                )
            )
        }
        metrics.show(storage)
        return storage
    }

    static func fileSize(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    static func disk(of path: String) -> (free: Int64, all: Int64)? {
        var status = statvfs()
        guard statvfs(path, &status) == 0, status.f_blocks > 0 else { return nil }
        let block = Int64(status.f_frsize)
        return (Int64(status.f_bavail) * block, Int64(status.f_blocks) * block)
    }
}
