// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// Keeps a second relay away from the same database, for as long as it lives.
///
/// An advisory `flock` on a file of its own: SQLite uses POSIX locks on the database file, and those would be lost
/// with the first descriptor of it that this process closes. The kernel frees the lock when the process ends, however
/// it ends; the file stays, since removing it would race with the next one to lock it.
final class LockFile: Sendable {
    private let descriptor: Int32

    init(path: String) throws(JournalError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JournalError(
                .cannotOpen,
                "cannot create \(path): \(String(cString: strerror(errno))); the journal's folder must be writable"
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.holder(descriptor)
            close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw JournalError(.cannotOpen, "cannot lock \(path): \(String(cString: strerror(reason)))")
            }
            throw JournalError(
                .cannotOpen,
                "another relay\(holder) uses this journal: stop it, or give each relay its own journal.url"
            )
        }
        // Who holds it, for the message above; failing to write it changes nothing.
        let text = "\(getpid())\n"
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.utf8.count, 0) }
    }

    deinit { close(descriptor) }

    /// Lets another have the database, when it is closed here.
    func release() { flock(descriptor, LOCK_UN) }

    private static func holder(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let digits = buffer.prefix(max(0, count)).prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? "" : " (process \(String(decoding: digits, as: UTF8.self)))"
    }
}
