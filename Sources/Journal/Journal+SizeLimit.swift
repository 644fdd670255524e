// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
import GenesysEvents

extension Journal {
    /// Bytes that may be in use; `nil` = no limit.
    public var maxSize: Int64? { configuration.maxSize }

    /// What became of a look at the size.
    public struct SizeLimitResult: Sendable, Equatable {
        /// Bytes in use after it.
        public var usedBytes: Int64
        /// Entries, lines of history and dead letters that were deleted.
        public var deleted: Int
        /// Still more than `maxSize`: what is left are entries that are not applied yet, and the agents' states.
        public var isOver: Bool
    }

    /// Deletes the oldest applied entries, and the history and dead letters of the same age, until no more than
    /// `maxSize` bytes of the database are in use. In small steps, with appends in between.
    ///
    /// In use are the pages that are not free: the file does not shrink, its free pages are used again, and
    /// ``vacuum()`` gives them back. Entries that are not applied yet stay. Ends early when its task is cancelled.
    /// Throws `.notWritable` or `.closed`.
    @discardableResult
    public func enforceMaxSize() async throws(JournalError) -> SizeLimitResult {
        let writer = try writable()
        var result = SizeLimitResult(usedBytes: try await usedBytes(), deleted: 0, isOver: false)
        guard let limit = configuration.maxSize else { return result }
        while result.usedBytes > limit, !Task.isCancelled {
            let excess = result.usedBytes - limit
            let (deleted, used) = try await writer.step { database in
                (try Self.deleteOldest(database, excess: excess), try Self.usedBytes(database))
            }
            result.usedBytes = used
            result.deleted += deleted
            guard deleted > 0 else { break }
        }
        result.isOver = result.usedBytes > limit
        return result
    }

    private func usedBytes() async throws(JournalError) -> Int64 { try await reading { try Self.usedBytes($0) } }

    static func usedBytes(_ database: Database) throws -> Int64 {
        func value(_ name: String) throws -> Int64 { try Int64.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
        return try (value("page_count") - value("freelist_count")) * value("page_size")
    }

    /// One step: rows from the beginning of each table, up to the time at which the first table has given enough. So all
    /// tables keep the same time, however different their numbers of rows; and a few large rows may be enough.
    private static func deleteOldest(_ database: Database, excess: Int64) throws -> Int {
        var windows: [(table: RetentionTable, last: Int64)] = []
        var newest = Int64.max
        for table in try [.entries(database), .history, .deadLetters] as [RetentionTable] {
            guard let window = try table.window(bytes: excess, database) else { continue }
            windows.append((table, window.last))
            if window.isFull { newest = min(newest, window.newest) }
        }
        var deleted = 0
        for (table, last) in windows {
            deleted += try table.delete(through: last, newest: newest, database)
        }
        return deleted
    }
}
