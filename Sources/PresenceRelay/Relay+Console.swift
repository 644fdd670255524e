// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Configuration
import ConfigurationSyntax
import Console
import Delivery
import Directory
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
                let records = await relay.pipeline.changes()
                return AsyncStream { continuation in
                    let task = Task {
                        for await record in records {
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
                let letters = await relay.pipeline.deadLetters()
                return AsyncStream(bufferingPolicy: .bufferingNewest(100)) { continuation in
                    let task = Task {
                        for await letter in letters {
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
    /// Agents named, those who belong to the queues and management units named, or all that are known.
    fileprivate func startResync(_ request: ResyncRequest) async throws -> ResyncJobView {
        // Right after the start the answer is a moment away.
        for _ in 0..<60 where status.genesys == .starting { try await Task.sleep(for: .milliseconds(50)) }
        guard case .resolved = status.genesys else {
            throw ConsoleError(.unavailable, "Genesys cannot be used yet; the relay's log says why.")
        }
        if request == ResyncRequest() {
            return ResyncJobView(await resync.start(agentIDs: await pipeline.agentIDs.sorted()))
        }
        let agents = Set(request.agents).sorted()
        guard !(request.queues + request.managementUnits).isEmpty else {
            return ResyncJobView(await resync.start(agentIDs: agents))
        }
        // Not while the request waits: it may take long until the API has room for it.
        let job = await resync.start(agentIDs: agents) { () async throws(ResyncFailure) in
            try await self.members(of: request)
        }
        return ResyncJobView(job)
    }

    /// Who belongs to the queues and management units of a request, each by its name or id.
    private func members(of request: ResyncRequest) async throws(ResyncFailure) -> Set<String> {
        let units =
            request.queues.map { (DirectoryKind.queue, $0) }
            + request.managementUnits.map { (DirectoryKind.managementUnit, $0) }
        let names = units.map { kind, text in
            DirectoryReference(
                kind: kind,
                text: text,
                needsMembers: true,
                location: SourceLocation(file: "request", line: 1, column: 1)
            )
        }
        let resolution = await directory.resolve(names)
        if let failure = resolution.failure {
            throw ResyncFailure("Who belongs to what is named cannot be read: \(failure)")
        }
        guard resolution.isComplete else {
            throw ResyncFailure(resolution.problems.map(\.message).joined(separator: "; "))
        }
        return units.reduce(into: []) { $0.formUnion(resolution.snapshot[$1.0, $1.1]?.members ?? []) }
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
