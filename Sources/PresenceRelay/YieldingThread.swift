// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Glibc
import Synchronization

/// A thread of its own for work that should let the rest of the process go first when the processors are busy.
///
/// On Linux a nice value is that of a thread (setpriority(2), "C library/kernel differences"), and raising it needs no
/// privilege. Nothing is held back while a processor is free.
final class YieldingThread: TaskExecutor {
    private struct Work {
        var jobs: [UnownedJob] = []
        var hasEnded = false
    }

    private static let ofThread = __priority_which_t(PRIO_PROCESS.rawValue)

    /// Of the thread that asks.
    static var niceness: Int32 { getpriority(ofThread, 0) }

    private let work = Mutex(Work())
    private let mayGoOn = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - name: for `ps -L` and profilers; 15 bytes are seen.
    ///   - niceness: above that of the process, 0 to 19; each step is about a tenth less of a processor that others want.
    init(name: String, niceness: Int32) {
        let thread = Thread { [self] in
            // From inside: a thread that does not run yet has no name that the kernel could know.
            Thread.current.name = name
            // From what the process was started with, which may be more already.
            setpriority(Self.ofThread, 0, Self.niceness + niceness)
            run()
        }
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (hasEnded, isFirst) = work.withLock { work in
            if !work.hasEnded { work.jobs.append(job) }
            return (work.hasEnded, work.jobs.count == 1)
        }
        // What outlives the thread still runs to its end, on the global pool.
        if hasEnded { return globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
        if isFirst { mayGoOn.signal() }
    }

    /// The thread ends when all that was enqueued has run.
    func end() {
        work.withLock { $0.hasEnded = true }
        mayGoOn.signal()
    }

    private func run() {
        while true {
            mayGoOn.wait()
            let (jobs, hasEnded) = work.withLock { work in
                defer { work.jobs = [] }
                return (work.jobs, work.hasEnded)
            }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if hasEnded { return }
        }
    }
}
