// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import Delivery
import Synchronization

/// What delivery and the pipeline have to do with each other besides wishes: reports on their way to the pipeline, in
/// order, and how far the journal is applied. Made before both, since each needs it.
public final class PipelineInbox: Sendable {
    private struct State {
        var reports: [DeliveryReport] = []
        var applied: Int64 = 0
        var waiters: [(sequence: Int64, continuation: CheckedContinuation<Void, Never>)] = []
        var isFinished = false
    }

    private let state = Mutex(State())
    let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    public init() {
        // One waiting signal is enough: whoever wakes takes all there is.
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a report; never blocks.
    public func put(_ report: DeliveryReport) {
        state.withLock { $0.reports.append(report) }
        signal.yield()
    }

    /// Returns when everything up to `sequence` is applied and delivery has been told, or when the pipeline has stopped.
    public func waitUntilApplied(_ sequence: Int64) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.isFinished || state.applied >= sequence { return true }
                state.waiters.append((sequence, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    func take() -> [DeliveryReport] {
        state.withLock { state in
            defer { state.reports = [] }
            return state.reports
        }
    }

    func wake() { signal.yield() }

    /// Everything up to `sequence` is applied.
    func advance(to sequence: Int64) {
        let reached = state.withLock { state in
            state.applied = max(state.applied, sequence)
            let reached = state.waiters.filter { $0.sequence <= sequence }
            if !reached.isEmpty { state.waiters.removeAll { $0.sequence <= sequence } }
            return reached
        }
        for waiter in reached { waiter.continuation.resume() }
    }

    /// No more signals; nobody waits any longer.
    func finish() {
        signal.finish()
        let waiters = state.withLock { state in
            state.isFinished = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume() }
    }
}
