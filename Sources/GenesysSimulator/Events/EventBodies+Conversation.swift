// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The same conversation looks a little different in a notification and in an answer of the REST API.
enum ConversationForm: Sendable { case notification, rest }

extension SimulatedOrganization {
    /// `v2.users.{id}.conversations` and `GET /api/v2/conversations/{id}`: participants with an array for each media.
    ///
    /// - Parameter endedStillReadsConnected: end marks are set while the state still reads connected
    func conversationBody(
        _ conversation: SimulatedConversation,
        _ form: ConversationForm,
        endedStillReadsConnected: Bool = false
    ) -> JSONValue {
        let isRecording = conversation.participants.contains(where: \.isRecording)
        return object([
            "id": conversation.id,
            "startTime": form == .rest ? conversation.startedAt : nil,
            "endTime": form == .rest ? conversation.endedAt : nil,
            "participants": conversation.participants.map {
                participantBody($0, in: conversation, form, stillReadsConnected: endedStillReadsConnected)
            },
            "recordingState": recordingState(isRecording, form),
            "address": Self.supportLine,
            "divisions": divisions(of: conversation),
            "selfUri": form == .rest ? "/api/v2/conversations/\(conversation.id)" : nil,
        ])
    }

    private func participantBody(
        _ participant: SimulatedParticipant,
        in conversation: SimulatedConversation,
        _ form: ConversationForm,
        stillReadsConnected: Bool
    ) -> JSONValue {
        let isAgent = participant.purpose == .agent
        return object([
            "id": participant.id,
            "startTime": form == .rest ? participant.startedAt : nil,
            "connectedTime": participant.connectedAt,
            "endTime": participant.endedAt,
            "userId": participant.userID,
            "externalContactId": participant.purpose == .customer ? conversation.externalContactID : nil,
            "name": participant.name,
            "queueId": participant.queueID,
            "queueName": form == .rest ? participant.queueID.map(queueName) : nil,
            "teamId": isAgent ? teamID(of: participant) : nil,
            "purpose": participant.purpose.rawValue,
            "address": participant.address,
            "wrapupRequired": participant.isWrapupRequired,
            "wrapupExpected": isAgent && settings.hasAfterCallWork,
            "wrapupPrompt": isAgent ? "mandatory" : nil,
            "wrapup": participant.wrapup.map(wrapupBody),
            "startAcwTime": participant.afterCallWorkStartedAt,
            "endAcwTime": participant.afterCallWorkEndedAt,
            "conversationRoutingData": routingData(of: participant),
            "alertingTimeoutMs": isAgent ? Self.alertingTimeoutSeconds * 1000 : nil,
            "mediaRoles": isAgent ? ["full"] : nil,
            "attributes": participant.attributes,
            "calls": [communicationBody(participant, in: conversation, form, stillReadsConnected: stillReadsConnected)],
        ])
    }

    private func communicationBody(
        _ participant: SimulatedParticipant,
        in conversation: SimulatedConversation,
        _ form: ConversationForm,
        stillReadsConnected: Bool
    ) -> JSONValue {
        let caller = address(conversation.callerName, "tel:\(conversation.callerNumber)", conversation.callerNumber)
        let line = address("Support line", Self.supportLine, "+18005550100")
        let own = address(participant.name, participant.address, participant.address)
        let isCustomer = participant.purpose == .customer
        let state: SimulatedParticipant.State =
            stillReadsConnected && participant.state == .disconnected ? .connected : participant.state
        return object([
            "id": participant.communicationID,
            "state": state.rawValue,
            "initialState": participant.initialState.rawValue,
            "recording": participant.isRecording,
            "recordingState": recordingState(participant.isRecording, form),
            "muted": participant.isMuted,
            "confined": participant.isConfined,
            "held": participant.isHeld,
            "securePause": false,
            "disconnectType": participant.disconnectType,
            "startHoldTime": participant.holdStartedAt,
            "direction": "inbound",
            "self": isCustomer ? caller : participant.purpose == .agent ? own : line,
            "other": isCustomer ? line : caller,
            "provider": "Edge",
            "peerId": isCustomer ? nil : conversation.customer.communicationID,
            "connectedTime": participant.connectedAt,
            "disconnectedTime": participant.endedAt,
            "disconnectReasons": [JSONValue](),
            "wrapup": participant.wrapup.map(wrapupBody),
            "afterCallWork": participant.afterCallWork.map { work in
                object([
                    "state": work.rawValue,
                    "startTime": participant.afterCallWorkStartedAt,
                    "endTime": participant.afterCallWorkEndedAt,
                ])
            },
            "afterCallWorkRequired": false,
            "queueMediaSettings": participant.purpose == .agent
                ? object(["alertingTimeoutSeconds": Self.alertingTimeoutSeconds, "enableAutoAnswer": false]) : nil,
        ])
    }

