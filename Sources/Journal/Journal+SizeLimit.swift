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

    private struct Table {
        var name: String
        var id: String
        var time: String
        var content: String
        var end = Int64.max
    }

    /// One step: rows from the beginning of each table, up to the time at which the first table has given enough. So all
    /// tables keep the same time, however different their numbers of rows.
    private static func deleteOldest(_ database: Database, excess: Int64) throws -> Int {
        let position = try Int64.fetchOne(database, sql: "SELECT position FROM progress") ?? 0
        let tables = [
            Table(name: "entries", id: "sequence", time: "received_at", content: "body", end: position),
            Table(name: "history", id: "id", time: "at", content: "detail"),
            Table(name: "dead_letters", id: "id", time: "at", content: "event"),
        ]
        var windows: [(table: Table, last: Int64)] = []
        var cutoff = Int64.max
        for table in tables {
            let window = try window(table, database, bytes: excess)
            guard let last = window.last else { continue }
            windows.append((table, last))
            if window.isEnough { cutoff = min(cutoff, window.newest) }
        }
        var deleted = 0
        for (table, last) in windows {
            try database.cachedStatement(
                sql: "DELETE FROM \(table.name) WHERE \(table.id) <= ? AND \(table.time) <= ?"
            ).execute(arguments: [last, cutoff])
            deleted += database.changesCount
        }
        return deleted
    }

    /// The first rows of a table, as many as a step takes or as make up so many bytes: a few large rows may be enough.
    private static func window(
        _ table: Table,
        _ database: Database,
        bytes: Int64
    ) throws -> (last: Int64?, newest: Int64, isEnough: Bool) {
        // The length of a blob is told without reading it.
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT \(table.id), \(table.time), length(\(table.content)) FROM \(table.name)
                    WHERE \(table.id) <= ? ORDER BY \(table.id) LIMIT ?
                    """
            ),
            arguments: [table.end, retentionStep]
        )
        var last: Int64?
        var (newest, count, size) = (Int64.min, Int64(0), Int64(0))
        while let row = try rows.next() {
            last = row[0]
            newest = max(newest, row[1])
            count += 1
            size += row[2]
            if size >= bytes { break }
        }
        return (last, newest, count == retentionStep || size >= bytes)
    }
}
