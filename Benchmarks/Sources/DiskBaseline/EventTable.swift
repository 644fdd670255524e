// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CSQLite
import Foundation

/// The journal's table of entries and nothing around it: no Swift concurrency, no GRDB, one prepared statement.
final class EventTable {
    private let database: OpaquePointer
    private let insert: OpaquePointer
    private let body: [UInt8]
    private var count = 0

    init(path: String, body: [UInt8]) throws {
        var opened: OpaquePointer?
        guard sqlite3_open(path, &opened) == SQLITE_OK, let opened else {
            throw BaselineError(message: "cannot open \(path)")
        }
        database = opened
        self.body = body
        let schema = """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE entries (
                sequence INTEGER PRIMARY KEY,
                slot INTEGER NOT NULL,
                key TEXT NOT NULL,
                source TEXT NOT NULL,
                topic TEXT NOT NULL,
                agent_id TEXT,
                received_at INTEGER NOT NULL,
                body BLOB NOT NULL,
                UNIQUE (slot, key)
            ) STRICT;
            """
        var statement: OpaquePointer?
        let sql =
            "INSERT INTO entries (slot, key, source, topic, agent_id, received_at, body) "
            + "VALUES (?5, ?1, 'webhook', ?2, ?3, ?4, ?6)"
        guard sqlite3_exec(opened, schema, nil, nil, nil) == SQLITE_OK,
            sqlite3_prepare_v2(opened, sql, -1, &statement, nil) == SQLITE_OK, let statement
        else {
            throw BaselineError(message: String(cString: sqlite3_errmsg(opened)))
        }
        insert = statement
    }

    deinit {
        sqlite3_finalize(insert)
        sqlite3_close(database)
    }

    /// One transaction of so many rows; on disk when it returns.
    func append(_ rows: Int) throws {
        try run("BEGIN IMMEDIATE")
        for _ in 0..<rows {
            count += 1
            let agent = String(format: "11111111-0000-4000-8000-%012x", count % 1000)
            // Random, as event ids are, and led by a time, as in the journal.
            bind(1, "eb:" + UUID().uuidString)
            bind(2, "v2.users." + agent + ".conversations")
            bind(3, agent)
            sqlite3_bind_int64(insert, 4, Int64(count))
            sqlite3_bind_int64(insert, 5, Int64(count))
            // The bytes outlive the statement's step, and the binding is replaced before the next.
            let code = body.withUnsafeBytes { bytes -> Int32 in
                sqlite3_bind_blob(insert, 6, bytes.baseAddress, Int32(bytes.count), nil)
                return sqlite3_step(insert)
            }
            guard code == SQLITE_DONE else { throw BaselineError(message: String(cString: sqlite3_errmsg(database))) }
            sqlite3_reset(insert)
        }
        try run("COMMIT")
    }

    private func bind(_ index: Int32, _ text: String) {
        // SQLITE_TRANSIENT, a cast that Swift cannot import: SQLite makes a copy.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        sqlite3_bind_text(insert, index, text, -1, transient)
    }

    private func run(_ sql: String) throws {
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
            throw BaselineError(message: String(cString: sqlite3_errmsg(database)))
        }
    }
}
