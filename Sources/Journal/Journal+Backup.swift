// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Dispatch
import Foundation
import GRDB

extension Journal {
    /// What was copied.
    public struct Backup: Sendable, Equatable {
        /// The newest entry in the copy.
        public var lastSequence: Int64
        /// The size of its file.
        public var bytes: Int64
    }

    /// Copies the database as it is at this moment into a new file, while the relay that has it open goes on.
    ///
    /// Everything acknowledged before the call is in the copy, and nothing by halves: it is read from one snapshot. The
    /// pages are copied as they are (SQLite's backup API), on a connection for reading: no lock of the writer is held.
    /// Its log cannot begin anew until the copy is done, which is why they are copied, and not written anew as
    /// `VACUUM INTO` would: it holds the snapshot while it builds every index again. The file appears under its name
    /// only when it is complete, checked and on disk; it is one file without a log, readable for its owner alone.
    ///
    /// Throws `.cannotOpen` with what to do when there is such a file already, or it cannot be written.
    public func backup(to path: String) async throws(JournalError) -> Backup {
        let source = pool
        let result: Result<Backup, JournalError> = await withCheckedContinuation { continuation in
            // Takes as long as the disk needs, so not on a thread of the cooperative pool.
            DispatchQueue.global(qos: .utility).async {
                do throws(JournalError) {
                    continuation.resume(returning: .success(try BackupFile(path: path).write(from: source)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}

/// A copy that is being made.
private struct BackupFile {
    let path: String
    private let partial: String

    /// Pages in one step; between steps nothing is held but the snapshot.
    private static let pagesPerStep: CInt = 2000

    init(path: String) {
        self.path = path
        partial = "\(path).\(getpid()).partial"
    }

    func write(from source: DatabasePool) throws(JournalError) -> Journal.Backup {
        guard access(path, F_OK) != 0 else { throw exists }
        let descriptor = open(partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("cannot be written", errno) }
        close(descriptor)
        defer { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(partial + suffix) } }
        let last: Int64
        do {
            last = try copy(from: source)
        } catch {
            throw JournalError(.cannotOpen, "the backup \(path) failed: \(JournalError(error).message)")
        }
        try sync(partial, O_RDWR)
        // Unlike a rename, a link never takes the place of another file.
        guard link(partial, path) == 0 else { throw errno == EEXIST ? exists : failure("cannot be made", errno) }
        try sync(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY)
        return Journal.Backup(lastSequence: last, bytes: Journal.fileSize(path))
    }

    /// Returns the newest sequence in the copy.
    private func copy(from source: DatabasePool) throws -> Int64 {
        var settings = GRDB.Configuration()
        settings.label = "journal.backup"
        let copy = try DatabaseQueue(path: partial, configuration: settings)
        // Synced as a whole at the end; until then it is nobody's.
        try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        let last = try source.read { snapshot in
            // Takes the snapshot: without one every step would take its own, and begin again after each commit.
            let last = try Journal.lastSequence(snapshot)
            try copy.writeWithoutTransaction { try snapshot.backup(to: $0, pagesPerStep: Self.pagesPerStep) }
            return last
        }
        try copy.writeWithoutTransaction { database in
            // The source's header says that there is a log; a backup is one file.
            try database.execute(sql: "PRAGMA journal_mode = DELETE")
            let findings = try String.fetchAll(database, sql: "PRAGMA quick_check(1)")
            guard findings == ["ok"] else {
                throw JournalError(
                    .other,
                    "the copy is damaged (\(findings.first ?? "")): check the journal and the disk"
                )
            }
        }
        try copy.close()
        return last
    }

    private func sync(_ path: String, _ flags: Int32) throws(JournalError) {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be synced", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot be synced", errno) }
    }

    private var exists: JournalError {
        JournalError(.cannotOpen, "\(path) exists already, and a backup never overwrites a file: name another one")
    }

    private func failure(_ what: String, _ code: Int32) -> JournalError {
        JournalError(.cannotOpen, "\(path) \(what): \(String(cString: strerror(code)))")
    }
}
