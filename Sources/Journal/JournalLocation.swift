// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// Where a journal lies, from its URL.
struct JournalLocation {
    /// The database file.
    let path: String

    /// Takes `sqlite:relay.db`, `sqlite:/var/lib/relay.db` and `sqlite:///var/lib/relay.db`.
    init(url: String) throws(JournalError) {
        guard let colon = url.firstIndex(of: ":") else {
            throw JournalError(.cannotOpen, "journal.url must begin with sqlite:, for example sqlite:relay.db")
        }
        switch url[..<colon].lowercased() {
        case "sqlite": break
        case "postgresql", "postgres":
            // The URL may hold a password: it is not repeated.
            throw JournalError(.cannotOpen, "this version stores in SQLite only: use journal.url sqlite:PATH")
        default:
            throw JournalError(.cannotOpen, "journal.url has an unknown scheme: use sqlite:PATH")
        }
        var path = url[url.index(after: colon)...]
        if path.hasPrefix("//") { path = path.dropFirst(2) }
        guard !path.isEmpty, path != ":memory:", !path.utf8.contains(0) else {
            throw JournalError(.cannotOpen, "journal.url must name a file: use sqlite:PATH")
        }
        self.path = String(path)
    }

    /// The database file itself, where the path leads through links: two names of one database are one lock, and its log lies
    /// beside it. A link to a file that is still to be made is followed too.
    var resolvedPath: String {
        var file = URL(fileURLWithPath: path)
        // As many links as Linux follows (path_resolution(7)).
        for _ in 0..<40 {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: file.path) else { break }
            file = URL(fileURLWithPath: target, relativeTo: file.deletingLastPathComponent())
        }
        let folder = file.deletingLastPathComponent()
        guard let real = realpath(folder.path, nil) else { return file.path }
        defer { free(real) }
        return URL(fileURLWithPath: String(cString: real)).appending(path: file.lastPathComponent).path
    }

    /// Makes the folder and an empty database file, both closed to other users: events hold personal data.
    ///
    /// SQLite gives its `-wal` and `-shm` files the mode of the database file.
    func prepare() throws(JournalError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o750]
            )
        } catch {
            throw JournalError(.cannotOpen, "cannot create the folder \(folder): check its parent's owner and mode")
        }
    }

    /// Creates the file when there is none. Only while the lock is held: closing a descriptor of a database that
    /// this process has open would drop SQLite's own locks (POSIX locks belong to the process).
    func createFile() throws(JournalError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JournalError(
                .cannotOpen,
                "cannot open \(path): \(String(cString: strerror(errno))); check the owner and mode of file and folder"
            )
        }
        close(descriptor)
    }
}

extension Journal {
    /// Throws `.cannotOpen` when there is no database file, for commands that must not make one.
    public static func requireFile(url: String) throws(JournalError) {
        let path = try JournalLocation(url: url).path
        guard access(path, F_OK) == 0 else {
            throw JournalError(
                .cannotOpen,
                "there is no journal \(path): check the path, which is seen from this folder"
            )
        }
    }
}
