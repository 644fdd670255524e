// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
import GRDBSQLite
import GenesysEvents

/// Entries one by one, in the order of the journal. Not to be kept.
///
/// Entries never change, so no snapshot has to last: the cursor takes a new one every few hundred entries, and the
/// writer's log can begin anew in between, however long the walk.
public struct EntryCursor {
    private static let rowsOfSnapshot = 500

    private let statement: Statement
    private let row: SQLiteStatement
    private let last: Int64
    /// The one seen last, wanted or not.
    private var place: Int64
    private var rows = 0
    private var isReading = false

    init(_ database: Database, after first: Int64, through last: Int64) throws {
        statement = try database.makeStatement(
            sql: """
                SELECT sequence, key, source, topic, agent_id, received_at, body, slot
                FROM entries WHERE sequence > ? AND sequence <= ? ORDER BY sequence
                """
        )
        row = statement.sqliteStatement
        place = first
        self.last = last
    }

    /// The next entry that is wanted; `nil` = there is none.
    ///
    /// - Parameter isWanted: decides by the UTF-8 bytes of the agent's id (none when the topic names no agent). The bodies
    ///   of other entries are not even read from the disk.
    public mutating func next(
        where isWanted: (UnsafeBufferPointer<UInt8>) -> Bool = { _ in true }
    ) throws -> JournalRecord? {
        while true {
            if rows >= Self.rowsOfSnapshot { pause() }
            if !isReading {
                sqlite3_bind_int64(row, 1, place)
                sqlite3_bind_int64(row, 2, last)
                isReading = true
            }
            // By hand, as the insertion: a cursor of boxed rows takes twice the time, and there are millions.
            let code = sqlite3_step(row)
            guard code == SQLITE_ROW else {
                pause()
                guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
                return nil
            }
            rows += 1
            place = sqlite3_column_int64(row, 0)
            let agent = text(4)
            guard isWanted(agent) else { continue }
            let key = String(decoding: text(1), as: UTF8.self)
            let entry = JournalEntry(
                key: key,
                source: JournalSource(rawValue: String(decoding: text(2), as: UTF8.self)) ?? .webhook,
                topic: String(decoding: text(3), as: UTF8.self),
                agentID: agent.isEmpty ? nil : String(decoding: agent, as: UTF8.self),
                receivedAt: Timestamp(milliseconds: sqlite3_column_int64(row, 5)),
                body: [],
                madeAt: EntrySlot.madeAt(slot: sqlite3_column_int64(row, 7), key: key)
            )
            return JournalRecord(sequence: place, entry: entry, stored: blob(6))
        }
    }

    /// Lets go of the snapshot, before something that may take long; the next entry is read from a new one.
    public mutating func pause() {
        sqlite3_reset(row)
        rows = 0
        isReading = false
    }

    /// Good until the next step.
    private func text(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        let start = sqlite3_column_text(row, column)
        return UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(row, column)))
    }

    /// Good until the next step.
    private func blob(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(row, column)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(row, column)))
    }
}
