// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
public import GenesysEvents

extension Journal {
    /// Entries after `sequence`, in order.
    ///
    /// - Parameter bytes: with so many bytes of bodies it ends, after one entry at the least; bodies of a few kilobytes in the
    ///   database may be megabytes in memory.
    public func read(
        after sequence: Int64,
        limit: Int,
        bytes: Int = .max
    ) async throws(JournalError) -> [JournalRecord] {
        try await reading { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT sequence, key, source, topic, agent_id, received_at, body, slot
                    FROM entries WHERE sequence > ? ORDER BY sequence LIMIT ?
                    """
            )
            let rows = try Row.fetchCursor(statement, arguments: [sequence, max(0, limit)])
            var records: [JournalRecord] = []
            var read = 0
            while read < bytes, let row = try rows.next() {
                let key: String = row[1]
                let entry = JournalEntry(
                    key: key,
                    source: JournalSource(rawValue: row[2]) ?? .webhook,
                    topic: row[3],
                    agentID: row[4],
                    receivedAt: Timestamp(milliseconds: row[5]),
                    body: [],
                    madeAt: EntrySlot.madeAt(slot: row[7], key: key)
                )
                records.append(
                    try row.withUnsafeData(atIndex: 6) { data in
                        (data ?? Data()).withUnsafeBytes {
                            JournalRecord(sequence: row[0], entry: entry, stored: $0)
                        }
                    }
                )
                read += records.last?.entry.body.count ?? 0
            }
            return records
        }
    }

    /// As ``read(after:limit:bytes:)``, for the one who applies entries and never goes back: what was appended just now
    /// comes from memory, as it was appended.
    public func readNext(after sequence: Int64, limit: Int, bytes: Int) async throws(JournalError) -> [JournalRecord] {
        guard !isClosed else { throw JournalError(.closed, "the journal is closed") }
        if let records = recent.take(after: sequence, limit: limit, bytes: bytes) { return records }
        return try await read(after: sequence, limit: limit, bytes: bytes)
    }

    /// A sequence to give to ``read(after:limit:)`` for all entries received at `time` or later.
    ///
    /// Times follow the sequence but for requests that overlap, so it begins a minute early: look at `receivedAt`.
    public func sequence(before time: Timestamp) async throws(JournalError) -> Int64 {
        let time = time.milliseconds - 60_000
        return try await reading { database in
            let bounds = try Row.fetchOne(database, sql: Schema.ends(of: "sequence", in: "entries"))
            guard let bounds, var low: Int64 = bounds[0], let last: Int64 = bounds[1] else { return 0 }
            let probe = try database.cachedStatement(
                sql: "SELECT received_at FROM entries WHERE sequence >= ? ORDER BY sequence LIMIT 1"
            )
            var high = last + 1
            while low < high {
                let middle = low + (high - low) / 2
                let received = try Int64.fetchOne(probe, arguments: [middle]) ?? .max
                if received < time { low = middle + 1 } else { high = middle }
            }
            return low - 1
        }
    }

    /// The applied position.
    public func appliedPosition() async throws(JournalError) -> Int64 {
        try await reading { database in
            try Int64.fetchOne(database, sql: "SELECT position FROM progress") ?? 0
        }
    }

    /// Every agent's stored state, in the order of their ids. Read as they are asked for, a part at a time: all of them may
    /// be more than the memory should hold at once, and a commit in between is seen or not.
    public var agents: StoredAgents { StoredAgents(journal: self) }

    func agents(after id: String?, limit: Int) async throws(JournalError) -> [StoredAgent] {
        try await reading { database in
            let statement = try database.cachedStatement(
                sql: "SELECT id, state FROM agents WHERE id > ? ORDER BY id LIMIT ?"
            )
            // No id is empty.
            let rows = try Row.fetchCursor(statement, arguments: [id ?? "", limit])
            var agents: [StoredAgent] = []
            while let row = try rows.next() { agents.append(StoredAgent(id: row[0], state: try row.bytes(1))) }
            return agents
        }
    }

    /// Newest first; `before` is the id of the last entry of the page before.
    ///
    /// Looks into one block of lines after the other (``Schema/historyBlock``): some microseconds for each thousand lines of
    /// all agents.
    public func history(agentID: String, before: Int64?, limit: Int) async throws(JournalError) -> [HistoryEntry] {
        try await reading { database in
            let bounds = try Row.fetchOne(database, sql: Schema.ends(of: "id", in: "history"))
            guard let oldest: Int64 = bounds?[0], let newest: Int64 = bounds?[1] else { return [] }
            let statement = try database.cachedStatement(
                sql: """
                    SELECT id, agent_id, at, kind, summary, detail
                    FROM history WHERE \(Schema.historyBlock) = ? AND agent_id = ? AND id < ? ORDER BY id DESC LIMIT ?
                    """
            )
            var lines: [HistoryEntry] = []
            var block = Schema.historyBlock(of: min(newest, before ?? .max))
            while block >= Schema.historyBlock(of: oldest), lines.count < limit {
                let rows = try Row.fetchCursor(
                    statement,
                    arguments: [block, agentID, before ?? .max, limit - lines.count]
                )
                while let row = try rows.next() { lines.append(try HistoryEntry(row)) }
                block -= 1
            }
            return lines
        }
    }

    /// Newest first; `before` is the id of the last letter of the page before.
    ///
    /// - Parameter bytes: with so many bytes of events the page ends, after one letter at the least.
    public func deadLetters(
        before: Int64?,
        limit: Int,
        bytes: Int = .max
    ) async throws(JournalError) -> [DeadLetter] {
        try await letters(
            where: "id < ? ORDER BY id DESC LIMIT ?",
            [before ?? .max, Int64(max(0, limit))],
            bytes: bytes
        )
    }

    /// One letter; `nil` when there is none with that id.
    public func deadLetter(id: Int64) async throws(JournalError) -> DeadLetter? {
        try await letters(where: "id = ?", [id]).first
    }

    /// Forgets a letter; returns `false` when there is none with that id.
    public func removeDeadLetter(id: Int64) async throws(JournalError) -> Bool {
        try await writable().step { database in
            try database.execute(sql: "DELETE FROM dead_letters WHERE id = ?", arguments: [id])
            return database.changesCount > 0
        }
    }

    private func letters(
        where condition: String,
        _ values: [Int64],
        bytes: Int = .max
    ) async throws(JournalError) -> [DeadLetter] {
        try await reading { database in
            let statement = try database.cachedStatement(
                sql: "SELECT id, at, reason, agent_id, event FROM dead_letters WHERE \(condition)"
            )
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(values))
            var letters: [DeadLetter] = []
            var read = 0
            while read < bytes, let row = try rows.next() {
                letters.append(
                    DeadLetter(
                        id: row[0],
                        at: Timestamp(milliseconds: row[1]),
                        reason: row[2],
                        agentID: row[3],
                        event: try row.bytes(4)
                    )
                )
                read += letters.last?.event.count ?? 0
            }
            return letters
        }
    }

    /// On a connection for reading, in a transaction of its own: never behind the writer.
    func reading<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(JournalError) -> Value {
        guard !isClosed else { throw JournalError(.closed, "the journal is closed") }
        do {
            return try await pool.read(body)
        } catch {
            throw JournalError(error)
        }
    }

    /// The same, where each statement sees what is there when it begins.
    func readingUnisolated<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(JournalError) -> Value {
        guard !isClosed else { throw JournalError(.closed, "the journal is closed") }
        do {
            return try await pool.unsafeRead(body)
        } catch {
            throw JournalError(error)
        }
    }
}

extension HistoryEntry {
    /// From the columns id, agent_id, at, kind, summary, detail.
    init(_ row: Row) throws {
        self.init(
            id: row[0],
            agentID: row[1],
            at: Timestamp(milliseconds: row[2]),
            kind: Kind(rawValue: row[3]) ?? .event,
            summary: row[4],
            detail: try row.bytes(5)
        )
    }
}

extension Row {
    fileprivate func bytes(_ index: Int) throws -> [UInt8] {
        try withUnsafeData(atIndex: index) { data in data.map { Array($0) } ?? [] }
    }
}
