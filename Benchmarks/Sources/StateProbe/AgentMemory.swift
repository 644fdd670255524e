// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Foundation
import GenesysAPI
import GenesysEvents
import Journal
import Logging
import Pipeline

/// A journal full of agents, and a pipeline that reads it.
enum AgentMemory {
    private static var logger: Logger {
        var logger = Logger(label: "state")
        logger.logLevel = .critical
        return logger
    }

    private static func journal(_ folder: String) throws -> Journal {
        try Journal(url: "sqlite:\(folder)/state.db", logger: logger)
    }

    static func fill(_ folder: String, _ kind: AgentKind, _ agents: Int) async throws {
        let journal = try journal(folder)
        let world = try StateWorld()
        let encoder = JSONEncoder()
        for start in stride(from: 0, to: agents, by: 1000) {
            var commit = JournalCommit()
            commit.agents = try (start..<min(start + 1000, agents)).map { number in
                let record = kind.record(number, world)
                return StoredAgent(id: record.facts.id, state: Array(try encoder.encode(record)))
            }
            try await journal.commit(commit)
        }
        await journal.close()
    }

    /// The fields of a line: agents; bytes stored, allocated and resident for each; resident before, then in all and at
    /// most after the read, and after a look at each agent; seconds of the read.
    static func load(_ folder: String) async throws -> String {
        let journal = try journal(folder)
        let world = try StateWorld()
        let before = (ProcessMemory.now, ProcessMemory.allocated)
        let inbox = PipelineInbox()
        let pipeline = Pipeline(
            journal: journal,
            delivery: delivery(inbox),
            inbox: inbox,
            engine: world.engine,
            now: { Timestamp(milliseconds: 1_772_450_000_000) },
            logger: logger
        )
        let clock = ContinuousClock()
        let start = clock.now
        try await pipeline.load()
        let took = (clock.now - start) / .seconds(1)
        let loaded = (ProcessMemory.now, ProcessMemory.allocated)
        let running = Task { await pipeline.run() }
        await pipeline.look(at: [], eventKey: "probe")
        let looked = ProcessMemory.now
        let ids = await pipeline.agentIDs
        var stored = 0
        for id in ids.prefix(1000) {
            if let record = await pipeline.record(of: id) { stored += try JSONEncoder().encode(record).count }
        }
        await pipeline.stop()
        await running.value
        await journal.close()
        let agents = max(1, ids.count)
        let numbers = [
            ids.count, stored / max(1, min(1000, ids.count)), (loaded.1 - before.1) / agents,
            (loaded.0.resident - before.0.resident) / agents, before.0.resident, loaded.0.resident, loaded.0.peak,
            looked.resident, looked.peak,
        ]
        return numbers.map(String.init).joined(separator: "\t") + "\t" + String(format: "%.1f", took)
    }

    /// Nothing is ever written: no agent of the measurement wants anything.
    private static func delivery(_ inbox: PipelineInbox) -> Delivery {
        Delivery(
            policy: DeliveryPolicy(),
            gate: CallGate(
                CallSchedule(budgets: [RequestBudget(requestsPerMinute: 300)]),
                now: { .init(milliseconds: 0) }
            ),
            effects: DeliveryEffects(
                read: { _, _ throws(GenesysAPIError) in throw GenesysAPIError(.notFound, message: "none") },
                readMany: { _, _ throws(GenesysAPIError) in [] },
                readWidely: { _, _ throws(GenesysAPIError) in [] },
                write: { _, _ throws(GenesysAPIError) in throw GenesysAPIError(.notFound, message: "none") },
                writeMany: { _, _ throws(GenesysAPIError) in [] },
                report: { inbox.put($0) },
                judged: { await inbox.waitUntilJudged() },
                observed: { _ in },
                now: { .init(milliseconds: 0) }
            ),
            logger: logger
        )
    }
}
