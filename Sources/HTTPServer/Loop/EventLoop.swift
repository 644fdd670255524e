// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CEpoll
import Foundation
import Glibc
import Synchronization

/// The door to one event loop: what other threads may touch. Everything of its connections belongs to its thread.
///
/// It is the `TaskExecutor` of the loop's handlers, so plain `async` functions run on the loop's thread, next to the
/// sockets. Work from other threads wakes the loop through an eventfd; its own work is found before it sleeps.
final class EventLoop: TaskExecutor {
    /// One request of one connection; all three numbers are of this loop.
    struct ExchangeID: Equatable, Sendable {
        var slot: Int
        var generation: UInt32
        var exchange: UInt32
    }

    /// What the loop's thread is asked to do.
    enum Message: Sendable {
        case answer(ExchangeID, HTTPResponse)
        /// Resumed with `true` when the content is wanted.
        case beginStream(ExchangeID, HTTPResponse, CheckedContinuation<Bool, Never>)
        case writeStream(ExchangeID, [UInt8], CheckedContinuation<Void, any Error>)
        case endStream(ExchangeID, failed: Bool)
        case drain
        /// Close all at this time of the monotonic clock at the latest, and end.
        case stop(at: Int64)
    }

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var messages: [Message] = []
        /// The loop is about to sleep or sleeps, and nobody has woken it yet.
        var needsWake = false
        var isClosed = false
        var endWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private struct Own {
        var jobs: [UnownedJob] = []
        var messages: [Message] = []
        var isEmpty: Bool { jobs.isEmpty && messages.isEmpty }
    }

    let epoll: Int32
    private let wakeup: Int32
    private let inbox = Mutex(Inbox())
    /// The loop's thread, or 0 before it runs.
    private let thread = Atomic<UInt>(0)
    /// What the loop's thread has for itself, without a lock: nearly all of what handlers that do not wait come to.
    ///
    /// Unsafe because it is a variable of a class that is `Sendable`; nobody but that thread touches it.
    @exclusivity(unchecked) private nonisolated(unsafe) var own = Own()
    /// The memory of what ran before, for what comes next. Unsafe for the same reason as `own`: `nonisolated(unsafe)` in a
    /// `Sendable` class, and only the loop's thread, which alone calls `runReady`, touches it; nothing that it calls comes back here.
    @exclusivity(unchecked) private nonisolated(unsafe) var spare = Own()
    let counters = LoopCounters()

    init() throws(HTTPServerError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        // Edge-triggered: each write is one event, and nobody needs to read the counter back.
        var event = epoll_event(events: EPOLLIN.rawValue | EPOLLET.rawValue, data: epoll_data_t(u64: .max))
        guard epoll >= 0, wakeup >= 0, epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, &event) == 0 else {
            let number = errno
            if epoll >= 0 { close(epoll) }
            if wakeup >= 0 { close(wakeup) }
            throw HTTPServerError(
                .system,
                "cannot make an event loop: \(String(cString: strerror(number))) (errno \(number)); "
                    + "raise the limit of open files (ulimit -n)",
                systemError: number
            )
        }
    }

    /// No thread and no task knows the loop any more, so nobody can write to a descriptor that is someone else's by now.
    deinit {
        close(epoll)
        close(wakeup)
    }

    // MARK: - From any thread

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard !isLoopThread else { return own.jobs.append(job) }
        let (isClosed, wakes) = inbox.withLock { inbox in
            guard !inbox.isClosed else { return (true, false) }
            inbox.jobs.append(job)
            return (false, takeWake(&inbox))
        }
        // A handler that outlives its loop still runs to its end, on the global pool.
        if isClosed { return globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
        if wakes { wake() }
    }

    /// `false` when the loop has ended and will not read the message.
    func post(_ message: Message) -> Bool {
        if isLoopThread {
            own.messages.append(message)
            return true
        }
        let (isClosed, wakes) = inbox.withLock { inbox in
            guard !inbox.isClosed else { return (true, false) }
            inbox.messages.append(message)
            return (false, takeWake(&inbox))
        }
        if wakes { wake() }
        return !isClosed
    }

    /// Returns when the loop's thread has closed its last connection and ends.
    func waitUntilEnded() async {
        await withCheckedContinuation { continuation in
            let hasEnded = inbox.withLock { inbox in
                if !inbox.isClosed { inbox.endWaiters.append(continuation) }
                return inbox.isClosed
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// The caller is the loop's thread, and the loop has not ended.
    private var isLoopThread: Bool { pthread_self() == thread.load(ordering: .relaxed) }

    private func takeWake(_ inbox: inout Inbox) -> Bool {
        defer { inbox.needsWake = false }
        return inbox.needsWake
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeup, &one, MemoryLayout<UInt64>.size)
    }

    // MARK: - From the loop's thread

    /// The calling thread is the loop's from now on.
    func adoptThread() { thread.store(pthread_self(), ordering: .relaxed) }

    /// Runs what is ready until nothing is left, or for a number of rounds so that sockets get their turn.
    /// Returns `false` when there may be more; `true` when the loop may sleep, and others then wake it.
    func runReady(_ handle: (Message) -> Void) -> Bool {
        var ready = Own()
        swap(&ready, &spare)
        defer { swap(&ready, &spare) }
        for round in 0..<16 {
            // What others have sent is looked at once in any case, however much there is of our own.
            if round == 0 || own.isEmpty { takeInbox() }
            if own.isEmpty { return true }
            swap(&own, &ready)
            for job in ready.jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            for message in ready.messages { handle(message) }
            ready.jobs.removeAll(keepingCapacity: true)
            ready.messages.removeAll(keepingCapacity: true)
        }
        return false
    }

    /// From now on others have to wake the loop when there is nothing to do.
    private func takeInbox() {
        inbox.withLock { inbox in
            own.jobs += inbox.jobs
            own.messages += inbox.messages
            inbox.jobs.removeAll(keepingCapacity: true)
            inbox.messages.removeAll(keepingCapacity: true)
            inbox.needsWake = own.isEmpty
        }
    }

    /// The end: what still waits is handed back, later work goes elsewhere.
    func end(_ refuse: (Message) -> Void) {
        let rest = inbox.withLock { inbox in
            let rest = inbox
            inbox = Inbox(isClosed: true)
            return rest
        }
        // What follows from here on is for another thread.
        thread.store(0, ordering: .relaxed)
        for job in own.jobs + rest.jobs { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
        for message in own.messages + rest.messages { refuse(message) }
        own = Own()
        for waiter in rest.endWaiters { waiter.resume() }
    }
}
