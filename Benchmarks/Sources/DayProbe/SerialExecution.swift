// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing
import Synchronization

/// Runs every job of Swift concurrency on the calling thread, one after the other in the order of their arrival.
///
/// With all jobs in one line it is known when everything waits: then, and only then, a driven clock may go on. That also
/// makes a run repeatable, whatever else the machine does. The runtime offers a hook for it (`swift_task_enqueueGlobal_hook`
/// of libswift_Concurrency), which is set once, before the first task.
final class SerialExecution: TaskExecutor, Sendable {
    private struct Line {
        var jobs: [UnownedJob] = []
        var next = 0

        mutating func take() -> UnownedJob? {
            guard next < jobs.count else {
                jobs.removeAll(keepingCapacity: true)
                next = 0
                return nil
            }
            defer { next += 1 }
            return jobs[next]
        }
    }

    private typealias Original = @convention(thin) (UnownedJob) -> Void
    private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

    static let shared = SerialExecution()
    private let line = Mutex(Line())

    /// Takes over all jobs that would go to the global pool.
    func install() throws {
        guard let symbol = dlsym(dlopen(nil, 0), "swift_task_enqueueGlobal_hook") else {
            throw ProbeError(message: "this Swift runtime has no swift_task_enqueueGlobal_hook")
        }
        symbol.assumingMemoryBound(to: Hook?.self).pointee = { job, _ in SerialExecution.shared.add(job) }
    }

    func enqueue(_ job: consuming ExecutorJob) { add(UnownedJob(job)) }

    private func add(_ job: UnownedJob) { line.withLock { $0.jobs.append(job) } }

    /// Runs jobs until all tasks wait for something.
    func drain() {
        while let job = line.withLock({ $0.take() }) { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
