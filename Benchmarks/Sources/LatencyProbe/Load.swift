// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Probing

/// Posts events at an even rate, whatever the answers take (an open loop: a slow answer delays no later event).
struct Load {
    let plan: Plan
    let target: String
    let log: LatencyLog
    private let client: HTTPClient

    init(plan: Plan, target: String, log: LatencyLog) throws {
        self.plan = plan
        self.target = target
        self.log = log
        client = try HTTPClient.forLoad(connections: 64)
    }

    /// The fields of the result line after its name.
    func run() async throws -> String {
        try await introduceAgents()
        // Two seconds to fill pools and caches, then those that count.
        let warmUp = 2 * plan.rate
        _ = try await post(events: 0..<warmUp, counts: false)
        let reached = try await post(events: warmUp..<(warmUp + plan.seconds * plan.rate), counts: true)
        let deadline = ContinuousClock.now + .seconds(10)
        while log.waitingCount > 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        await client.shutdown()

        let (sorted, missing) = log.result()
        func milliseconds(_ share: Double) -> String {
            sorted.percentile(share).map { String(format: "%.2f", $0 / .milliseconds(1)) } ?? "-"
        }
        let fields = [
            "\(plan.rate)", "\(Int(reached))", milliseconds(0.5), milliseconds(0.99), milliseconds(1),
            "\(sorted.count)", "\(missing)",
        ]
        return fields.joined(separator: "\t")
    }

    /// Every agent On Queue and on a call, so that each later event is nothing but a changed attribute.
    private func introduceAgents() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<plan.agents {
                if number >= 32 { try await group.next() }
                group.addTask {
                    let agent = EventBodies.agent(number)
                    try await send(
                        EventBodies.presence(agent: agent, definition: FakeGenesys.onQueue, system: "ON_QUEUE")
                    )
                    try await send(EventBodies.conversation(agent: agent, status: nil))
                }
            }
            try await group.waitForAll()
        }
    }

    /// Returns the events a second that were really started.
    private func post(events: Range<Int>, counts: Bool) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await withThrowingDiscardingTaskGroup { group in
            for (index, event) in events.enumerated() {
                let due = start + .nanoseconds(Int64(index) * 1_000_000_000 / Int64(plan.rate))
                if clock.now < due { try await clock.sleep(until: due) }
                group.addTask { try await change(event: event, counts: counts) }
            }
        }
        return Double(events.count) / (start.duration(to: clock.now) / .seconds(1))
    }

    /// The agents take turns; each turn wants the other of the two statuses, so every event causes a call.
    private func change(event: Int, counts: Bool) async throws {
        let agent = EventBodies.agent(event % plan.agents)
        let status = (event / plan.agents).isMultiple(of: 2) ? "Break" : "Meeting"
        let definition = FakeGenesys.definitions[status] ?? ""
        let body = EventBodies.conversation(agent: agent, status: status)
        log.posting(agent: agent, wants: definition, counts: counts)
        try await send(body, extra: [(name: "X-Agent", value: agent), (name: "X-Definition", value: definition)])
    }

    private func send(_ body: [UInt8], extra: [(name: String, value: String)] = []) async throws {
        let answer = try await client.send(
            ClientRequest(
                method: "POST",
                url: target + "/v1/events",
                headers: [
                    (name: "Content-Type", value: "application/json"), (name: "X-API-Key", value: "benchmark-key"),
                ] + extra,
                body: body
            )
        )
        guard answer.status == 202 else { throw ProbeError(message: "an event was answered with \(answer.status)") }
    }
}
