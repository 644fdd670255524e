// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import GRDBSQLite
import GenesysEvents

/// Writes jobs into the open transaction of the writer's connection.
///
/// Statements are compiled once per connection (GRDB's cache) and looked up once per group; values are bound without
/// copies.
struct GroupTransaction {
    let database: Database
    let contentWindow: Duration
    /// The sequence of the next new entry. Given here instead of by SQLite, so that it is never used twice, also when
    /// all entries were deleted, without the table that AUTOINCREMENT writes on every insert.
    var nextSequence: Int64

    mutating func run(_ jobs: [WriteJob]) throws -> [WriteJob.Outcome] {
        let entries = try jobs.contains { $0.entryCount > 0 } ? EntryStatements(database) : nil
        var outcomes: [WriteJob.Outcome] = []
        outcomes.reserveCapacity(jobs.count)
        for job in jobs {
            switch job {
            case .append(let batch, _):
                var result = AppendResult(accepted: 0, duplicate: 0)
                if let entries {
                    for entry in batch {
                        if try insert(entry, entries) { result.accepted += 1 } else { result.duplicate += 1 }
                    }
                }
                outcomes.append(.appended(result))
            case .commit(let commit, _):
                try apply(commit)
                outcomes.append(.done)
            case .retry(let letter, let entry, _):
                try database.cachedStatement(sql: "DELETE FROM dead_letters WHERE id = ?").execute(arguments: [letter])
                let isThere = database.changesCount > 0
                if isThere, let entries { _ = try insert(entry, entries) }
                outcomes.append(.retried(isThere))
            case .probe:
                // Some pages, not a byte: a full disk may still have room in the last block of the log.
                try database.execute(sql: "REPLACE INTO write_probe (id, filler) VALUES (1, randomblob(32768))")
                try database.execute(sql: "DELETE FROM write_probe")
                outcomes.append(.done)
            }
        }
        return outcomes
    }

    /// Returns `false` for a duplicate.
    private mutating func insert(_ stored: StoredEntry, _ statements: EntryStatements) throws -> Bool {
        let entry = stored.entry
        let slot = EntrySlot(entry, contentWindow: contentWindow)
        if slot.isContent, try statements.contains(entry, near: slot, window: contentWindow) { return false }
        guard try statements.insert(stored, slot: slot.value, sequence: nextSequence) else { return false }
        nextSequence += 1
        return true
    }

    private func apply(_ commit: JournalCommit) throws {
        if let position = commit.position {
            guard position < nextSequence else {
                throw JournalError(.other, "position \(position) is beyond the last entry, \(nextSequence - 1)")
            }
            try database.cachedStatement(sql: "UPDATE progress SET position = max(position, ?)")
                .execute(arguments: [position])
        }
        if !commit.agents.isEmpty {
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO agents (id, state) VALUES (?, ?)
                    ON CONFLICT (id) DO UPDATE SET state = excluded.state
                    """
            )
            for agent in commit.agents {
                try agent.state.withData { try statement.execute(arguments: [agent.id, $0]) }
            }
        }
        if !commit.history.isEmpty {
            let statement = try database.cachedStatement(
                sql: "INSERT INTO history (agent_id, at, kind, summary, detail) VALUES (?, ?, ?, ?, ?)"
            )
            for line in commit.history {
                try line.detail.withData {
                    try statement.execute(
                        arguments: [line.agentID, line.at.milliseconds, line.kind.rawValue, line.summary, $0]
                    )
                }
            }
        }
        if !commit.deadLetters.isEmpty {
            let statement = try database.cachedStatement(
                sql: "INSERT INTO dead_letters (at, reason, agent_id, event) VALUES (?, ?, ?, ?)"
            )
            for letter in commit.deadLetters {
                try letter.event.withData {
                    try statement.execute(arguments: [letter.at.milliseconds, letter.reason, letter.agentID, $0])
                }
            }
        }
    }
}

/// The statements of an append.
private struct EntryStatements {
    private let database: Database
    private let insertion: Statement

    init(_ database: Database) throws {
        self.database = database
        insertion = try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO entries (sequence, slot, key, source, topic, agent_id, received_at, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
    }

    /// Returns `false` when the key is in the slot already.
    ///
    /// Bound and stepped by hand, the values where they are: half the time of GRDB's boxed arguments, on the one path
    /// where it counts.
    func insert(_ stored: StoredEntry, slot: Int64, sequence: Int64) throws -> Bool {
        let entry = stored.entry
        let row = insertion.sqliteStatement
        let code = entry.key.withCString { key in
            entry.source.rawValue.withCString { source in
                entry.topic.withCString { topic in
                    (entry.agentID ?? "").withCString { agent in
                        stored.body.withUnsafeBytes { body in
                            sqlite3_bind_int64(row, 1, sequence)
                            sqlite3_bind_int64(row, 2, slot)
                            sqlite3_bind_text(row, 3, key, CInt(entry.key.utf8.count), nil)
                            sqlite3_bind_text(row, 4, source, CInt(entry.source.rawValue.utf8.count), nil)
                            sqlite3_bind_text(row, 5, topic, CInt(entry.topic.utf8.count), nil)
                            if let id = entry.agentID { sqlite3_bind_text(row, 6, agent, CInt(id.utf8.count), nil) }
                            sqlite3_bind_int64(row, 7, entry.receivedAt.milliseconds)
                            // An array without elements may have no address, and no address is NULL.
                            if body.isEmpty {
                                sqlite3_bind_zeroblob(row, 8, 0)
                            } else {
                                sqlite3_bind_blob64(row, 8, body.baseAddress, sqlite3_uint64(body.count), nil)
                            }
                            return sqlite3_step(row)
                        }
                    }
                }
            }
        }
        // SQLite must not keep addresses that end here.
        defer {
            sqlite3_reset(row)
            sqlite3_clear_bindings(row)
        }
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
        }
        return sqlite3_changes(database.sqliteConnection) > 0
    }

    /// Whether the same content came within the window before, or after: requests overlap, and clocks are set back.
    func contains(_ entry: JournalEntry, near slot: EntrySlot, window: Duration) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT received_at FROM entries WHERE slot IN (?, ?, ?) AND key = ?"
        )
        let times = try Int64.fetchCursor(
            statement,
            arguments: [slot.value - 1, slot.value, slot.value + 1, entry.key]
        )
        while let time = try times.next() {
            let distance = entry.receivedAt.milliseconds - time
            if Duration.milliseconds(distance.magnitude) < window { return true }
        }
        return false
    }
}

extension [UInt8] {
    /// The bytes as `Data` without a copy; not to be kept.
    fileprivate func withData<Result>(_ body: (Data) throws -> Result) rethrows -> Result {
        try withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else { return try body(Data()) }
            // Only read, and only during the call: the memory is the array's.
            let address = UnsafeMutableRawPointer(mutating: base)
            return try body(Data(bytesNoCopy: address, count: bytes.count, deallocator: .none))
        }
    }
}
