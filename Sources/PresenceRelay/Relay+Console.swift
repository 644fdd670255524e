// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Configuration
import Console
import Delivery
import GenesysAPI
import Journal
import Pipeline
import Resync
import StatusRules

extension ConsoleSources {
    /// What the console shows of a relay, and what it may start.
    init(of relay: Relay) {
        self.init(
            agents: { after, limit in
                let records = await relay.pipeline.records(after: after, limit: limit + 1)
                let labels = relay.status.labels
                return AgentPage(
                    agents: records.prefix(limit).map { AgentView($0, labels: labels) },
                    next: records.count > limit ? records[limit - 1].facts.id : nil
                )
            },
            agent: { id in
                await relay.pipeline.record(of: id).map { AgentView($0, labels: relay.status.labels) }
            },
            history: { id, before, limit in
                let entries = try await relay.journal.history(agentID: id, before: before, limit: limit + 1)
                return HistoryPage(
                    entries: entries.prefix(limit).map(HistoryEntryView.init),
                    next: entries.count > limit ? String(entries[limit - 1].id) : nil
                )
            },
            deadLetters: { before, limit in
                let bytes = DeadLetterPage.mostBytes
                let letters = try await relay.journal.deadLetters(before: before, limit: limit + 1, bytes: bytes)
                return DeadLetterPage(letters, limit: limit)
            },
            deadLetter: { id in try await relay.journal.deadLetter(id: id).map(DeadLetterView.init) },
            retryDeadLetter: { id in try await relay.retryDeadLetter(id) },
            deleteDeadLetter: { id in
                do {
                    return try await relay.journal.removeDeadLetter(id: id)
                } catch let error as JournalError {
                    throw ConsoleError(writing: error) ?? error
                }
            },
            startResync: { request in try await relay.startResync(request) },
            resync: { id in await relay.resync.job(id).map(ResyncJobView.init) },
            health: { await relay.health() },
            changes: {
                AsyncStream { continuation in
                    let task = Task {
                        for await record in await relay.pipeline.changes() {
                            continuation.yield(AgentView(record, labels: relay.status.labels))
                        }
                        continuation.finish()
                    }
                    continuation.onTermination = { _ in task.cancel() }
                }
            },
            load: { await relay.load() },
            prepareScrape: { await relay.measureJournal() },
            newDeadLetters: {
                AsyncStream(bufferingPolicy: .bufferingNewest(100)) { continuation in
                    let task = Task {
                        for await letter in await relay.pipeline.deadLetters() {
                            continuation.yield(DeadLetterView(letter))
                        }
                        continuation.finish()
                    }
                    continuation.onTermination = { _ in task.cancel() }
                }
            }
        )
    }
}

extension Relay {
    /// Agents named, agents known to be active in the queues named, or all that are known.
    fileprivate func startResync(_ request: ResyncRequest) async throws -> ResyncJobView {
        // Right after the start the answer is a moment away.
        for _ in 0..<60 where status.genesys == .starting { try await Task.sleep(for: .milliseconds(50)) }
        guard case .resolved = status.genesys else {
            throw ConsoleError(.unavailable, "Genesys cannot be used yet; the relay's log says why.")
        }
        guard request.managementUnits.isEmpty else {
            throw ConsoleError(
                .unsupported,
                "A resync by management unit is not supported by this version: name agents."
            )
        }
        let known = await pipeline.records(after: nil, limit: .max)
        var ids = Set(request.agents)
        let queues = Set(request.queues)
        for record in known where !queues.isDisjoint(with: record.facts.activeQueueIDs ?? []) {
            ids.insert(record.facts.id)
        }
        if request.agents.isEmpty, request.queues.isEmpty { ids = Set(known.map(\.facts.id)) }
        return ResyncJobView(await resync.start(agentIDs: ids.sorted()))
    }
}

extension DeadLetterPage {
    /// Bytes of events with which a page ends.
    static let mostBytes = 8_000_000

    /// From what was read for it: one letter more than its limit, or up to ``mostBytes``, where there are as many.
    init(_ letters: [DeadLetter], limit: Int) {
        let isFull = letters.reduce(0) { $0 + $1.event.count } >= Self.mostBytes
        let shown = letters.prefix(limit)
        self.init(
            deadLetters: shown.map(DeadLetterView.init),
            next: isFull || letters.count > limit ? shown.last.map { String($0.id) } : nil
        )
    }
}
