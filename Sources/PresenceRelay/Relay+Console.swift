// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Console
import Delivery
import Foundation
import GenesysEvents
import Journal
import Pipeline
import Resync

extension Relay {
    /// What the console shows, and what it may start.
    func consoleSources() -> ConsoleSources {
        ConsoleSources(
            agents: { after, limit in
                let records = await self.pipeline.records(after: after, limit: limit + 1)
                let labels = self.status.labels
                return AgentPage(
                    agents: records.prefix(limit).map { AgentView($0, labels: labels) },
                    next: records.count > limit ? records[limit - 1].facts.id : nil
                )
            },
            agent: { id in
                await self.pipeline.record(of: id).map { AgentView($0, labels: self.status.labels) }
            },
            history: { id, before, limit in
                let entries = try await self.journal.history(agentID: id, before: before, limit: limit + 1)
                return HistoryPage(
                    entries: entries.prefix(limit).map(HistoryEntryView.init),
                    next: entries.count > limit ? entries[limit - 1].id : nil
                )
            },
            deadLetters: { before, limit in
                let letters = try await self.journal.deadLetters(before: before, limit: limit + 1)
                return DeadLetterPage(
                    deadLetters: letters.prefix(limit).map(DeadLetterView.init),
                    next: letters.count > limit ? letters[limit - 1].id : nil
                )
            },
            startResync: { request in try await self.startResync(request) },
            resync: { id in await self.resync.job(id).map(ResyncJobView.init) },
            health: { await self.health() },
            changes: {
                AsyncStream { continuation in
                    let task = Task {
                        for await record in await self.pipeline.changes() {
                            continuation.yield(AgentView(record, labels: self.status.labels))
                        }
                        continuation.finish()
                    }
                    continuation.onTermination = { _ in task.cancel() }
                }
            }
        )
    }

    private func startResync(_ request: ResyncRequest) async throws -> ResyncJobView {
        var ids = Set(request.agents ?? [])
        if let queues = request.queues, !queues.isEmpty {
            let wanted = Set(queues)
            for record in await pipeline.records(after: nil, limit: .max)
            where !wanted.isDisjoint(with: record.facts.activeQueueIDs ?? []) {
                ids.insert(record.facts.id)
            }
        }
        if request.isEmpty { ids = Set(await pipeline.agentIDs) }
        return ResyncJobView(await resync.start(agentIDs: ids.sorted()))
    }
}

extension AgentView {
    init(_ record: AgentRecord, labels: [String: String]) {
        let facts = record.facts
        self.init(id: facts.id, name: facts.name)
        if let known = facts.presence {
            presence = Presence(
                definitionId: known.definitionID,
                system: known.system?.name,
                label: known.definitionID.flatMap { labels[$0] },
                message: known.message ?? "",
                modifiedAt: known.modifiedAt,
                setBy: record.presenceIsOurs ? "relay" : "other"
            )
        }
        routingStatus = facts.routingStatus.map { RoutingStatus(status: $0.status, since: $0.since) }
        adherence = facts.adherence.map {
            Adherence(state: $0.state, scheduled: $0.scheduled, actual: $0.actual, since: $0.since)
        }
        outOfOffice = facts.outOfOffice
        conversations = facts.conversations.filter(\.isLive).map {
            Conversation(
                id: $0.id,
                media: $0.media.rawValue,
                direction: $0.direction,
                state: $0.state,
                held: $0.held,
                afterCallWork: $0.afterCallWork,
                queueId: $0.queueID,
                attributes: $0.attributes,
                customerAttributes: $0.customerAttributes
            )
        }
        wanted = record.episodes.episode.map {
            Wanted(status: $0.status, rule: $0.rule, since: $0.since, eventKey: $0.eventKey)
        }
        delivery = record.delivery.map {
            Delivery(
                state: $0.state.rawValue,
                attempts: $0.attempts,
                at: $0.at,
                error: $0.error.map { .init(code: $0.code, message: $0.message, correlationId: $0.correlationID) }
            )
        }
    }
}

extension HistoryEntryView {
    init(_ entry: HistoryEntry) {
        self.init(at: entry.at, kind: entry.kind.rawValue, summary: entry.summary, detail: entry.detail)
    }
}

extension DeadLetterView {
    init(_ letter: DeadLetter) {
        self.init(
            id: String(letter.id), at: letter.at, reason: letter.reason, agentId: letter.agentID, event: letter.event
        )
    }
}

extension ResyncJobView {
    init(_ job: ResyncJob) {
        self.init(
            id: job.id,
            state: job.state.rawValue,
            total: job.total,
            done: job.done,
            changed: job.changed,
            failed: job.failed,
            startedAt: job.startedAt,
            finishedAt: job.finishedAt
        )
    }
}
