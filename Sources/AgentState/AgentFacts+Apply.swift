// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

extension AgentFacts {
    /// Takes in one notification about this agent. `receivedAt` orders what carries no time of its own.
    ///
    /// A notification about another agent, of an unused topic or undecodable changes nothing. The attributes of a
    /// participant and its wrap-up name no agent: hand them to every agent whose `conversationIDs` contain the
    /// conversation.
    public mutating func apply(_ notification: Notification, receivedAt: Timestamp) -> FactsOutcome {
        if let userID = notification.event.userID, userID != id { return .unchanged }
        var result = OutcomeBuilder()
        let order = FactOrder(envelope: notification.timestamp, arrival: receivedAt)
        switch notification.event {
        case .conversation(_, let snapshot), .queueConversation(let snapshot): apply(snapshot, order, &result)
        case .conversationSummary(_, let summary): apply(summary, order, &result)
        case .presence(_, let presence):
            if let source = presence.source, source.uppercased() != "PURECLOUD" {
                result.stale("presence of another source")
            } else {
                apply(presence, order, &result)
            }
        case .presenceSource(_, let source): apply(source, order, &result)
        case .routingStatus(_, let status): apply(status, order, &result)
        case .activity(_, let activity): apply(activity, order, &result)
        case .outOfOffice(_, let outOfOffice): apply(outOfOffice, order, &result)
        case .queueMembership(_, let membership): apply(membership, order, &result)
        case .adherence(_, let adherence): apply(adherence, order, &result)
        case .participantAttributes(let attributes): apply(attributes, order, &result)
        case .agentState(_, let state): apply(CommunicationNews(state, order), &result)
        case .userStart(_, let start): apply(CommunicationNews(start, order), &result)
        case .userEnd(_, let end): apply(CommunicationNews(end, order), &result)
        case .afterCallWork(_, let work): apply(CommunicationNews(work, order), &result)
        case .wrapup(let wrapup):
            // It names nobody: that of another agent is none of ours.
            guard let id = wrapup.session.participantID, hasPart(id, in: wrapup.session.conversationID) else { break }
            apply(CommunicationNews(wrapup, order), &result)
        case .unused, .undecodable: break
        }
        return result.outcome
    }

    /// `order` with the time of the fact's own change, or `nil` when what is known is newer.
    func accept(
        _ order: FactOrder,
        changedAt: Timestamp?,
        after known: FactOrder?,
        _ fact: String,
        _ result: inout OutcomeBuilder
    ) -> FactOrder? {
        var order = order
        order.body = changedAt
        guard let known, order.isOlder(than: known, by: .body) else { return order }
        result.stale("\(fact) is older than the one known")
        return nil
    }

    // MARK: - Presence and routing

    private mutating func apply(_ new: PresenceObservation, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        let old = presence
        let isSame = new.modifiedAt != nil && new.modifiedAt == old?.modifiedAt
        // The same presence told once more: the activity topic has no request, so that the others complete it.
        if isSame, !new.tellsRequest, !presenceIsPartial { return result.taken() }
        let completes = isSame && new.tellsRequest && presenceIsPartial
        let known = completes ? nil : presenceOrder
        guard let order = accept(order, changedAt: new.modifiedAt, after: known, "presence", &result) else { return }
        let facts = PresenceFacts(
            definitionID: new.definitionID,
            system: new.system,
            message: isSame ? new.message ?? old?.message : new.message,
            modifiedAt: new.modifiedAt,
            requested: new.requested
        )
        presence = facts
        presenceOrder = order
        presenceIsPartial = !new.tellsRequest
        result.compare("presence.system", old?.system?.name, facts.system?.name)
        result.compare("presence.definitionId", old?.definitionID, facts.definitionID)
        result.compare("presence.message", old?.message, facts.message)
        result.compare("presence.requested", old?.requested?.name, facts.requested?.name)
    }

    private mutating func apply(_ new: RoutingStatusObservation, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        guard let order = accept(order, changedAt: new.startTime, after: routingOrder, "routing status", &result)
        else { return }
        let old = routingStatus
        routingStatus = RoutingStatusFacts(status: new.status, since: new.startTime)
        routingOrder = order
        result.compare("routingStatus.status", old?.status, new.status)
    }

    private mutating func apply(_ new: PresenceSourceObservation, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        // The event may be about the presence of a source alone.
        guard let source = new.current,
            let order = accept(order, changedAt: new.modifiedAt, after: sourceOrder, "the primary source", &result)
        else { return }
        let old = primarySource
        primarySource = source
        sourceOrder = order
        result.compare("primarySource", old, source)
    }

    private mutating func apply(_ new: ActivityObservation, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        if let presence = new.presence { apply(presence, order, &result) }
        if let routingStatus = new.routingStatus { apply(routingStatus, order, &result) }
        if let active = new.outOfOffice {
            apply(outOfOffice: active, changedAt: new.outOfOfficeModifiedAt, order, &result)
        }
        if let queues = new.activeQueueIDs {
            apply(activeQueues: queues, changedAt: new.activeQueuesChangedAt, order, &result)
        }
    }

    // MARK: - Adherence

    private mutating func apply(_ new: AdherenceObservation, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        apply(outOfOfficeOf: new, order, &result)
        if let queues = new.activeQueueIDs {
            apply(activeQueues: queues, changedAt: new.activeQueuesChangedAt, order, &result)
        }
        if new.isRemoved, let unit = new.managementUnitID, let known = adherence?.managementUnitID, unit != known {
            return result.stale("removed from a management unit that is not the agent's any more")
        }
        guard let order = accept(order, changedAt: new.changedAt, after: adherenceOrder, "adherence", &result)
        else { return }
        let old = adherence
        adherence = new.isRemoved ? nil : AdherenceFacts(new)
        adherenceOrder = order
        let facts = adherence ?? AdherenceFacts()
        result.compare("adherence.state", old?.state, facts.state)
        result.compare("adherence.scheduled", old?.scheduled, facts.scheduled)
        result.compare("adherence.actual", old?.actual, facts.actual)
        result.compare("adherence.impact", old?.impact, facts.impact)
        result.compare("adherence.activityCode", old?.scheduledCodeID, facts.scheduledCodeID)
        result.compare("adherence.explanation", old?.explanationStatus, facts.explanationStatus)
        result.compare("adherence.next", old?.next.first?.category, facts.next.first?.category)
        result.compare("adherence.nextAt", old?.next.first?.at?.description, facts.next.first?.at?.description)
        result.compare("adherence.managementUnit", old?.managementUnitID, facts.managementUnitID)
        result.compare("adherence.team", old?.teamID, facts.teamID)
    }
}
