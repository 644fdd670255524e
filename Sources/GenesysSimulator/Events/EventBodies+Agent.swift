// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// Bodies of the notifications about one agent (facts 6.3).
extension SimulatedOrganization {
    /// `v2.users.{id}.presence`: without the user's id.
    func presenceBody(of index: Int) -> JSONValue {
        let agent = agents[index]
        return object([
            "source": "PURECLOUD",
            "presenceDefinition": object(["id": agent.presence.id, "systemPresence": agent.presence.upperSystem]),
            "primary": agent.primarySource == .pureCloud,
            "message": agent.message,
            "modifiedDate": agent.presenceModifiedAt,
        ])
    }

    /// `v2.users.{id}.routingStatus`
    func routingStatusBody(of index: Int) -> JSONValue {
        let agent = agents[index]
        return object([
            "id": agent.id,
            "routingStatus": object(["status": agent.routingStatus.rawValue, "startTime": agent.routingStatusSince]),
        ])
    }

    /// `v2.users.{id}.activity`
    func activityBody(of index: Int) -> JSONValue {
        let agent = agents[index]
        return object([
            "id": agent.id,
            "routingStatus": object(["status": agent.routingStatus.rawValue, "startTime": agent.routingStatusSince]),
            "presence": object([
                "presenceDefinition": object([
                    "id": agent.shownPresence.id, "systemPresence": agent.shownPresence.upperSystem,
                ]),
                "presenceMessage": agent.message,
                "modifiedDate": agent.shownPresenceModifiedAt,
            ]),
            "outOfOffice": object(["active": agent.isOutOfOffice, "modifiedDate": agent.queuesModifiedAt]),
            "activeQueueIds": activeQueueIDs(of: index),
            "dateActiveQueuesChanged": agent.queuesModifiedAt,
        ])
    }

    /// `v2.users.{id}.integrationpresence`: another source has become primary.
    func primarySourceBody(of index: Int, from former: PresenceSource, at: Timestamp) -> JSONValue {
        let agent = agents[index]
        return object([
            "userId": agent.id,
            "eventType": "UserPrimaryPresenceSourceChanged",
            "source": agent.primarySource.id,
            "modifiedDate": at,
            "currentDisplaySourceId": agent.primarySource.id,
            "previousDisplaySourceId": former.id,
        ])
    }

    /// `v2.users.{id}.integrationpresence`: the presence of a source other than PURECLOUD has changed.
    func otherPresenceBody(of index: Int) -> JSONValue {
        let agent = agents[index]
        let other = agent.otherPresence
        return object([
            "userId": agent.id,
            "eventType": "UserPresenceStatusChanged",
            "source": other?.source.id,
            "modifiedDate": other?.modifiedAt,
            "presenceDefinition": other.map {
                object(["id": $0.definition.id, "systemPresence": $0.definition.upperSystem])
            },
            "message": "",
        ])
    }

    /// `v2.users.{id}.conversationsummary`, and the same object in `GET /api/v2/users?expand=conversationSummary`.
    func summaryBody(of index: Int) -> JSONValue {
        var active = 0
        var afterCallWork = 0
        for id in agents[index].conversations {
            guard let conversation = conversations[id], let leg = conversation.currentAgent else { continue }
            if conversation.participants[leg].state == .connected { active += 1 }
            if conversation.participants[leg].afterCallWork == .pending { afterCallWork += 1 }
        }
        func media(_ active: Int, _ afterCallWork: Int) -> JSONValue {
            object([
                "contactCenter": object(["active": active, "acw": afterCallWork]),
                "enterprise": object(["active": 0, "acw": 0]),
            ])
        }
        return object([
            "userId": agents[index].id,
            "call": media(active, afterCallWork),
            "callback": media(0, 0),
            "email": media(0, 0),
            "message": media(0, 0),
            "chat": media(0, 0),
            "socialExpression": media(0, 0),
            "video": media(0, 0),
        ])
    }

    /// `v2.users.{id}.workforcemanagement.adherence`
    func adherenceBody(of index: Int, now: Timestamp) -> JSONValue {
        guard let adherence = agents[index].adherence else { return .null }
        let agent = agents[index]
        let explanation = agent.explanations.last { $0.id == adherence.explanationID }
        return object([
            "user": object(["id": agent.id]),
            "managementUnitId": managementUnitID(of: index),
            "businessUnitId": businessUnitID,
            "team": reference(teamID(of: index)),
            "scheduledActivityCategory": adherence.scheduled.rawValue,
            "scheduledActivityCode": activities.code(of: adherence.scheduled).map { code in
                object([
                    "id": code.id,
                    "secondaryPresences": code.secondaryPresences.map { object(["id": $0]) },
                ])
            },
            "systemPresence": adherence.presence.spacedSystem,
            "organizationSecondaryPresenceId": adherence.presence.isSystem ? nil : adherence.presence.id,
            "routingStatus": adherence.routingStatus.rawValue,
            "actualActivityCategory": adherence.computed.actual.rawValue,
            "isOutOfOffice": adherence.isOutOfOffice,
            "adherenceState": adherence.computed.state.rawValue,
            "impact": adherence.computed.impact.rawValue,
            "adherenceExplanation": explanation.map(explanationSummary),
            "adherenceChangeTime": adherence.changedAt,
            "presenceUpdateTime": adherence.presenceUpdatedAt,
            "activeQueues": activeQueueIDs(of: index).map { object(["id": $0]) },
            "activeQueuesModifiedTime": agent.queuesModifiedAt,
            "removedFromManagementUnit": false,
            "suppressOnTimeReminder": false,
            "nextActivityReminders": nextActivityReminders(of: index, now: now),
        ])
    }

    /// `v2.workforcemanagement.agents.{id}.adherence.explanations`
    func explanationBody(_ explanation: AdherenceExplanation, of index: Int) -> JSONValue {
        object([
            "id": explanation.id,
            "agent": object(["id": agents[index].id]),
            "managementUnit": object(["id": managementUnitID(of: index)]),
            "businessUnit": object(["id": businessUnitID]),
            "type": "Late",
            "status": explanation.status.rawValue,
            "startDate": explanation.start,
            "lengthMinutes": explanation.lengthMinutes,
            "notes": explanation.notes,
        ])
    }

    func explanationSummary(_ explanation: AdherenceExplanation) -> JSONValue {
        object([
            "id": explanation.id,
            "startDate": explanation.start,
            "lengthMinutes": explanation.lengthMinutes,
            "status": explanation.status.rawValue,
        ])
    }

    func nextActivityReminders(of index: Int, now: Timestamp) -> [JSONValue] {
        guard let next = agents[index].schedule.nextChange(after: now) else { return [] }
        return [object(["activityCategory": next.category.rawValue, "startDate": next.at])]
    }
}
