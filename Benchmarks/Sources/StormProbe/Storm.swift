// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing
import Synchronization

/// One storm against a relay and a simulator that have just been started.
struct Storm {
    enum Variant: String { case known, unheard, unknown }

    let variant: Variant
    let relay: ChildProcess
    let simulatorURL: String
    /// From the first event until the storm is looked at, if it is not over before.
    let patience: Duration

    func run() async throws -> StormResult {
        let peers = try Peers(relayURL: relay.url, simulatorURL: simulatorURL)
        // Nothing is written to agents who are Offline.
        let agents = try await peers.simulatedAgents().filter { $0.presence.system != "OFFLINE" }
        let webhook = try Webhook(relayURL: relay.url, connections: 64)
        if variant != .unknown {
            _ = try await post(agents, through: webhook) {
                EventBodies.presence(
                    agent: $0.id,
                    definition: $0.presence.definitionId,
                    system: $0.presence.system,
                    modifiedAt: $0.presence.modifiedAt
                )
            }
        }
        if variant != .unheard { try await peers.sendEvents() }

        let load = try SteadyLoad(relayURL: relay.url)
        let steady = Task { await load.run() }
        try await Task.sleep(for: .seconds(5))
        try await peers.forgetRequests()
        let usedBefore = relay.processorSeconds
        load.enter(.posting)
        let start = Date.now
        let posted = try await post(agents, through: webhook) {
            EventBodies.conversation(agent: $0.id, status: "Break")
        }
        let postingTook = Date.now.timeIntervalSince(start)
        load.enter(.delivering)
        // At least two seconds, so that there is something to say about that phase.
        let deadline = start + patience / .seconds(1)
        repeat {
            try await Task.sleep(for: .seconds(1))
        } while try await peers.confirmedCount() < agents.count && Date.now < deadline
            || Date.now < start + postingTook + 2
        let used = relay.processorSeconds - usedBefore
        let took = Date.now.timeIntervalSince(start)
        steady.cancel()
        await steady.value
        await webhook.close()

        var result = StormResult(variant: variant, agents: agents.count, start: start, postingTook: postingTook)
        result.take(simulated: try await peers.simulatedAgents(), posted: posted)
        let isWanted = Set(agents.map(\.id))
        result.take(relayed: try await peers.relayAgents().filter { isWanted.contains($0.id) })
        result.take(requests: try await peers.loggedRequests())
        result.residentMegabytes = relay.residentMegabytes
        result.processorSeconds = used
        result.took = took
        result.ingest = SteadyLoad.Phase.allCases.map(load.result)
        result.ingestFailures = load.failures
        await peers.close()
        return result
    }

    /// One event for each agent over 64 connections, as fast as they are taken; when each was answered.
    private func post(
        _ agents: [Peers.SimulatedAgent],
        through webhook: Webhook,
        event: @escaping @Sendable (Peers.SimulatedAgent) -> [UInt8]
    ) async throws -> [String: Date] {
        let round = Round(agents)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    while let agent = round.next() {
                        _ = try await webhook.post(event(agent))
                        round.posted(agent)
                    }
                }
            }
            try await group.waitForAll()
        }
        return round.times
    }
}

/// The agents whose events are still to be posted, and when the others' were answered.
private final class Round: Sendable {
    private struct State {
        var waiting: ArraySlice<Peers.SimulatedAgent>
        var times: [String: Date] = [:]
    }

    private let state: Mutex<State>

    init(_ agents: [Peers.SimulatedAgent]) { state = Mutex(State(waiting: agents[...])) }

    func next() -> Peers.SimulatedAgent? { state.withLock { $0.waiting.popFirst() } }

    func posted(_ agent: Peers.SimulatedAgent) { state.withLock { $0.times[agent.id] = .now } }

    var times: [String: Date] { state.withLock { $0.times } }
}
