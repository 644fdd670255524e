// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Console
import GenesysEvents

extension AdherenceView {
    init(_ facts: AdherenceFacts) {
        self.init(state: facts.state, scheduled: facts.scheduled, actual: facts.actual, since: facts.since)
        impact = facts.impact
        activityCode = facts.scheduledCodeID
        explanation = facts.explanationStatus
        next = facts.next.first?.category
        nextAt = facts.next.first?.at
        managementUnit = facts.managementUnitID
        team = facts.teamID
    }
}

extension ConversationView {
    init(_ conversation: ConversationFacts) {
        self.init(id: conversation.id, media: conversation.media.rawValue)
        direction = conversation.direction
        state = conversation.state
        held = conversation.held
        heldSince = conversation.heldSince
        muted = conversation.muted
        confined = conversation.confined
        role = conversation.role.rawValue
        alertedAt = conversation.alertedAt
        connectedAt = conversation.connectedAt
        endedAt = conversation.endedAt
        disconnectType = conversation.disconnectType
        participants = conversation.participants
        afterCallWork = conversation.afterCallWork
        afterCallWorkSince = conversation.afterCallWorkSince
        afterCallWorkUntil = conversation.afterCallWorkUntil
        wrapupRequired = conversation.wrapupRequired
        wrapupCode = conversation.wrapupCode
        campaignId = conversation.campaignID
        messageType = conversation.messageType
        externalTag = conversation.externalTag
        utilizationLabelId = conversation.utilizationLabelID
        queueId = conversation.queueID
        purpose = conversation.purpose
        attributes = conversation.attributes
        customerAttributes = conversation.customerAttributes.isEmpty ? nil : conversation.customerAttributes
    }
}
