// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB

/// A table from which the oldest rows go, in steps short enough that appends do not notice them.
///
/// Times grow with the ids but for a few, which needs no index on time.
struct RetentionTable {
    /// Rows that one transaction looks at.
    static let rowsOfStep: Int64 = 500
    /// Bytes of content that one transaction deletes, but for the last row: the pages of each are walked one by one.
    static let bytesOfStep: Int64 = 4_000_000

    let name: String
    let id: String
    let time: String
    let content: String
    /// Later rows stay.
    var end = Int64.max

    /// Entries that are applied.
    static func entries(_ database: Database) throws -> RetentionTable {
        let position = try Int64.fetchOne(database, sql: "SELECT position FROM progress") ?? 0
        return RetentionTable(name: "entries", id: "sequence", time: "received_at", content: "body", end: position)
    }
    static let history = RetentionTable(name: "history", id: "id", time: "at", content: "detail")
    static let deadLetters = RetentionTable(name: "dead_letters", id: "id", time: "at", content: "event")

    struct Window {
        /// The id of its last row.
        var last: Int64
        /// The oldest and the newest time in it.
        var oldest: Int64
        var newest: Int64
        /// There may be more rows behind it.
        var isFull: Bool
    }

    /// The rows after an id that are one step, or that make up so many bytes; `nil` = there are none.
    func window(after first: Int64 = 0, bytes: Int64 = bytesOfStep, _ database: Database) throws -> Window? {
        // The length of a blob is told without reading it.
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT \(id), \(time), length(\(content)) FROM \(name)
                    WHERE \(id) > ? AND \(id) <= ? ORDER BY \(id) LIMIT ?
                    """
            ),
            arguments: [first, end, Self.rowsOfStep]
        )
        var window: Window?
        var (count, size) = (Int64(0), Int64(0))
        while let row = try rows.next() {
            let time: Int64 = row[1]
            window = Window(
                last: row[0],
                oldest: min(window?.oldest ?? .max, time),
                newest: max(window?.newest ?? .min, time),
                isFull: false
            )
            count += 1
            size += row[2]
            if size >= min(bytes, Self.bytesOfStep) { break }
        }
        window?.isFull = count == Self.rowsOfStep || size >= min(bytes, Self.bytesOfStep)
        return window
    }

    /// Deletes the rows after an id up to another whose time is not after `newest`; returns how many.
    ///
    /// The newest row of all stays while an older one does, whatever its time: what it says of how far the table goes
    /// would else be taken for a loss (``Journal/contradictions()``).
    func delete(after first: Int64 = 0, through last: Int64, newest: Int64, _ database: Database) throws -> Int {
        let isNewest = "\(id) = (SELECT max(\(id)) FROM \(name))"
        // Those before it first, so that it may go with them.
        return try ["NOT \(isNewest)", "\(isNewest) AND \(id) = (SELECT min(\(id)) FROM \(name))"].reduce(0) {
            deleted,
            which in
            try database.cachedStatement(
                sql: "DELETE FROM \(name) WHERE \(id) > ? AND \(id) <= ? AND \(time) <= ? AND \(which)"
            ).execute(arguments: [first, last, newest])
            return deleted + database.changesCount
        }
    }
}
