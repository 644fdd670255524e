// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Synchronization

/// The newest durable sequence, and who waits for a newer one.
final class EntrySignal: Sendable {
    private struct State {
        var last: Int64
        var isClosed = false
        var nextID = 0
        var waiting: [Int: Waiter] = [:]
    }
    private struct Waiter {
        var after: Int64
        var continuation: CheckedContinuation<Void, Never>
    }
    private let state: Mutex<State>

    init(last: Int64) { state = Mutex(State(last: last)) }

    var last: Int64 { state.withLock { $0.last } }

    /// How many wait.
    var waiting: Int { state.withLock { $0.waiting.count } }

    func advance(to sequence: Int64) {
        let ready = state.withLock { state in
            guard sequence > state.last else { return [Waiter]() }
            state.last = sequence
            guard !state.waiting.isEmpty else { return [] }
            let ready = state.waiting.filter { $0.value.after < sequence }
            for id in ready.keys { state.waiting[id] = nil }
            return Array(ready.values)
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Releases everybody, now and later.
    func close() {
        let all = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for waiter in all { waiter.continuation.resume() }
    }

    func wait(after sequence: Int64) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    // A task is marked cancelled before its handler runs: either the handler finds the waiter below,
                    // or this finds the mark.
                    if state.isClosed || state.last > sequence || Task.isCancelled { return true }
                    state.waiting[id] = Waiter(after: sequence, continuation: continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.continuation.resume()
        }
    }
}
