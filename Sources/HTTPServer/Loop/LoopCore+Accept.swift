// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CEpoll
import Glibc
import Logging
import Synchronization

extension LoopCore {
    /// Takes waiting connections, as many as the cap allows and in turns with the open ones.
    /// Returns whether more may wait.
    @discardableResult
    func accept(from listener: Int32) -> Bool {
        guard acceptsAgainAt == nil else { return false }
        for _ in 0..<64 {
            let open = shared.openConnections.add(1, ordering: .relaxed).newValue
            guard open <= configuration.maxConnections else {
                releasePlace()
                pauseAccepting(for: 20, "the connection limit of \(configuration.maxConnections) is reached")
                return false
            }
            var address = SocketAddress()
            let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = address.withPointer { pr_accept4(listener, $0, $1, flags) }
            guard descriptor >= 0 else {
                let number = errno
                releasePlace()
                switch number {
                case EAGAIN: return false
                case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                    pauseAccepting(for: 100, "accept failed: \(String(cString: strerror(number)))")
                    return false
                // The connection has failed before it was taken (accept(2) lists the network errors): the next one.
                default: continue
                }
            }
            add(descriptor, from: address.host)
        }
        return true
    }

    private func add(_ descriptor: Int32, from host: String) {
        LoopCounters.add(loop.counters.accepted)
        let context = configuration.tls == nil ? nil : shared.tls.withLock { $0 }
        guard let transport = Transport(descriptor: descriptor, tls: context) else {
            Glibc.close(descriptor)
            return releasePlace()
        }
        let slot = freeSlots.popLast() ?? connections.count
        if slot == connections.count { connections.append(nil) }
        generation &+= 1
        let state = ConnectionState(limits: limits, secure: transport.isSecure)
        let connection = Connection(
            slot: slot,
            generation: generation,
            remoteAddress: host,
            transport: transport,
            state: state
        )
        connections[slot] = connection
        openCount += 1
        // Data that is here already makes an event at once.
        guard watch(connection) else { return close(connection) }
        arm(connection)
    }

    func releasePlace() { shared.openConnections.subtract(1, ordering: .relaxed) }

    /// Waiting connections stay in the kernel's queue; looking at them again and again would only spin.
    private func pauseAccepting(for milliseconds: Int64, _ reason: String) {
        acceptsAgainAt = now + milliseconds * 1_000_000
        LoopCounters.add(loop.counters.acceptPauses)
        for listener in listeners { unwatch(listener) }
        // Once in ten seconds is enough to know.
        if lastPauseLogged == .min || now - lastPauseLogged > 10_000_000_000 {
            lastPauseLogged = now
            logger.warning("not accepting connections for now", metadata: ["reason": "\(reason)"])
        }
    }

    func resumeAccepting() {
        acceptsAgainAt = nil
        for (index, listener) in listeners.enumerated() { watchListener(listener, index: index) }
    }

    /// Connections whose handshake the kernel has completed are taken first: closing would reset them.
    func closeListeners() {
        for listener in listeners {
            while accept(from: listener) {}
            Glibc.close(listener)
        }
        listeners = []
        acceptsAgainAt = nil
    }
}
