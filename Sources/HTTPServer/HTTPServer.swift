// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CEpoll
import Foundation
import Glibc
public import Logging
import Synchronization

/// A small HTTP/1.1 server: one epoll loop per core, each a `TaskExecutor` that runs its handlers.
///
/// Every loop has its own listening socket of the same address, so the kernel spreads connections over them and a
/// connection never leaves its loop. Limits, deadlines and refusals are the server's work (RFC 9110, RFC 9112); a
/// handler sees complete, checked requests only. HTTP/1.0 is served as well.
public final class HTTPServer: Sendable {
    private enum Stage {
        case new
        case running([EventLoop])
        case ended([LoopCounters])
    }

    private let configuration: HTTPServerConfiguration
    private let logger: Logger
    private let handler: HTTPHandler
    private let stage = Mutex(Stage.new)
    private let shared = SharedState(tls: nil)
    private let socketFiles = Mutex<[UnixSocketFile]>([])

    /// A server that does not listen yet. `handler` runs on the event loops and must not block.
    public init(configuration: HTTPServerConfiguration, logger: Logger, handler: @escaping HTTPHandler) {
        self.configuration = configuration
        self.logger = logger
        self.handler = handler
    }

    /// A server that is let go of without `shutdown` closes all at once.
    deinit {
        removeSocketFiles()
        for loop in runningLoops { _ = loop.post(.stop(at: .min)) }
    }

    /// Binds and listens; returns the bound addresses (real ports). Throws `HTTPServerError`.
    ///
    /// All or nothing: after an error no socket is open, and `start` may be called again.
    public func start() async throws(HTTPServerError) -> [ListenAddress] {
        guard isNew else { throw Self.alreadyStarted }
        if let tls = configuration.tls { try reloadTLS(tls) }
        let count = max(1, configuration.loops ?? ProcessInfo.processInfo.activeProcessorCount)
        var sockets: [ListeningSockets] = []
        var loops: [EventLoop] = []
        do throws(HTTPServerError) {
            let options = ListeningSockets.Options(
                loops: count,
                ipv6Only: configuration.ipv6Only,
                unixSocketMode: configuration.unixSocketMode
            )
            for address in configuration.listen {
                sockets += try ListeningSockets.open(address, options) { PassedSockets.current() }
            }
            for _ in 0..<count { loops.append(try EventLoop()) }
            let started = loops
            let isFirst = stage.withLock { stage in
                guard case .new = stage else { return false }
                stage = .running(started)
                return true
            }
            guard isFirst else {
                throw Self.alreadyStarted
            }
        } catch {
            for sockets in sockets { sockets.close() }
            throw error
        }
        for (index, loop) in loops.enumerated() {
            run(loop, number: index, listeners: sockets.map { $0.listeners[index] })
        }
        socketFiles.withLock { $0 = sockets.compactMap(\.file) }
        warnOfFewDescriptors()
        let addresses = sockets.map(\.address)
        logger.info("listening", metadata: ["addresses": "\(addresses)", "loops": "\(count)"])
        return addresses
    }

    private func run(_ loop: EventLoop, number: Int, listeners: [Listener]) {
        let (shared, configuration, logger, handler) = (shared, configuration, logger, handler)
        let thread = Thread {
            pr_set_thread_name("http-loop-\(number)")
            LoopCore(
                loop: loop,
                listeners: listeners,
                shared: shared,
                configuration: configuration,
                logger: logger,
                handler: handler
            ).run()
        }
        thread.start()
    }

    /// Stops accepting, lets requests in flight finish until `deadline` from now, then closes all and ends the loops.
    ///
    /// Streams are told at once by the cancellation of their tasks. May be called again, also with an earlier deadline;
    /// every call returns when the loops have ended.
    public func shutdown(deadline: Duration) async {
        shared.isDraining.store(true, ordering: .relaxed)
        let time = Self.monotonicNanoseconds() + deadline.clampedNanoseconds
        let loops = runningLoops
        // First, so that who starts in our place finds no file, and who connects later is told so at once.
        removeSocketFiles()
        for loop in loops { _ = loop.post(.stop(at: time)) }
        for loop in loops { await loop.waitUntilEnded() }
        let isLast = stage.withLock { stage in
            guard case .running(let loops) = stage else { return false }
            // The loops go, and with them their descriptors; what they counted stays.
            stage = .ended(loops.map(\.counters))
            return true
        }
        if isLast { logger.info("stopped listening, all connections closed") }
    }

    /// From now on every answer carries `Connection: close` and idle connections are closed; listeners stay.
    public func beginDrain() {
        shared.isDraining.store(true, ordering: .relaxed)
        for loop in runningLoops { _ = loop.post(.drain) }
    }

    /// Reads certificate, key and client CA again; new connections use them. After an error the old ones stay in use.
    ///
    /// Only for a server whose configuration has TLS: one that speaks plain HTTP goes on doing so.
    public func reloadTLS(_ files: HTTPServerConfiguration.TLSFiles) throws(HTTPServerError) {
        let context = try TLSContext(files)
        shared.tls.withLock { $0 = context }
    }

    /// What the server has done since its start; numbers of different loops may be a moment apart.
    public var statistics: Statistics {
        let counters = stage.withLock { stage -> [LoopCounters] in
            switch stage {
            case .new: []
            case .running(let loops): loops.map(\.counters)
            case .ended(let counters): counters
            }
        }
        var statistics = Statistics(openConnections: shared.openConnections.load(ordering: .relaxed))
        for counter in counters { statistics.add(counter) }
        return statistics
    }

    /// For tests: content of requests that are not complete.
    var unfinishedBytes: Int { shared.unfinishedBytes.load(ordering: .relaxed) }

    private func removeSocketFiles() {
        let files = socketFiles.withLock { files in
            defer { files = [] }
            return files
        }
        for file in files { file.remove() }
    }

    private static let alreadyStarted = HTTPServerError(
        .alreadyStarted,
        "this server has been started before; make a new one"
    )

    private var isNew: Bool {
        stage.withLock { stage in
            if case .new = stage { true } else { false }
        }
    }

    private var runningLoops: [EventLoop] {
        stage.withLock { stage in
            if case .running(let loops) = stage { loops } else { [] }
        }
    }

    /// Running out of descriptors hurts more than this server: files and outgoing connections need them too.
    private func warnOfFewDescriptors() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        guard limit.rlim_cur < UInt(clamping: configuration.maxConnections) + 100 else { return }
        logger.warning(
            "the limit of open files is too low for the connection limit; raise it (ulimit -n, LimitNOFILE)",
            metadata: ["openFiles": "\(limit.rlim_cur)", "maxConnections": "\(configuration.maxConnections)"]
        )
    }

    private static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
