// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Synchronization

/// Pairs the start of a POST with the arrival of the presence call that it wants.
final class LatencyLog: Sendable {
    private struct State {
        var waiting: [String: (definition: String, start: ContinuousClock.Instant, counts: Bool)] = [:]
        var samples: [Duration] = []
        var overtaken = 0
    }
    private let state = Mutex(State())

    /// From now on a call that sets `definition` for the agent ends the measurement. `counts: false` warms up.
    func posting(agent: String, wants definition: String, counts: Bool) {
        state.withLock { state in
            let previous = state.waiting.updateValue((definition, .now, counts), forKey: agent)
            if let previous, previous.counts { state.overtaken += 1 }
        }
    }

    /// A presence call has arrived; one that nobody waits for (a repetition) changes nothing.
    func arrived(agent: String, definition: String) {
        let now = ContinuousClock.now
        state.withLock { state in
            guard let waiting = state.waiting[agent], waiting.definition == definition else { return }
            state.waiting[agent] = nil
            if waiting.counts { state.samples.append(waiting.start.duration(to: now)) }
        }
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// The samples in order of size, and how many counted events had no call of their own.
    func result() -> (sorted: [Duration], missing: Int) {
        state.withLock { state in
            let lost = state.waiting.values.count { $0.counts }
            return (state.samples.sorted(), state.overtaken + lost)
        }
    }
}
