// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CEpoll
import Glibc

/// The file of a Unix socket that this process has made. It is removed at the end, unless it is another one by then.
struct UnixSocketFile: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// The file as it is now; `nil` when there is none.
    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    /// Another server may have replaced it; what it has made is not ours to remove.
    func remove() {
        guard let now = UnixSocketFile(path), now.device == device, now.inode == inode else { return }
        unlink(path)
    }

    /// Removes what a server that was killed has left at `path`: a socket on which nobody listens.
    ///
    /// Throws when somebody does, and for a file that is no socket.
    static func clear(_ path: String) throws(HTTPServerError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw HTTPServerError(
                .addressInUse,
                "cannot listen on unix:\(path): there is a file that is no socket; remove it, or choose another path",
                systemError: EADDRINUSE
            )
        }
        guard try !isListenedOn(path) else {
            throw HTTPServerError(
                .addressInUse,
                "cannot listen on unix:\(path): another process listens there; stop it, or choose another path",
                systemError: EADDRINUSE
            )
        }
        unlink(path)
    }

    private static func isListenedOn(_ path: String) throws(HTTPServerError) -> Bool {
        var address = try SocketAddress(.unix(path: path))
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        // Without a look at it, what is there counts as in use.
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        guard address.withPointer({ connect(descriptor, $0, $1.pointee) }) != 0 else { return true }
        return errno != ECONNREFUSED && errno != ENOENT
    }
}
