// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
import GenesysEvents

/// Writes jobs into the open transaction of the writer's connection.
///
/// Statements are compiled once per connection (GRDB's cache) and looked up once per group.
struct GroupTransaction {
    let database: Database
    let contentWindow: Duration
    /// The sequence of the next new entry. Given here instead of by SQLite, so that it is never used twice, also when
    /// all entries were deleted, without the table that AUTOINCREMENT writes on every insert.
    var nextSequence: Int64
    /// The new entries, as ``Journal/read(after:limit:bytes:)`` gives them.
    var inserted: [JournalRecord] = []

    mutating func run(_ jobs: [WriteJob]) throws -> [WriteJob.Outcome] {
        let entries = try jobs.contains { $0.entryCount > 0 } ? EntryStatements(database) : nil
        var outcomes: [WriteJob.Outcome] = []
        outcomes.reserveCapacity(jobs.count)
        for job in jobs {
            switch job {
            case .append(let batch, _, _):
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
        var kept = entry
        kept.madeAt = EntrySlot.madeAt(slot: slot.value, key: entry.key)
        inserted.append(JournalRecord(sequence: nextSequence, entry: kept))
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
            let statement = try BoundStatement(
                database,
                """
                INSERT INTO agents (id, state) VALUES (?, ?)
                ON CONFLICT (id) DO UPDATE SET state = excluded.state
                """
            )
            for agent in commit.agents {
                try agent.id.withCString { id in
                    try agent.state.withUnsafeBytes { state in
                        try statement.bind(id, agent.id.utf8.count, at: 1)
                        try statement.bind(state, at: 2)
                        _ = try statement.run()
                    }
                }
            }
        }
        if !commit.history.isEmpty {
            let statement = try BoundStatement(
                database,
                "INSERT INTO history (agent_id, at, kind, summary, detail) VALUES (?, ?, ?, ?, ?)"
            )
            for line in commit.history { try insert(line, statement) }
        }
        if !commit.deadLetters.isEmpty {
            let statement = try BoundStatement(
                database,
                "INSERT INTO dead_letters (at, reason, agent_id, event) VALUES (?, ?, ?, ?)"
            )
            for letter in commit.deadLetters { try insert(letter, statement) }
        }
    }

    private func insert(_ letter: DeadLetter, _ statement: BoundStatement) throws {
        try letter.reason.withCString { reason in
            try (letter.agentID ?? "").withCString { agent in
                try letter.event.withUnsafeBytes { event in
                    try statement.bind(letter.at.milliseconds, at: 1)
                    try statement.bind(reason, letter.reason.utf8.count, at: 2)
                    if let id = letter.agentID { try statement.bind(agent, id.utf8.count, at: 3) }
                    try statement.bind(event, at: 4)
                    _ = try statement.run()
                }
            }
        }
    }

    private func insert(_ line: HistoryEntry, _ statement: BoundStatement) throws {
        try line.agentID.withCString { id in
            try line.kind.rawValue.withCString { kind in
                try line.summary.withCString { summary in
                    try line.detail.withUnsafeBytes { detail in
                        try statement.bind(id, line.agentID.utf8.count, at: 1)
                        try statement.bind(line.at.milliseconds, at: 2)
                        try statement.bind(kind, line.kind.rawValue.utf8.count, at: 3)
                        try statement.bind(summary, line.summary.utf8.count, at: 4)
                        try statement.bind(detail, at: 5)
                        _ = try statement.run()
                    }
                }
            }
        }
    }
}

/// The statements of an append.
private struct EntryStatements {
    private let database: Database
    private let insertion: BoundStatement

    init(_ database: Database) throws {
        self.database = database
        insertion = try BoundStatement(
            database,
            """
            INSERT INTO entries (sequence, slot, key, source, topic, agent_id, received_at, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (slot, key) DO NOTHING
            """
        )
    }

    /// Returns `false` when the key is in the slot already. Whatever else keeps the row out is an error: it would be
    /// answered as a duplicate and be nowhere.
    func insert(_ stored: StoredEntry, slot: Int64, sequence: Int64) throws -> Bool {
        let entry = stored.entry
        return try entry.key.withCString { key in
            try entry.source.rawValue.withCString { source in
                try entry.topic.withCString { topic in
                    try (entry.agentID ?? "").withCString { agent in
                        try stored.body.withUnsafeBytes { body in
                            try insertion.bind(sequence, at: 1)
                            try insertion.bind(slot, at: 2)
                            try insertion.bind(key, entry.key.utf8.count, at: 3)
                            try insertion.bind(source, entry.source.rawValue.utf8.count, at: 4)
                            try insertion.bind(topic, entry.topic.utf8.count, at: 5)
                            if let id = entry.agentID { try insertion.bind(agent, id.utf8.count, at: 6) }
                            try insertion.bind(entry.receivedAt.milliseconds, at: 7)
                            try insertion.bind(body, at: 8)
                            return try insertion.run() > 0
                        }
                    }
                }
            }
        }
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
