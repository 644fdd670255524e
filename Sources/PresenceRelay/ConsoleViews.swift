// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Console
import Delivery
import GenesysEvents
import Journal
import Pipeline
import Resync
import StatusRules

extension AgentView {
    /// An agent as the console shows them; `labels` are those of presence definitions by id.
    init(_ record: AgentRecord, labels: [String: String]) {
        let facts = record.facts
        self.init(id: facts.id, name: facts.name)
        if let known = facts.presence {
            presence = PresenceView(
                definitionId: known.definitionID,
                system: known.system?.name,
                label: known.definitionID.flatMap { labels[$0] },
                message: known.message ?? "",
                modifiedAt: known.modifiedAt,
                setBy: record.presenceIsOurs ? .relay : .other
            )
            presence?.requested = known.requested?.name
        }
        routingStatus = facts.routingStatus.map { RoutingStatusView(status: $0.status, since: $0.since) }
        adherence = facts.adherence.map(AdherenceView.init)
        primarySource = facts.primarySource
        outOfOfficeUntil = facts.outOfOfficeUntil
        activeQueueIds = facts.activeQueueIDs
        outOfOffice = facts.outOfOffice
        conversations = facts.conversations.filter(\.isLive).map(ConversationView.init)
        wanted = record.episode.map {
            WantedView(status: $0.status, rule: $0.rule, since: $0.since, eventKey: $0.eventKey)
        }
        delivery = record.delivery.map(DeliveryView.init)
        delivery?.adherence = record.adherence.map(AdherenceVerdictView.init)
        errands = record.errands.isEmpty ? nil : record.errands.map(ErrandView.init)
        waiting = record.episodes.awaitedEnd.map(WaitingView.init)
        looksAgainAt = record.wakeAt
    }
}

extension WaitingView {
    init(_ awaited: AwaitedEnd) {
        let kind: Kind =
            switch awaited.kind {
            case .afterInteraction: .afterInteraction
            case .afterCallWork: .afterCallWork
            case .minimum: .minimum
            case .cooldown: .cooldown
            case .release: .release
            }
        self.init(kind, rule: awaited.rule)
        status = awaited.status
        since = awaited.since
        until = awaited.until
        conversations = awaited.conversationIDs.isEmpty ? nil : awaited.conversationIDs
    }
}

extension DeliveryView {
    init(_ status: DeliveryStatus) {
        self.init(
            state: State(status.state),
            attempts: status.attempts,
            at: status.at,
            error: status.error.map {
                Failure(code: $0.code, message: $0.message, correlationId: $0.correlationID)
            }
        )
    }
}

extension DeliveryView.State {
    init(_ state: DeliveryState) {
        self =
            switch state {
            case .pending: .pending
            case .sent: .sent
            case .accepted: .accepted
            case .confirmed: .confirmed
            case .notApplied: .notApplied
            case .failed: .failed
            case .superseded: .superseded
            case .observed: .observed
            }
    }
}

extension AdherenceVerdictView {
    init(_ verdict: AdherenceVerdict) {
        self.init(state: State(verdict.state), at: verdict.at)
        expected = verdict.expected
        actual = verdict.actual
        scheduled = verdict.scheduled
        adherenceState = verdict.adherenceState
        reason = verdict.reason?.rawValue
        message = verdict.message
    }
}

extension AdherenceVerdictView.State {
    init(_ state: AdherenceVerdict.State) {
        self =
            switch state {
            case .pending: .pending
            case .confirmed: .confirmed
            case .differs: .differs
            case .unknown: .unknown
            }
    }
}

extension ErrandView {
    init(_ errand: Errand) {
        let kind: Kind
        var what = errand.work.summary
        switch errand.work {
        case .explain: kind = .explain
        case .routingStatus: kind = .routingStatus
        case .putAdherence: kind = .putAdherence
        case .notify(let message):
            kind = .notify
            what = "notify \(message.endpoint)"
        case .tag(let conversationID, let attributes):
            kind = .tag
            // The names will do: values may come from a conversation, and be about its customer.
            what = "tag conversation \(conversationID) with \(attributes.keys.sorted().joined(separator: ", "))"
        }
        self.init(id: errand.id, rule: errand.rule, kind: kind, since: errand.since, what: what)
    }
}

extension HistoryEntryView {
    init(_ entry: HistoryEntry) {
        let kind: Kind =
            switch entry.kind {
            case .event: .event
            case .decision: .decision
            case .call: .call
            case .observation: .observation
            case .guarded: .guardHeld
            }
        self.init(
            at: entry.at,
            kind: kind,
            summary: entry.summary,
            detail: RawJSON(String(decoding: entry.detail, as: UTF8.self))
        )
    }
}

extension DeadLetterView {
    init(_ letter: DeadLetter) {
        self.init(
            id: String(letter.id),
            at: letter.at,
            reason: letter.reason,
            agentId: letter.agentID,
            event: RawJSON(String(decoding: letter.event, as: UTF8.self))
        )
    }
}

extension ResyncJobView {
    init(_ job: ResyncJob) {
        let state: State =
            switch job.state {
            case .running: .running
            case .done: .done
            case .failed: .failed
            case .cancelled: .cancelled
            }
        self.init(id: job.id, state: state, total: job.total, startedAt: job.startedAt)
        done = job.done
        changed = job.changed
        failed = job.failed
        finishedAt = job.finishedAt
        error = job.error
    }
}
