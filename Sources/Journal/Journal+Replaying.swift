// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
public import GenesysEvents

extension Journal {
    /// What entries there are.
    public struct EntryBounds: Sendable, Equatable {
        /// Sequence of the newest; 0 = there is none.
        public var last: Int64
        /// When the oldest was received; `nil` = there is none.
        public var firstReceivedAt: Timestamp?
        /// When the newest was received; `nil` = there is none.
        public var lastReceivedAt: Timestamp?
    }

    /// The oldest and the newest entry at this moment.
    public func entryBounds() async throws(JournalError) -> EntryBounds {
        try await reading { database in
            func received(_ order: String) throws -> Row? {
                try Row.fetchOne(
                    database,
                    sql: "SELECT sequence, received_at FROM entries ORDER BY sequence \(order) LIMIT 1"
                )
            }
            guard let first = try received("ASC"), let last = try received("DESC") else {
                return EntryBounds(last: 0, firstReceivedAt: nil, lastReceivedAt: nil)
            }
            return EntryBounds(
                last: last[0],
                firstReceivedAt: Timestamp(milliseconds: first[1]),
                lastReceivedAt: Timestamp(milliseconds: last[1])
            )
        }
    }

    /// Walks through the entries after one sequence up to another on a reading connection: many may walk at once, and
    /// the writer goes on. Entries that retention deletes meanwhile are passed over.
    public func walk<Result: Sendable>(
        after first: Int64,
        through last: Int64,
        _ body: @escaping @Sendable (inout EntryCursor) throws -> Result
    ) async throws(JournalError) -> Result {
        // No transaction around it: the snapshots are the cursor's.
        try await readingUnisolated { database in
            var cursor = try EntryCursor(database, after: first, through: last)
            defer { cursor.pause() }
            return try body(&cursor)
        }
    }

    /// What can be made of the lines of these kinds in all agents' histories since a time, oldest first.
    ///
    /// Times follow the order of the lines but for a few, so it begins a minute early: look at `at`.
    public func history<Value: Sendable>(
        since time: Timestamp,
        kinds: [HistoryEntry.Kind],
        _ transform: @escaping @Sendable (HistoryEntry) -> Value?
    ) async throws(JournalError) -> [Value] {
        let time = time.advanced(by: .seconds(-60)).milliseconds
        let names = kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try await reading { database in
            let start = try Self.firstLine(since: time, database)
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, agent_id, at, kind, summary, detail FROM history
                    WHERE id >= ? AND kind IN (\(names)) ORDER BY id
                    """,
                arguments: [start]
            )
            var values: [Value] = []
            while let row = try rows.next() {
                if let value = transform(try HistoryEntry(row)) { values.append(value) }
            }
            return values
        }
    }

    /// Ids grow with time, which saves an index on it.
    private static func firstLine(since time: Int64, _ database: Database) throws -> Int64 {
        let bounds = try Row.fetchOne(database, sql: Schema.ends(of: "id", in: "history"))
        guard let bounds, var low: Int64 = bounds[0], let last: Int64 = bounds[1] else { return 0 }
        let probe = try database.cachedStatement(sql: "SELECT at FROM history WHERE id >= ? ORDER BY id LIMIT 1")
        var high = last + 1
        while low < high {
            let middle = low + (high - low) / 2
            if try Int64.fetchOne(probe, arguments: [middle]) ?? .max < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
