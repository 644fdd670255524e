// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CEpoll
import Glibc

/// What went wrong with a socket, and what to do about it.
enum SocketProblem {
    /// Of the system call that has just failed.
    static func error(_ action: String, _ address: ListenAddress) -> HTTPServerError {
        let number = errno
        let text = "cannot \(action) \(address): \(String(cString: strerror(number))) (errno \(number))"
        return switch number {
        case EADDRINUSE:
            HTTPServerError(
                .addressInUse,
                "\(text); another process listens there: stop it, or choose another port",
                systemError: number
            )
        case EADDRNOTAVAIL:
            HTTPServerError(
                .addressNotAvailable,
                "\(text); it is not an address of this machine: use one of its own, or 0.0.0.0 or :: for all",
                systemError: number
            )
        case EACCES, EPERM: HTTPServerError(.permissionDenied, "\(text); \(permission(address))", systemError: number)
        default: HTTPServerError(.system, text, systemError: number)
        }
    }

    private static func permission(_ address: ListenAddress) -> String {
        switch address {
        case .ip, .systemd:
            "ports below 1024 need a privilege: choose a higher port, or grant CAP_NET_BIND_SERVICE"
        case .unix: "this user must be allowed to write into the folder of the socket"
        }
    }

    /// An `int` of `SOL_SOCKET`; `nil` for a descriptor that is no socket.
    static func option(_ option: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : nil
    }
}
