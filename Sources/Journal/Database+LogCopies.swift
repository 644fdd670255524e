// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
import GRDBSQLite

extension Database {
    /// Makes the next checkpoint copy the whole log, not only what no earlier one has copied.
    ///
    /// SQLite syncs the database only at the end of a checkpoint that finds nothing newer in the log; those before it count
    /// their pages as copied without a sync. When that sync fails the kernel may drop all those pages, the next sync
    /// succeeds without them, and the log would begin anew over the only copy there is. So how far checkpoints have come is
    /// set back to nothing, which is where recovery begins as well and therefore always right.
    ///
    /// The number is `nBackfill`, 4 bytes at offset 96 of the WAL-index (https://www.sqlite.org/walformat.html, section
    /// 2.1.1), which only the holder of the checkpoint lock may change. Not within a transaction.
    func forgetCopiesOfLog() throws {
        // A connection that has not read since it was opened, or since an error, has no log yet.
        _ = try Int.fetchOne(self, sql: "SELECT count(*) FROM sqlite_master")
        var pointer: UnsafeMutablePointer<sqlite3_file>?
        let found = withUnsafeMutablePointer(to: &pointer) {
            sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, $0)
        }
        guard found == SQLITE_OK, let file = pointer, let methods = file.pointee.pMethods?.pointee,
            methods.iVersion >= 2, let map = methods.xShmMap, let lock = methods.xShmLock
        else { throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the log has no index in shared memory") }
        try check(lock(file, Self.checkpointLock, 1, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE))
        defer { _ = lock(file, Self.checkpointLock, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE) }
        var index: UnsafeMutableRawPointer?
        let mapped = withUnsafeMutablePointer(to: &index) { place in
            place.withMemoryRebound(to: UnsafeMutableRawPointer?.self, capacity: 1) {
                map(file, 0, Self.indexRegionBytes, 0, $0)
            }
        }
        try check(mapped)
        // Without an index there is no log yet.
        index?.storeBytes(of: 0, toByteOffset: Self.copiedFramesOffset, as: UInt32.self)
    }

    private static let checkpointLock: Int32 = 1
    private static let indexRegionBytes: Int32 = 32_768
    private static let copiedFramesOffset = 96

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "the index of the log is not to be had")
    }
}
