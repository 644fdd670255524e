// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import Delivery
import Synchronization

/// What others tell the pipeline of an agent.
enum PipelineReport: Sendable {
    case delivery(DeliveryReport)
    case errand(ErrandReport)
    case adherence(AdherenceReport)

    /// Whom it is about.
    var agentID: String {
        switch self {
        case .delivery(let report): report.agentID
        case .errand(let report): report.agentID
        case .adherence(let report): report.agentID
        }
    }
}

/// What delivery and the pipeline have to do with each other besides wishes: reports on their way to the pipeline, in
/// order, and how far reports and journal are judged. Made before both, since each needs it.
public final class PipelineInbox: Sendable {
    /// Who waits for a number to be reached.
    private struct Progress {
        var reached: Int64 = 0
        var waiters: [(number: Int64, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func advance(to number: Int64) -> [CheckedContinuation<Void, Never>] {
            reached = max(reached, number)
            guard !waiters.isEmpty else { return [] }
            let ready = waiters.filter { $0.number <= number }
            waiters.removeAll { $0.number <= number }
            return ready.map(\.continuation)
        }
    }

    private struct State {
        var reports: [PipelineReport] = []
        /// Reports put so far.
        var count: Int64 = 0
        var judged = Progress()
        var applied = Progress()
        var isFinished = false
    }

    private let state = Mutex(State())
    let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// An empty inbox.
    public init() {
        // One waiting signal is enough: whoever wakes takes all there is.
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a report about a wish; never blocks.
    public func put(_ report: DeliveryReport) { put(.delivery(report)) }

    /// Takes a report about an errand; never blocks.
    public func put(_ report: ErrandReport) { put(.errand(report)) }

    /// Takes a verdict about adherence; never blocks.
    public func put(_ report: AdherenceReport) { put(.adherence(report)) }

    private func put(_ report: PipelineReport) {
        state.withLock { state in
            state.reports.append(report)
            state.count += 1
        }
        signal.yield()
    }

    /// Returns when all reports put until now are judged and delivery has been told, or when the pipeline has stopped.
    public func waitUntilJudged() async { await wait(\.judged) { $0.count } }

    /// Returns when everything up to `sequence` is applied and delivery has been told, or when the pipeline has stopped.
    public func waitUntilApplied(_ sequence: Int64) async { await wait(\.applied) { _ in sequence } }

    /// All reports that wait, and what to call `judged` with once they are.
    func take() -> (reports: [PipelineReport], count: Int64) {
        state.withLock { state in
            defer { state.reports = [] }
            return (state.reports, state.count)
        }
    }

    func wake() { signal.yield() }

    /// The reports up to that count are judged.
    func judged(upTo count: Int64) { advance(\.judged, to: count) }

    /// Everything up to `sequence` is applied.
    func advance(to sequence: Int64) { advance(\.applied, to: sequence) }

    /// No more signals; nobody waits any longer.
    func finish() {
        signal.finish()
        state.withLock { $0.isFinished = true }
        advance(\.judged, to: .max)
        advance(\.applied, to: .max)
    }

    private func wait(
        _ progress: any WritableKeyPath<State, Progress> & Sendable,
        _ number: @Sendable (State) -> Int64
    ) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                let number = number(state)
                if state.isFinished || state[keyPath: progress].reached >= number { return true }
                state[keyPath: progress].waiters.append((number, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    private func advance(_ progress: any WritableKeyPath<State, Progress> & Sendable, to number: Int64) {
        let ready = state.withLock { $0[keyPath: progress].advance(to: number) }
        for continuation in ready { continuation.resume() }
    }
}
