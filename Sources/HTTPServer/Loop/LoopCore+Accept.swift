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
    func accept(from listener: Listener) -> Bool {
        guard acceptsAgainAt == nil else { return false }
        // From a common queue a few at a time, or the first loop to wake would take all; with TLS one, for a handshake takes
        // as long as thirty requests, and those that have begun go first.
        for _ in 0..<(configuration.tls != nil ? 1 : listener.isShared ? 8 : 64) {
            let open = shared.openConnections.add(1, ordering: .relaxed).newValue
            guard open <= configuration.maxConnections else {
                releasePlace()
                pauseAccepting(for: 20, "the connection limit of \(configuration.maxConnections) is reached")
                return false
            }
            var address = SocketAddress()
            let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = address.withPointer { pr_accept4(listener.descriptor, $0, $1, flags) }
            guard descriptor >= 0 else {
                let number = errno
                releasePlace()
                switch number {
                case EAGAIN: return false
                case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                    if number == EMFILE || number == ENFILE { shed(listener) }
                    pauseAccepting(for: 100, "accept failed: \(String(cString: strerror(number)))")
                    return false
                // Whoever passed the socket has shut it down: its event stays, and asking again at once would spin.
                case EINVAL, EBADF:
                    pauseAccepting(for: 1000, "accept failed: \(String(cString: strerror(number)))")
                    return false
                // The connection has failed before it was taken (accept(2) lists the network errors): the next one.
                default: continue
                }
            }
            starvingSince = nil
            add(descriptor, from: address)
        }
        return true
    }

    private func add(_ descriptor: Int32, from address: SocketAddress) {
        LoopCounters.add(loop.counters.accepted)
        let host = address.host
        let key = configuration.maxConnectionsPerAddress == nil ? nil : address.key
        guard countConnection(of: key, host) else {
            // A reset: whoever has so many open is not owed an answer, and a TLS handshake for it would be dear.
            Transport.reset(descriptor)
            return releasePlace()
        }
        let context = configuration.tls == nil ? nil : shared.tls.withLock { $0 }
        guard let transport = Transport(descriptor: descriptor, tls: context) else {
            Glibc.close(descriptor)
            if let key { shared.connectionsOfAddresses.remove(key) }
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
            addressKey: key,
            transport: transport,
            state: state
        )
        connections[slot] = connection
        openCount += 1
        // Data that is here already makes an event at once.
        guard watch(connection) else { return close(connection) }
        arm(connection)
    }

    /// `false`, and not counted, when the address has as many as it may have.
    private func countConnection(of key: AddressKey?, _ host: String) -> Bool {
        guard let key, let limit = configuration.maxConnectionsPerAddress,
            shared.connectionsOfAddresses.add(key) > limit, !configuration.mayExceedConnectionsPerAddress(host)
        else { return true }
        shared.connectionsOfAddresses.remove(key)
        LoopCounters.add(loop.counters.tooManyOfAddress)
        if lastCrowdLogged == .min || now - lastCrowdLogged > 10_000_000_000 {
            lastCrowdLogged = now
            logger.warning(
                "an address has too many connections open: further ones are reset",
                metadata: ["peer": "\(host)", "limit": "\(limit)"]
            )
        }
        return false
    }

    /// The process has no more descriptors. Whoever waits may wait a second for one; then they are told to go elsewhere:
    /// the descriptor held in reserve takes each of them for the moment of a reset.
    private func shed(_ listener: Listener) {
        let since = starvingSince ?? now
        starvingSince = since
        guard now - since >= 1_000_000_000 else { return }
        for _ in 0..<64 {
            // What was given up last time may have been taken by another thread.
            guard reserve.isHeld || reserve.take() else { return }
            reserve.release()
            let descriptor = pr_accept4(listener.descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
            if descriptor >= 0 {
                Transport.reset(descriptor)
                LoopCounters.add(loop.counters.outOfDescriptors)
            }
            _ = reserve.take()
            if descriptor < 0 { return }
        }
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

    /// Connections whose handshake the kernel has completed are taken first: closing would reset them. In a socket that was
    /// passed to us they wait for the next process.
    func closeListeners() {
        for listener in listeners {
            if !listener.isPassed { while accept(from: listener) {} }
            // Others may have the same socket: closing would not end its events.
            unwatch(listener)
            Glibc.close(listener.descriptor)
        }
        listeners = []
        acceptsAgainAt = nil
    }
}
