// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension SimulatedOrganization {
    /// Bodies of `v2.detail.events.conversation.{id}.*`: times in epoch milliseconds, enums in upper case (facts 6.3).
    func detailBody(
        _ topic: DetailTopic,
        _ conversation: SimulatedConversation,
        leg: Int,
        at: Timestamp
    ) -> JSONValue {
        let participant = conversation.participants[leg]
        if topic == .attributes { return attributesBody(conversation, participant, at: at) }
        var body = session(conversation, participant, at: at)
        func add(_ members: KeyValuePairs<String, (any JSONConvertible)?>) {
            for (name, value) in members { body[name] = value?.json }
        }
        let end = participant.endedAt ?? at
        let disconnectType = participant.disconnectType.map { $0.uppercased().replacing(".", with: "_") }
        switch topic {
        case .customerStart:
            add(["externalContactId": conversation.externalContactID, "divisionId": divisionID])
        case .customerEnd:
            add([
                "externalContactId": conversation.externalContactID, "divisionId": divisionID,
                "disconnectType": disconnectType,
                "interactingDurationMs": end.milliseconds - (participant.connectedAt ?? end).milliseconds,
            ])
        case .acdStart:
            add([
                "queueId": participant.queueID, "divisionId": divisionID, "routingPriority": 0,
                "requestedRoutingSkillIds": [JSONValue](), "skillExpressionApplied": false,
            ])
        case .acdEnd:
            let answering = conversation.participants.last { $0.purpose == .agent && $0.connectedAt != nil }
            add([
                "queueId": participant.queueID, "divisionId": divisionID, "disconnectType": disconnectType,
                "acdOutcome": answering == nil ? "ABANDON" : "ANSWERED", "answeredUserId": answering?.userID,
                "requestedRoutings": ["STANDARD"], "usedRouting": answering == nil ? nil : "STANDARD",
                "routingPriority": 0,
                "connectedDurationMs": end.milliseconds - (participant.connectedAt ?? end).milliseconds,
            ])
        case .userStart:
            add(["userId": participant.userID, "divisionId": divisionID, "queueId": participant.queueID])
        case .userEnd:
            let connected = participant.connectedAt
            let talked = connected.map { end.milliseconds - $0.milliseconds - participant.heldMilliseconds }
            add([
                "userId": participant.userID, "divisionId": divisionID, "queueId": participant.queueID,
                "disconnectType": disconnectType,
                "alertingDurationMs": (connected ?? end).milliseconds - participant.startedAt.milliseconds,
                "interactingDurationMs": talked,
                "heldDurationMs": connected == nil ? nil : participant.heldMilliseconds,
            ])
        case .afterCallWork, .wrapup:
            let began = participant.afterCallWorkStartedAt ?? at
            add([
                // The wrapup topic does not say who.
                "userId": topic == .afterCallWork ? participant.userID : nil,
                "queueId": participant.queueID, "wrapupCode": participant.wrapup?.code,
                "wrapupNotes": participant.wrapup?.notes,
                "wrapupDurationMs": at.milliseconds - began.milliseconds,
            ])
        case .attributes: break
        }
        return .object(body)
    }

    /// `v2.detail.events.agent.{id}.state`
    func agentStateBody(
        _ state: String,
        _ conversation: SimulatedConversation,
        leg: Int,
        at: Timestamp
    ) -> JSONValue {
        let participant = conversation.participants[leg]
        return object([
            "conversationId": conversation.id,
            "sessionId": participant.communicationID,
            "sessionStart": participant.startedAt.milliseconds,
            "currentStateStart": at.milliseconds,
            "currentState": state,
            "userId": participant.userID,
            "originatingDirection": "INBOUND",
            "mediaType": "VOICE",
            "queueId": participant.queueID,
            "requestedSkillIds": [JSONValue](),
        ])
    }

    private func session(
        _ conversation: SimulatedConversation,
        _ participant: SimulatedParticipant,
        at: Timestamp
    ) -> JSONObject {
        let body = object([
            "eventTime": at.milliseconds,
            "conversationId": conversation.id,
            "participantId": participant.id,
            "sessionId": participant.communicationID,
            "mediaType": "VOICE",
            "provider": "Edge",
            "direction": "INBOUND",
            "ani": "tel:\(conversation.callerNumber)",
            "dnis": Self.supportLine,
            "conversationExternalContactIds": [conversation.externalContactID],
        ])
        return body.objectValue ?? JSONObject()
    }

    private func attributesBody(
        _ conversation: SimulatedConversation,
        _ participant: SimulatedParticipant,
        at: Timestamp
    ) -> JSONValue {
        object([
            "eventTime": at.milliseconds,
            "conversationId": conversation.id,
            "participantId": participant.id,
            "attributes": participant.attributes,
            "conversationExternalContactIds": [conversation.externalContactID],
            "communications": [object(["id": participant.communicationID, "mediaType": "VOICE"])],
            "participantStartTime": participant.startedAt.milliseconds,
        ])
    }
}
