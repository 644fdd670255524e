// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CEpoll
import Glibc

/// One event loop's socket of one address.
struct Listener {
    let descriptor: Int32
    /// All loops have the same socket, and take connections from one queue.
    let isShared: Bool
    /// Somebody else keeps the socket open: whoever waits in it when we stop is not lost.
    let isPassed: Bool
}

/// Sockets of one address, one for each event loop.
///
/// TCP sockets of our own share the address (`SO_REUSEPORT`), so that the kernel spreads the connections. A Unix socket
/// cannot, and one that was passed to us has been bound already: the loops then have one queue.
struct ListeningSockets {
    /// As bound, with the real port.
    let address: ListenAddress
    /// One for each loop.
    let listeners: [Listener]
    /// To be removed at the end.
    private(set) var file: UnixSocketFile?

    /// What does not depend on the address.
    struct Options {
        var loops: Int
        var ipv6Only: Bool
        var unixSocketMode: mode_t
    }

    /// Binds and listens. On an error nothing stays open.
    static func open(
        _ address: ListenAddress,
        _ options: Options,
        passed: () -> PassedSockets
    ) throws(HTTPServerError) -> [Self] {
        switch address {
        case .ip: return [try Self(ip: address, options)]
        case .unix(let path): return [try Self(unix: path, options)]
        case .systemd(let name):
            var opened: [Self] = []
            do throws(HTTPServerError) {
                for socket in try passed().named(name) {
                    opened.append(try Self(passed: socket.descriptor, name: socket.name, options))
                }
            } catch {
                for sockets in opened { sockets.close() }
                throw error
            }
            return opened
        }
    }

    /// For sockets that no loop has taken over.
    func close() {
        file?.remove()
        for listener in listeners { Glibc.close(listener.descriptor) }
    }

    /// The first socket is bound without `SO_REUSEPORT` and joins the group afterwards: with it, a second process of
    /// the same user would bind as well and take half of the connections, where it should be told the address is used.
    private init(ip wanted: ListenAddress, _ options: Options) throws(HTTPServerError) {
        var opened: [Int32] = []
        do throws(HTTPServerError) {
            var address = wanted
            for index in 0..<options.loops {
                let descriptor = try Self.open(address, options)
                opened.append(descriptor)
                if index > 0 { try Self.set(SOL_SOCKET, SO_REUSEPORT, on: descriptor, address) }
                try Self.bind(descriptor, to: address)
                if index == 0 {
                    try Self.set(SOL_SOCKET, SO_REUSEPORT, on: descriptor, address)
                    guard let bound = SocketAddress(boundTo: descriptor) else {
                        throw SocketProblem.error("listen on", address)
                    }
                    address = bound.listenAddress
                }
            }
            for descriptor in opened { try Self.listen(descriptor, address) }
            self.address = address
            listeners = opened.map { Listener(descriptor: $0, isShared: false, isPassed: false) }
        } catch {
            for descriptor in opened { Glibc.close(descriptor) }
            throw error
        }
    }

    private init(unix path: String, _ options: Options) throws(HTTPServerError) {
        address = .unix(path: path)
        let descriptor = try Self.open(address, options)
        var file: UnixSocketFile?
        do throws(HTTPServerError) {
            try UnixSocketFile.clear(path)
            try Self.bind(descriptor, to: address)
            file = UnixSocketFile(path)
            // Nobody can connect before it is listened on, so nobody sees it with another mode.
            guard chmod(path, options.unixSocketMode) == 0 else {
                throw SocketProblem.error("set the mode of", address)
            }
            try Self.listen(descriptor, address)
            listeners = try Self.shared(descriptor, address, options, isPassed: false)
            self.file = file
        } catch {
            file?.remove()
            Glibc.close(descriptor)
            throw error
        }
        Glibc.close(descriptor)
    }

    private init(passed descriptor: Int32, name: String, _ options: Options) throws(HTTPServerError) {
        guard SocketProblem.option(SO_ACCEPTCONN, of: descriptor) == 1,
            SocketProblem.option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue),
            let bound = SocketAddress(boundTo: descriptor), [AF_INET, AF_INET6, AF_UNIX].contains(bound.family)
        else {
            throw HTTPServerError(
                .invalidAddress,
                "descriptor \(descriptor) (\(name)), passed by systemd, is no listening stream socket: "
                    + "the .socket unit needs ListenStream= and Accept=no"
            )
        }
        address = bound.listenAddress
        // Whoever opened it need not have thought of it; all processes that have the socket then see it so.
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw SocketProblem.error("use the passed socket", address)
        }
        if bound.family != AF_UNIX { try Self.set(Int32(IPPROTO_TCP), TCP_NODELAY, on: descriptor, address) }
        listeners = try Self.shared(descriptor, address, options, isPassed: true)
    }

    /// A descriptor of the same socket for each loop.
    private static func shared(
        _ descriptor: Int32,
        _ address: ListenAddress,
        _ options: Options,
        isPassed: Bool
    ) throws(HTTPServerError) -> [Listener] {
        var listeners: [Listener] = []
        for _ in 0..<options.loops {
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else {
                let error = SocketProblem.error("listen on", address)
                for listener in listeners { Glibc.close(listener.descriptor) }
                throw error
            }
            listeners.append(Listener(descriptor: copy, isShared: true, isPassed: isPassed))
        }
        return listeners
    }

    private static func open(_ address: ListenAddress, _ options: Options) throws(HTTPServerError) -> Int32 {
        let family = try SocketAddress(address).family
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw SocketProblem.error("open a socket for", address) }
        guard family != AF_UNIX else { return descriptor }
        do throws(HTTPServerError) {
            // A restart must not wait for connections in TIME_WAIT.
            try set(SOL_SOCKET, SO_REUSEADDR, on: descriptor, address)
            // Accepted sockets inherit it: answers go out in one write and must not wait for an acknowledgement.
            try set(Int32(IPPROTO_TCP), TCP_NODELAY, on: descriptor, address)
            // When on, 0.0.0.0 and :: can be listened on side by side.
            if family == AF_INET6 {
                try set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, on: descriptor, address, to: options.ipv6Only ? 1 : 0)
            }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func bind(_ descriptor: Int32, to address: ListenAddress) throws(HTTPServerError) {
        var target = try SocketAddress(address)
        guard target.withPointer({ Glibc.bind(descriptor, $0, $1.pointee) }) == 0 else {
            throw SocketProblem.error("listen on", address)
        }
    }

    private static func listen(_ descriptor: Int32, _ address: ListenAddress) throws(HTTPServerError) {
        guard Glibc.listen(descriptor, SOMAXCONN) == 0 else { throw SocketProblem.error("listen on", address) }
    }

    private static func set(
        _ level: Int32,
        _ option: Int32,
        on descriptor: Int32,
        _ address: ListenAddress,
        to value: Int32 = 1
    ) throws(HTTPServerError) {
        var value = value
        guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw SocketProblem.error("set up a socket for", address)
        }
    }
}
