// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CEpoll
import Glibc
import Logging
import Synchronization

/// The loop itself: its listeners, connections and deadlines. Made, used and dropped on the loop's thread only.
///
/// `@exclusivity(unchecked)` here and in ``Connection``: what an access calls never comes back for the same property, and
/// forty checks were a tenth of a request.
final class LoopCore {
    let loop: EventLoop
    let shared: SharedState
    let configuration: HTTPServerConfiguration
    let limits: RequestParser.Limits
    let bodyPace: BodyPace.Rule
    let logger: Logger
    let handler: HTTPHandler
    @exclusivity(unchecked) var listeners: [Listener]
    @exclusivity(unchecked) var connections: [Connection?] = []
    var freeSlots: [Int] = []
    var generation: UInt32 = 0
    @exclusivity(unchecked) var openCount = 0
    @exclusivity(unchecked) var deadlines: DeadlineQueue
    @exclusivity(unchecked) var encoder = ResponseEncoder(date: HTTPDate(seconds: 0))
    /// Reused for every read and for every header section written.
    @exclusivity(unchecked) var readBuffer = [UInt8](repeating: 0, count: 64 * 1024)
    @exclusivity(unchecked) var writeBuffer: [UInt8] = []
    /// Connections that have more to read but gave others their turn.
    @exclusivity(unchecked) var unfinishedReads: [Connection] = []
    /// Set while no connection is accepted: at the cap, or when the process has no more descriptors.
    @exclusivity(unchecked) var acceptsAgainAt: Int64?
    var lastPauseLogged: Int64 = .min
    /// Since when no connection could be taken for want of descriptors.
    var starvingSince: Int64?
    var reserve = ReservedDescriptor()
    var lastCrowdLogged: Int64 = .min
    /// Set when the loop is to end: the time at which everything is closed.
    @exclusivity(unchecked) var stopAt: Int64?
    @exclusivity(unchecked) var now: Int64 = 0

    init(
        loop: EventLoop,
        listeners: [Listener],
        shared: SharedState,
        configuration: HTTPServerConfiguration,
        logger: Logger,
        handler: @escaping HTTPHandler
    ) {
        self.loop = loop
        self.listeners = listeners
        self.shared = shared
        self.configuration = configuration
        self.logger = logger
        self.handler = handler
        limits = configuration.parserLimits
        bodyPace = configuration.bodyPace
        deadlines = DeadlineQueue { configuration.nanoseconds(of: $0) }
    }

    func run() {
        loop.adoptThread()
        ignoreBrokenPipes()
        tick()
        for (index, listener) in listeners.enumerated() { watchListener(listener, index: index) }
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        var maySleep = false
        while !isFinished {
            let timeout = maySleep && unfinishedReads.isEmpty ? millisecondsToSleep() : 0
            let count = Int(epoll_wait(loop.epoll, &events, Int32(events.count), timeout))
            tick()
            for index in 0..<max(count, 0) { take(events[index]) }
            continueReads()
            expireDeadlines()
            maySleep = loop.runReady(handle)
        }
        closeEverything()
        loop.end(refuse)
    }

    // MARK: - Events

    private static let listenerBit: UInt64 = 1 << 63

    func watchListener(_ listener: Listener, index: Int) {
        // Of the loops that wait at one queue, a connection wakes one.
        let flags = EPOLLIN.rawValue | (listener.isShared ? EPOLLEXCLUSIVE.rawValue : 0)
        var event = epoll_event(events: flags, data: epoll_data_t(u64: Self.listenerBit | UInt64(index)))
        epoll_ctl(loop.epoll, EPOLL_CTL_ADD, listener.descriptor, &event)
    }

    func unwatch(_ listener: Listener) {
        var event = epoll_event()
        epoll_ctl(loop.epoll, EPOLL_CTL_DEL, listener.descriptor, &event)
    }

    func watch(_ connection: Connection) -> Bool {
        let token = UInt64(connection.generation) << 31 | UInt64(connection.slot)
        let flags = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        var event = epoll_event(events: flags, data: epoll_data_t(u64: token & ~Self.listenerBit))
        return epoll_ctl(loop.epoll, EPOLL_CTL_ADD, connection.transport.descriptor, &event) == 0
    }

    private func take(_ event: epoll_event) {
        let token = event.data.u64
        // The eventfd: what it announces is in the inbox.
        if token == .max { return }
        if token & Self.listenerBit != 0 {
            let index = Int(token & ~Self.listenerBit)
            if index < listeners.count { accept(from: listeners[index]) }
            return
        }
        let slot = Int(token & 0x7FFF_FFFF)
        guard slot < connections.count, let connection = connections[slot],
            connection.generation == UInt32(truncatingIfNeeded: token >> 31)
        else { return }
        advance(connection, on: event.events)
    }

