// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
import GRDBSQLite

/// A statement that is bound and stepped by hand, the values where they are: half the time of GRDB's boxed arguments, on
/// the paths that every event takes.
struct BoundStatement {
    private let database: Database
    /// Owns the one below.
    private let statement: Statement
    private let row: SQLiteStatement

    init(_ database: Database, _ sql: String) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql)
        row = statement.sqliteStatement
    }

    func bind(_ number: Int64, at place: CInt) throws { try check(sqlite3_bind_int64(row, place, number)) }

    /// The text has to stay where it is until the statement has run, and so have the bytes below.
    func bind(_ text: UnsafePointer<CChar>, _ count: Int, at place: CInt) throws {
        try check(sqlite3_bind_text(row, place, text, CInt(count), nil))
    }

    func bind(_ bytes: UnsafeRawBufferPointer, at place: CInt) throws {
        // An array without elements may have no address, and no address is NULL.
        if bytes.isEmpty {
            try check(sqlite3_bind_zeroblob(row, place, 0))
        } else {
            try check(sqlite3_bind_blob64(row, place, bytes.baseAddress, sqlite3_uint64(bytes.count), nil))
        }
    }

    /// A value that SQLite does not take, as one of more bytes than its limit, must not go on as NULL.
    private func check(_ code: CInt) throws {
        guard code != SQLITE_OK else { return }
        sqlite3_clear_bindings(row)
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
    }

    /// Returns how many rows it has changed. What is not bound again is NULL the next time.
    func run() throws -> Int {
        // SQLite must not keep addresses that end with the caller's.
        defer {
            sqlite3_reset(row)
            sqlite3_clear_bindings(row)
        }
        let code = sqlite3_step(row)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
        }
        return Int(sqlite3_changes(database.sqliteConnection))
    }
}
