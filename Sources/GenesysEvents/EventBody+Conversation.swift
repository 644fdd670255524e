// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension EventBody {
    /// ConversationEventTopicConversation, or with `media` the flattened Conversation…EventTopic…Conversation.
    static func conversation(_ body: JSONValue, only media: MediaType?) throws(Missing) -> ConversationSnapshot {
        var id: String?
        var participants: [ParticipantSnapshot] = []
        var externalTag: String?
        var utilizationLabelID: String?
        for (name, value) in body.fields {
            switch name {
            case "id": id = value.identifier
            case "externalTag": externalTag = value.identifier
            case "utilizationLabelId": utilizationLabelID = value.identifier
            case "participants":
                participants.removeAll(keepingCapacity: true)
                participants.reserveCapacity(value.isArray ? value.count : 0)
                for (index, element) in value.elements.enumerated() {
                    // Filled in in their places: each has so many texts that a copy of it costs as much as its reading.
                    participants.append(ParticipantSnapshot(id: ""))
                    let hasID =
                        if let media {
                            fill(&participants[index], flattened: element, media)
                        } else {
                            fill(&participants[index], full: element)
                        }
                    guard hasID else { throw Missing(pointer: "/participants/\(index)/id") }
                }
            default: break
            }
        }
        var snapshot = ConversationSnapshot(
            id: try required(id, "/id"),
            participants: participants,
            isSingleMedia: media != nil
        )
        snapshot.externalTag = externalTag
        snapshot.utilizationLabelID = utilizationLabelID
        return snapshot
    }

    // MARK: - All media

    private static func fill(_ participant: inout ParticipantSnapshot, full value: JSONValue) -> Bool {
        for (name, value) in value.fields {
            guard !take(name, value, into: &participant) else { continue }
            switch name {
            case "userId": participant.userID = value.userID
            case "queueId": participant.queueID = value.identifier
            default:
                guard value.isArray, let media = media(name) else { continue }
                for element in value.elements where element.isObject {
                    let place = participant.communications.count
                    participant.communications.append(CommunicationSnapshot(id: "", media: media, state: ""))
                    fill(&participant.communications[place], element)
                }
            }
        }
        for index in participant.communications.indices where participant.communications[index].id.isEmpty {
            participant.communications[index].id = participant.id
        }
        return !participant.id.isEmpty
    }

    /// Reads a field that both forms of a participant have; `false` for any other.
    private static func take(
        _ name: JSONValue.Key,
        _ value: JSONValue,
        into participant: inout ParticipantSnapshot
    ) -> Bool {
        switch name {
        case "id": participant.id = value.identifier ?? ""
        case "name": participant.name = value.identifier
        case "purpose": participant.purpose = value.lowercased
        case "startTime": participant.startTime = value.time
        case "connectedTime": participant.connectedTime = value.time
        case "endTime": participant.endTime = value.time
        case "startAcwTime": participant.startAcwTime = value.time
        case "endAcwTime": participant.endAcwTime = value.time
        case "wrapup": participant.wrapupCode = value["code"]?.identifier
        case "wrapupRequired": participant.wrapupRequired = value.bool
        case "wrapupPrompt": participant.wrapupPrompt = value.identifier
        case "wrapupTimeoutMs": participant.wrapupTimeoutMs = value.integer
        case "mediaRoles": participant.mediaRoles = value.elements.compactMap(\.identifier)
        case "attributes": participant.attributes = texts(value)
        default: return takeRole(name, value, into: &participant)
        }
        return true
    }

    /// Reads a field that tells of another participant.
    private static func takeRole(
        _ name: JSONValue.Key,
        _ value: JSONValue,
        into participant: inout ParticipantSnapshot
    ) -> Bool {
        switch name {
        case "monitoredParticipantId": participant.monitoredParticipantID = value.identifier
        case "screenMonitoredParticipantId": participant.screenMonitoredParticipantID = value.identifier
        case "coachedParticipantId": participant.coachedParticipantID = value.identifier
        case "bargedParticipantId": participant.bargedParticipantID = value.identifier
        case "consultParticipantId": participant.consultParticipantID = value.identifier
        default: return false
        }
        return true
    }

    private static func media(_ name: JSONValue.Key) -> MediaType? {
        switch name {
        case "calls": .call
        case "callbacks": .callback
        case "chats": .chat
        case "emails": .email
        case "messages": .message
        case "internalMessages": .internalMessage
        case "cobrowsesessions": .cobrowse
        case "screenshares": .screenshare
        case "screenMonitorings": .screenMonitoring
        case "socialExpressions": .socialExpression
        case "videos": .video
        default: nil
        }
    }

    private static func fill(_ communication: inout CommunicationSnapshot, _ value: JSONValue) {
        for (name, value) in value.fields {
            guard !take(name, value, into: &communication) else { continue }
            switch name {
            case "id": communication.id = value.identifier ?? ""
            case "connectedTime": communication.connectedTime = value.time
            case "disconnectedTime": communication.disconnectedTime = value.time
            case "wrapup": communication.wrapupCode = value["code"]?.identifier
            case "afterCallWork":
                for (name, value) in value.fields {
                    switch name {
                    case "state": communication.afterCallWork = value.identifier
                    case "startTime": communication.afterCallWorkStart = value.time
                    case "endTime": communication.afterCallWorkEnd = value.time
                    default: break
                    }
                }
            default: break
            }
        }
        settleState(of: &communication)
    }

    /// Reads a field that a communication has in either form; `false` for any other.
    private static func take(
        _ name: JSONValue.Key,
        _ value: JSONValue,
        into communication: inout CommunicationSnapshot
    ) -> Bool {
        switch name {
        case "state": communication.state = value.lowercased ?? ""
        case "initialState": communication.initialState = value.lowercased
        case "direction": communication.direction = value.lowercased
        case "held": communication.held = value.bool ?? false
        case "muted", "audioMuted": communication.muted = value.bool ?? false
        case "confined": communication.confined = value.bool ?? false
        case "startHoldTime": communication.startHoldTime = value.time
        case "disconnectType": communication.disconnectType = value.lowercased
        // The preview of a callback has another name in each form.
        case "dialerPreview", "outboundPreview": communication.campaignID = value["campaignId"]?.identifier
        case "type" where communication.media == .message: communication.messageType = value.lowercased
        default: return false
        }
        return true
    }

    /// A state that was not sent is seen from the times.
    private static func settleState(of communication: inout CommunicationSnapshot) {
        guard communication.state.isEmpty else { return }
        if communication.isEnded {
            communication.state = "disconnected"
        } else {
            communication.state = communication.connectedTime == nil ? "none" : "connected"
        }
    }

    // MARK: - One medium

    /// The participant of a one-media topic is participant and communication in one: what the full form says of the
    /// communication stands beside the participant's own fields, and there is no other id.
    private static func fill(_ participant: inout ParticipantSnapshot, flattened value: JSONValue, _ media: MediaType)
        -> Bool
    {
        var communication = CommunicationSnapshot(id: "", media: media, state: "")
        var isSkipped = false
        for (name, value) in value.fields {
            guard !take(name, value, into: &participant), !take(name, value, into: &communication) else { continue }
            switch name {
            case "user": participant.userID = value["id"]?.userID
            case "queue": participant.queueID = value["id"]?.identifier
            case "wrapupSkipped": isSkipped = value.bool ?? false
            default: break
            }
        }
        communication.id = participant.id
        communication.connectedTime = participant.connectedTime
        communication.disconnectedTime = participant.endTime
        communication.afterCallWorkStart = participant.startAcwTime
        communication.afterCallWorkEnd = participant.endAcwTime
        if isSkipped {
            communication.afterCallWork = "skipped"
        } else if participant.endAcwTime != nil {
            communication.afterCallWork = "complete"
        } else if participant.startAcwTime != nil {
            communication.afterCallWork = "pending"
        }
        settleState(of: &communication)
        participant.communications = [communication]
        return !participant.id.isEmpty
    }
}