    /// One place for everything a socket can say, in the order in which it matters.
    private func advance(_ connection: Connection, on events: UInt32) {
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 {
            // Both directions are closed or broken. What was sent before may still be read only while a request is
            // being received, and then its answer could not be delivered. Where the answer is out, that is read first, or
            // the close would be a reset that can take the answer with it.
            guard events & EPOLLERR.rawValue == 0, connection.state.phase == .lingering else {
                return close(connection)
            }
        }
        if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 { connection.isReadable = true }
        if events & EPOLLRDHUP.rawValue != 0 { connection.sawPeerEnd = true }
        if connection.state.phase == .handshaking { return handshake(connection) }
        if events & EPOLLOUT.rawValue != 0 {
            if connection.transport.readNeedsWrite { connection.isReadable = true }
            if connection.hasOutput { flush(connection) }
        }
        if events & EPOLLRDHUP.rawValue != 0, isOpen(connection), connection.state.phase == .streaming {
            return close(connection)
        }
        if isOpen(connection) { proceed(connection) }
    }

    /// The connection has not been closed by an earlier step.
    func isOpen(_ connection: Connection) -> Bool {
        connection.slot < connections.count && connections[connection.slot] === connection
    }

    // MARK: - Time

    private func tick() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        if encoder.date.seconds != time.tv_sec { encoder.date = HTTPDate(seconds: time.tv_sec) }
    }

    private func millisecondsToSleep() -> Int32 {
        var earliest = deadlines.earliest ?? .max
        if let acceptsAgainAt { earliest = min(earliest, acceptsAgainAt) }
        if let stopAt { earliest = min(earliest, stopAt) }
        guard earliest != .max else { return -1 }
        // Rounded up, or the last millisecond before a deadline would be spent spinning.
        return Int32(clamping: max(0, (earliest - now + 999_999) / 1_000_000))
    }

    private func expireDeadlines() {
        while let (slot, kind) = deadlines.popExpired(now: now) {
            guard let connection = connections[slot] else { continue }
            connection.armed = nil
            if kind == .body, continuesBody(connection) { continue }
            if kind == .handshake { LoopCounters.add(loop.counters.tlsFailures) }
            if kind == .write {
                if continuesWriting(connection) { continue }
                // What the peer did not take for so long, the kernel need not keep for it either.
                connection.transport.resetOnClose()
            }
            carryOut(connection.state.expired(kind), for: connection)
        }
        if let acceptsAgainAt, acceptsAgainAt <= now { resumeAccepting() }
    }

    /// The write deadline is for a peer that takes nothing or only drops. The socket may be large, so what it has taken
    /// says little: what counts is what has arrived.
    private func continuesWriting(_ connection: Connection) -> Bool {
        guard connection.delivered - connection.deliveredWhenArmed >= 64 * 1024 else { return false }
        arm(connection)
        return true
    }

    /// The end of one window of the time for content.
    private func continuesBody(_ connection: Connection) -> Bool {
        switch connection.bodyPace.windowEnded(received: connection.contentReceived, by: bodyPace) {
        case .goOn:
            // Not `arm`, which would begin with the first window.
            connection.armed = .body
            deadlines.set(.body, slot: connection.slot, now: now)
            return true
        case .tooSlow:
            refuse(connection, .bodyTooSlow)
            return true
        case .timeIsUp: return false
        }
    }

    /// Starts, keeps or takes away the deadline that the connection's state asks for.
    func arm(_ connection: Connection) {
        var kind = connection.state.deadline(hasOutput: connection.hasOutput)
        // At the end a client that has connected and not yet spoken gets a moment to do so.
        if stopAt != nil, kind == .handshake || (kind == .header && connection.state.phase == .idle) { kind = .linger }
        guard kind != connection.armed || connection.exchange != connection.armedExchange else { return }
        connection.armed = kind
        connection.armedExchange = connection.exchange
        guard let kind else { return deadlines.clear(slot: connection.slot) }
        if kind == .body { connection.beginBodyPace() }
        if kind == .write { connection.deliveredWhenArmed = connection.delivered }
        deadlines.set(kind, slot: connection.slot, now: now)
    }

    // MARK: - The end

    private var isFinished: Bool {
        guard let stopAt else { return false }
        return openCount == 0 || now >= stopAt
    }

    private func closeEverything() {
        for case let connection? in connections { close(connection) }
        closeListeners()
    }

    /// A write to a socket whose peer is gone must be an error, not a signal; OpenSSL writes without MSG_NOSIGNAL.
    private func ignoreBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
