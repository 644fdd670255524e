// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
import GRDBSQLite
import Synchronization

/// Copies the log into the database whenever it has grown, as SQLite does by itself, but does not keep it a secret when
/// that meets an I/O error.
///
/// A checkpoint begins with a sync of the log. When that fails, what commits of the pipeline have left there without a
/// sync may be gone for good, and no later sync will tell: the log would have a hole in front of what is promised next.
final class LogCheckpoints: Sendable {
    /// Pages in the log; SQLite's own default.
    private static let threshold: CInt = 1000

    private let hasFailed = Atomic(false)

    /// In place of the connection's own checkpoints. Must live as long as the connection writes.
    func install(_ database: Database) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, connection, name, pages in
                guard pages >= LogCheckpoints.threshold, let context else { return SQLITE_OK }
                let code = sqlite3_wal_checkpoint_v2(connection, name, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                if code & 0xFF == SQLITE_IOERR {
                    Unmanaged<LogCheckpoints>.fromOpaque(context).takeUnretainedValue()
                        .hasFailed.store(true, ordering: .relaxed)
                }
                // The transaction itself is committed, whatever became of the checkpoint.
                return SQLITE_OK
            },
            context
        )
    }

    /// Whether one has met an I/O error since the last time it was asked.
    func takeFailure() -> Bool { hasFailed.exchange(false, ordering: .relaxed) }
}