    /// `v2.users.{id}.conversations.calls` and `GET /api/v2/conversations/calls/{id}`: the call lies flat in the
    /// participant.
    func callBody(
        _ conversation: SimulatedConversation,
        _ form: ConversationForm,
        endedStillReadsConnected: Bool = false
    ) -> JSONValue {
        let isRecording = conversation.participants.contains(where: \.isRecording)
        return object([
            "id": conversation.id,
            "participants": conversation.participants.map {
                callParticipantBody($0, in: conversation, form, stillReadsConnected: endedStillReadsConnected)
            },
            "otherMediaUris": [JSONValue](),
            "recordingState": recordingState(isRecording, form),
            "divisions": divisions(of: conversation),
            "selfUri": form == .rest ? "/api/v2/conversations/calls/\(conversation.id)" : nil,
        ])
    }

    private func callParticipantBody(
        _ participant: SimulatedParticipant,
        in conversation: SimulatedConversation,
        _ form: ConversationForm,
        stillReadsConnected: Bool
    ) -> JSONValue {
        let isAgent = participant.purpose == .agent
        let isCustomer = participant.purpose == .customer
        let state: SimulatedParticipant.State =
            stillReadsConnected && participant.state == .disconnected ? .connected : participant.state
        return object([
            "id": participant.id,
            "name": participant.name,
            "address": participant.address,
            "startTime": participant.startedAt,
            "connectedTime": participant.connectedAt,
            "endTime": participant.endedAt,
            "startHoldTime": participant.holdStartedAt,
            "purpose": participant.purpose.rawValue,
            "state": state.rawValue,
            "initialState": participant.initialState.rawValue,
            "direction": "inbound",
            "disconnectType": participant.disconnectType,
            "held": participant.isHeld,
            "wrapupRequired": participant.isWrapupRequired,
            "wrapupPrompt": isAgent ? "mandatory" : nil,
            "user": reference(participant.userID),
            "queue": reference(participant.queueID),
            "team": reference(isAgent ? teamID(of: participant) : nil),
            "attributes": participant.attributes,
            "alertingTimeoutMs": isAgent ? Self.alertingTimeoutSeconds * 1000 : nil,
            "provider": "Edge",
            "externalContact": reference(isCustomer ? conversation.externalContactID : nil),
            "wrapup": participant.wrapup.map(wrapupBody),
            "conversationRoutingData": routingData(of: participant),
            "peer": isCustomer ? nil : conversation.customer.communicationID,
            "startAcwTime": participant.afterCallWorkStartedAt,
            "endAcwTime": participant.afterCallWorkEndedAt,
            "mediaRoles": isAgent ? ["full"] : nil,
            "muted": participant.isMuted,
            "confined": participant.isConfined,
            "recording": participant.isRecording,
            "recordingState": recordingState(participant.isRecording, form),
            "securePause": false,
            "ani": "tel:\(conversation.callerNumber)",
            "dnis": Self.supportLine,
        ])
    }

    static let alertingTimeoutSeconds = 15

    private func routingData(of participant: SimulatedParticipant) -> JSONValue? {
        guard participant.purpose == .acd || participant.purpose == .agent else { return nil }
        return object([
            "queue": reference(participant.queueID ?? queueID),
            "language": JSONObject(),
            "priority": 0,
            "skills": [JSONValue](),
            "scoredAgents": [JSONValue](),
        ])
    }

    private func wrapupBody(_ wrapup: SimulatedParticipant.Wrapup) -> JSONValue {
        object([
            "code": wrapup.code,
            "notes": wrapup.notes,
            "tags": [JSONValue](),
            "durationSeconds": wrapup.durationSeconds,
            "endTime": wrapup.endTime,
        ])
    }

    private func address(_ name: String, _ normalized: String, _ shown: String) -> JSONValue {
        object([
            "name": name,
            "nameRaw": "",
            "addressNormalized": normalized,
            "addressRaw": normalized,
            "addressDisplayable": shown,
        ])
    }

    private func divisions(of conversation: SimulatedConversation) -> [JSONValue] {
        let users = conversation.participants.compactMap(\.userID).map { object(["id": $0]) }
        return [
            object(["division": reference(divisionID), "entities": [object(["id": conversation.queueID])] + users])
        ]
    }

    private func recordingState(_ isRecording: Bool, _ form: ConversationForm) -> String {
        let state = isRecording ? "active" : "none"
        return form == .rest ? state.uppercased() : state
    }
}
