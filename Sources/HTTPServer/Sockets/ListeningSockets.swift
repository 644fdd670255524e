// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CEpoll
import Glibc

/// Sockets of one address that share its connections, one for each event loop (`SO_REUSEPORT`).
struct ListeningSockets {
    let address: ListenAddress
    let descriptors: [Int32]

    /// Binds and listens `count` times. On an error nothing stays open.
    ///
    /// The first socket is bound without `SO_REUSEPORT` and joins the group afterwards: with it, a second process of
    /// the same user would bind as well and take half of the connections, where it should be told the address is used.
    init(_ wanted: ListenAddress, count: Int) throws(HTTPServerError) {
        var opened: [Int32] = []
        do throws(HTTPServerError) {
            var address = wanted
            for index in 0..<count {
                let descriptor = try Self.open(address)
                opened.append(descriptor)
                if index > 0 { try Self.set(SOL_SOCKET, SO_REUSEPORT, on: descriptor, address) }
                try Self.bind(descriptor, to: address)
                if index == 0 {
                    try Self.set(SOL_SOCKET, SO_REUSEPORT, on: descriptor, address)
                    guard let bound = SocketAddress(boundTo: descriptor) else { throw Self.error("listen on", address) }
                    address = .ip(bound.numeric.host, port: bound.numeric.port)
                }
            }
            for descriptor in opened where listen(descriptor, SOMAXCONN) != 0 {
                throw Self.error("listen on", address)
            }
            self.address = address
            descriptors = opened
        } catch {
            for descriptor in opened { close(descriptor) }
            throw error
        }
    }

    private static func open(_ address: ListenAddress) throws(HTTPServerError) -> Int32 {
        let family = try SocketAddress(address).family
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw error("open a socket for", address) }
        do throws(HTTPServerError) {
            // A restart must not wait for connections in TIME_WAIT.
            try set(SOL_SOCKET, SO_REUSEADDR, on: descriptor, address)
            // Accepted sockets inherit it: answers go out in one write and must not wait for an acknowledgement.
            try set(Int32(IPPROTO_TCP), TCP_NODELAY, on: descriptor, address)
            // 0.0.0.0 and :: can then be listened on side by side.
            if family == AF_INET6 { try set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, on: descriptor, address) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func bind(_ descriptor: Int32, to address: ListenAddress) throws(HTTPServerError) {
        var target = try SocketAddress(address)
        guard target.withPointer({ Glibc.bind(descriptor, $0, $1.pointee) }) == 0 else {
            throw error("listen on", address)
        }
    }

    private static func set(
        _ level: Int32,
        _ option: Int32,
        on descriptor: Int32,
        _ address: ListenAddress
    ) throws(HTTPServerError) {
        var on: Int32 = 1
        guard setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw error("set up a socket for", address)
        }
    }

    private static func error(_ action: String, _ address: ListenAddress) -> HTTPServerError {
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
        case EACCES, EPERM:
            HTTPServerError(
                .permissionDenied,
                "\(text); ports below 1024 need a privilege: choose a higher port, or grant CAP_NET_BIND_SERVICE",
                systemError: number
            )
        default: HTTPServerError(.system, text, systemError: number)
        }
    }
}
