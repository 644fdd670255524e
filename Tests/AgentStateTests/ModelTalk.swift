// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// A conversation as Genesys would know it, and what its topics show of it.
struct ModelTalk {
    /// One call, chat, … of a party.
    struct Leg {
        var id: String
        var media: MediaType
        var initialState: String
        var state: String
        var direction: String?
        var held = false
        var holdAt: Timestamp?
        var muted = false
        var confined = false
        var connectedAt: Timestamp?
        var endedAt: Timestamp?
        var disconnectType: String?
        /// pending, complete, …
        var work: String?
        var workFrom: Timestamp?
        var workTo: Timestamp?
        var campaignID: String?
        var messageType: String?

        var isOver: Bool { endedAt != nil }
    }

    /// A customer, a queue, or one alert to an agent.
    struct Party {
        var id: String
        var userID: String?
        var name: String?
        var purpose: String
        var queueID: String?
        var startedAt: Timestamp
        var attributes: Attributes = [:]
        var wrapupRequired = false
        var wrapupPrompt: String?
        var wrapupTimeoutMs: Int?
        var wrapupCode: String?
        var mediaRoles: [String] = []
        var monitored: String?
        var coached: String?
        var barged: String?
        var consult: String?
        var legs: [Leg]

        var isOver: Bool { legs.allSatisfy(\.isOver) }
    }

    var id: String
    var parties: [Party]
    var externalTag: String?
    var labelID: String?

    /// `v2.users.{id}.conversations`
    var full: ConversationSnapshot {
        var snapshot = ConversationSnapshot(id: id, participants: parties.map(full))
        snapshot.externalTag = externalTag
        snapshot.utilizationLabelID = labelID
        return snapshot
    }

    /// `GET /conversations/{id}`: the same with the time at which each participant has joined.
    var read: ConversationSnapshot {
        var snapshot = full
        for index in parties.indices { snapshot.participants[index].startTime = parties[index].startedAt }
        return snapshot
    }

    /// `v2.users.{id}.conversations.calls` and its like.
    func flat(_ media: MediaType) -> ConversationSnapshot {
        var snapshot = ConversationSnapshot(id: id, participants: [], isSingleMedia: true)
        snapshot.utilizationLabelID = labelID
        for party in parties {
            for leg in party.legs where leg.media == media {
                snapshot.participants.append(flat(party, leg, tellsRole: media == .call))
            }
        }
        return snapshot
    }

    private func common(_ party: Party) -> ParticipantSnapshot {
        var participant = ParticipantSnapshot(id: party.id, userID: party.userID, purpose: party.purpose)
        participant.name = party.name
        participant.queueID = party.queueID
        participant.attributes = party.attributes
        participant.wrapupRequired = party.wrapupRequired
        participant.wrapupPrompt = party.wrapupPrompt
        participant.wrapupTimeoutMs = party.wrapupTimeoutMs
        participant.wrapupCode = party.wrapupCode
        participant.mediaRoles = party.mediaRoles
        return participant
    }

    private func takeRoles(_ party: Party, _ participant: inout ParticipantSnapshot) {
        participant.monitoredParticipantID = party.monitored
        participant.coachedParticipantID = party.coached
        participant.bargedParticipantID = party.barged
        participant.consultParticipantID = party.consult
    }

    private func full(_ party: Party) -> ParticipantSnapshot {
        var participant = common(party)
        takeRoles(party, &participant)
        participant.connectedTime = party.legs.compactMap(\.connectedAt).min()
        participant.endTime = party.isOver ? party.legs.compactMap(\.endedAt).max() : nil
        participant.startAcwTime = party.legs.compactMap(\.workFrom).min()
        participant.endAcwTime = party.legs.compactMap(\.workTo).max()
        participant.communications = party.legs.map { leg in
            var communication = CommunicationSnapshot(id: leg.id, media: leg.media, state: leg.state)
            take(leg, &communication)
            communication.connectedTime = leg.connectedAt
            communication.disconnectedTime = leg.endedAt
            communication.afterCallWork = leg.work
            communication.afterCallWorkStart = leg.workFrom
            communication.afterCallWorkEnd = leg.workTo
            return communication
        }
        return participant
    }

    private func flat(_ party: Party, _ leg: Leg, tellsRole: Bool) -> ParticipantSnapshot {
        var participant = common(party)
        if tellsRole { takeRoles(party, &participant) }
        participant.startTime = party.startedAt
        participant.connectedTime = leg.connectedAt
        participant.endTime = leg.endedAt
        participant.startAcwTime = leg.workFrom
        participant.endAcwTime = leg.workTo
        var communication = CommunicationSnapshot(id: party.id, media: leg.media, state: leg.state)
        take(leg, &communication)
        communication.connectedTime = leg.connectedAt
        communication.disconnectedTime = leg.endedAt
        communication.afterCallWorkStart = leg.workFrom
        communication.afterCallWorkEnd = leg.workTo
        if leg.workTo != nil {
            communication.afterCallWork = "complete"
        } else if leg.workFrom != nil {
            communication.afterCallWork = "pending"
        }
        if leg.work == "skipped" { communication.afterCallWork = "skipped" }
        participant.communications = [communication]
        return participant
    }

    private func take(_ leg: Leg, _ communication: inout CommunicationSnapshot) {
        communication.initialState = leg.initialState
        communication.direction = leg.direction
        communication.held = leg.held
        communication.startHoldTime = leg.holdAt
        communication.muted = leg.muted
        communication.confined = leg.confined
        communication.disconnectType = leg.disconnectType
        communication.campaignID = leg.campaignID
        communication.messageType = leg.messageType
    }
}
