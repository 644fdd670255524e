// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Glibc
import Synchronization

/// Listening sockets that systemd, or another supervisor, has opened and passed to this process: sd_listen_fds(3).
///
/// They stay open with the supervisor while this process restarts, so that connections of that time wait in them.
struct PassedSockets: Sendable {
    struct Socket: Equatable, Sendable {
        var descriptor: Int32
        /// `FileDescriptorName=` of the socket unit; without one systemd writes the name of the unit.
        var name: String
    }

    let sockets: [Socket]

    init(sockets: [Socket]) { self.sockets = sockets }

    /// Descriptors come from 3 on. Variables that are meant for another process, or make no sense, count as none.
    init(environment: (String) -> String?, processID: Int32) {
        guard environment("LISTEN_PID").flatMap({ Int32($0) }) == processID,
            let count = environment("LISTEN_FDS").flatMap({ Int32($0) }), (1...1024).contains(count)
        else {
            sockets = []
            return
        }
        let names = environment("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        sockets = (0..<count).map { index in
            Socket(descriptor: 3 + index, name: Int(index) < names.count ? String(names[Int(index)]) : "unknown")
        }
    }

    private static let ofThisProcess = Mutex<PassedSockets?>(nil)

    /// Those of this process. The first call takes them out of the environment, so that no child believes they are its own.
    static func current() -> PassedSockets {
        ofThisProcess.withLock { current in
            if let current { return current }
            let passed = PassedSockets(
                environment: { getenv($0).map { String(cString: $0) } },
                processID: getpid()
            )
            for socket in passed.sockets { _ = fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC) }
            for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
            current = passed
            return passed
        }
    }

    /// The sockets of this name, or all; throws when there is none.
    func named(_ name: String?) throws(HTTPServerError) -> [Socket] {
        let found = sockets.filter { name == nil || $0.name == name }
        guard found.isEmpty else { return found }
        throw HTTPServerError(
            .invalidAddress,
            sockets.isEmpty
                ? "cannot listen on \(ListenAddress.systemd(name: name)): this process was passed no sockets "
                    + "(LISTEN_FDS); start it through its .socket unit, or configure an address"
                : "cannot listen on \(ListenAddress.systemd(name: name)): the sockets that were passed are named "
                    + sockets.map(\.name).joined(separator: ", ")
        )
    }
}
