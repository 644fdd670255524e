// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Dispatch
import GRDB

extension Journal {
    /// Writes the database anew without its free pages, and gives their space back to the file system.
    ///
    /// Takes about the size of the database twice over while it lasts, and nothing is written meanwhile: for a journal
    /// that no relay has open. Returns the file's size before and after. Throws `.notWritable`.
    public func vacuum() async throws(JournalError) -> (before: Int64, after: Int64) {
        typealias Sizes = (before: Int64, after: Int64)
        _ = try writable()
        let (pool, log) = (pool, log)
        let result: Result<Sizes, JournalError> = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                do {
                    let sizes = try pool.writeWithoutTransaction { database in
                        try log?.alone { _ = try database.checkpoint(.truncate) }
                        let before = Self.fileSize(pool.path)
                        if let free = Self.disk(of: pool.path)?.free, let used = try? Self.usedBytes(database),
                            free < 2 * used
                        {
                            throw JournalError(
                                .notWritable,
                                "vacuum needs \(2 * used / 1_000_000 + 1) MB of free space, and the disk has "
                                    + "\(free / 1_000_000) MB: free some first"
                            )
                        }
                        try database.execute(sql: "VACUUM")
                        try log?.alone { _ = try database.checkpoint(.truncate) }
                        return (before: before, after: Self.fileSize(pool.path))
                    }
                    continuation.resume(returning: .success(sizes))
                } catch {
                    continuation.resume(returning: .failure(JournalError(error)))
                }
            }
        }
        return try result.get()
    }

    /// How many things of each kind there are.
    public struct Counts: Sendable, Equatable {
        /// Entries.
        public var entries: Int64
        /// Lines of all histories.
        public var history: Int64
        /// Stored states.
        public var agents: Int64
        /// Dead letters.
        public var deadLetters: Int64
        /// Entries up to here are applied.
        public var position: Int64
        /// The newest sequence.
        public var lastSequence: Int64
    }

    /// Counts everything, in one snapshot.
    public func counts() async throws(JournalError) -> Counts {
        try await reading { database in
            func count(_ table: String) throws -> Int64 {
                try Int64.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
            }
            return Counts(
                entries: try count("entries"),
                history: try count("history"),
                agents: try count("agents"),
                deadLetters: try count("dead_letters"),
                position: try Int64.fetchOne(database, sql: "SELECT position FROM progress") ?? 0,
                lastSequence: try Self.lastSequence(database)
            )
        }
    }

    /// What SQLite's own check finds wrong with the file: pages, indexes, constraints. Empty = nothing.
    ///
    /// Reads all of it from one snapshot.
    public func damage() async throws(JournalError) -> [String] {
        try await reading { database in
            do {
                let findings = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)")
                return findings == ["ok"] ? [] : findings
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
                return [error.message ?? "the database is damaged"]
            }
        }
    }

    /// What is sound for SQLite and yet cannot be, as sentences. Empty = nothing.
    public func contradictions() async throws(JournalError) -> [String] {
        let window = configuration.contentWindow / .milliseconds(1)
        return try await reading { database in
            var found: [String] = []
            let positions = try Int64.fetchAll(database, sql: "SELECT position FROM progress")
            if positions.count != 1 { found.append("progress has \(positions.count) rows instead of one") }
            let last = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM entries")
            // Retention leaves the newest as long as there are any.
            if let position = positions.first, let last, position > last {
                found.append(
                    "position \(position) is beyond the newest entry, \(last): the entries between are missing"
                )
            }
            if let first = try Int64.fetchOne(database, sql: "SELECT min(sequence) FROM entries"), first < 1 {
                found.append("entry \(first) has no valid sequence")
            }
            // The index keeps equal keys of one slot apart; equal content in neighbouring slots is for us to look at.
            let pairs = try Row.fetchCursor(
                database,
                sql: """
                    SELECT a.sequence, b.sequence FROM entries a JOIN entries b
                    ON b.slot IN (a.slot - 1, a.slot, a.slot + 1) AND b.key = a.key AND b.sequence > a.sequence
                        AND abs(b.received_at - a.received_at) < ?
                    WHERE a.key GLOB 'sha256:*' LIMIT 20
                    """,
                arguments: [window]
            )
            while let pair = try pairs.next() {
                found.append("entries \(pair[0] as Int64) and \(pair[1] as Int64) are the same event twice")
            }
            for table in ["history", "dead_letters"] {
                let newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM \(table)") ?? 0
                let row = "SELECT seq FROM sqlite_sequence WHERE name = '\(table)'"
                let given = try Int64.fetchOne(database, sql: row) ?? 0
                if newest > given { found.append("\(table) has ids up to \(newest), but only \(given) were given") }
            }
            return found
        }
    }
}
