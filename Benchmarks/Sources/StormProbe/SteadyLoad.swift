// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Probing
import Synchronization

/// A hundred events a second about agents without a flag, at an even rate, beside the storm: what others feel of it.
final class SteadyLoad: Sendable {
    enum Phase: Int, CaseIterable { case quiet, posting, delivering }

    private static let rate = 100
    private static let agents = 500

    private struct State {
        var phase = Phase.quiet
        var samples = Phase.allCases.map { _ in [Duration]() }
        var failures = 0
    }

    private let webhook: Webhook
    private let state = Mutex(State())

    init(relayURL: String) throws { webhook = try Webhook(relayURL: relayURL, connections: 16) }

    func enter(_ phase: Phase) { state.withLock { $0.phase = phase } }

    /// Until the task is cancelled.
    func run() async {
        let clock = ContinuousClock()
        let start = clock.now
        await withDiscardingTaskGroup { group in
            var number = 0
            while !Task.isCancelled {
                let due = start + .nanoseconds(Int64(number) * 1_000_000_000 / Int64(Self.rate))
                guard (try? await clock.sleep(until: due)) != nil else { break }
                let body = EventBodies.conversation(agent: EventBodies.agent(number % Self.agents), status: nil)
                let phase = state.withLock { $0.phase }
                group.addTask { [self] in
                    guard let took = try? await webhook.post(body) else {
                        // Those that the end of the load has cut off do not count.
                        if !Task.isCancelled { state.withLock { $0.failures += 1 } }
                        return
                    }
                    state.withLock { $0.samples[phase.rawValue].append(took) }
                }
                number += 1
            }
        }
        await webhook.close()
    }

    /// p50 and p99 in milliseconds.
    func result(_ phase: Phase) -> (p50: Double, p99: Double)? {
        let sorted = state.withLock { $0.samples[phase.rawValue] }.sorted()
        guard let middle = sorted.percentile(0.5), let high = sorted.percentile(0.99) else { return nil }
        return (middle / .milliseconds(1), high / .milliseconds(1))
    }

    var failures: Int { state.withLock { $0.failures } }
}
