// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB

extension JournalError {
    /// A failure of a read or a write on an open database.
    ///
    /// Only SQLite's own message is taken, never the statement's arguments.
    init(_ error: any Error) {
        switch error {
        case let error as JournalError: self = error
        case is CancellationError: self.init(.other, "the task was cancelled")
        case let error as DatabaseError: self.init(sqlite: error)
        default: self.init(.other, "the journal failed: \(type(of: error))")
        }
    }

    private init(sqlite error: DatabaseError) {
        let text = error.message ?? "no message"
        switch error.resultCode {
        case _ where error.isInterruptionError:
            self.init(.other, "the task was cancelled")
        case .SQLITE_FULL:
            self.init(.notWritable, "the journal's disk is full (\(text)): free space on it")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.notWritable, "the journal is read-only (\(text)): check the mount and the file's rights")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.notWritable, "another process holds the journal's write lock (\(text)): end it")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.notWritable, "the journal's database is damaged (\(text)): restore it or move it away")
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_PROTOCOL, .SQLITE_NOMEM:
            self.init(.notWritable, "the journal's disk failed (\(text), code \(error.extendedResultCode.rawValue))")
        case .SQLITE_MISUSE:
            self.init(.closed, "the journal is closed")
        default:
            self.init(.other, "SQLite: \(text) (code \(error.extendedResultCode.rawValue))")
        }
    }

    /// A failure to open the database at `path`.
    init(opening path: String, _ error: any Error) {
        guard let error = error as? DatabaseError else {
            self = (error as? JournalError) ?? JournalError(.cannotOpen, "cannot open \(path): \(type(of: error))")
            return
        }
        let advice =
            switch error.resultCode {
            case .SQLITE_NOTADB: "it is not an SQLite database; move it away or name another file in journal.url"
            case .SQLITE_CORRUPT: "it is damaged; restore it from a backup or move it away"
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: "it may not be written; check owner, mode and mount"
            case .SQLITE_CANTOPEN:
                "check that the file and its folder exist and may be read and written, and that the disk has space"
            case .SQLITE_BUSY, .SQLITE_LOCKED: "another program holds it; end that program"
            case .SQLITE_FULL: "the disk is full; free space on it"
            default: "SQLite code \(error.extendedResultCode.rawValue)"
            }
        self.init(.cannotOpen, "cannot open \(path): \(error.message ?? "no message"): \(advice)")
    }
}
