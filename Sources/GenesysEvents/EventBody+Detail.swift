// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Detail events: times are epoch milliseconds, enums upper case, and `sessionId` is the communication's id.
extension EventBody {
    /// AttributeDetailEventTopicAttributeUpdateEvent
    static func attributes(_ body: JSONValue, conversation: String) throws(Missing) -> ParticipantAttributes {
        var attributes = ParticipantAttributes(
            conversationID: body["conversationId"]?.identifier ?? conversation,
            participantID: try required(body["participantId"]?.identifier, "/participantId"),
            attributes: [:],
            eventTime: body["eventTime"]?.epochMilliseconds
        )
        guard let texts = body["attributes"], texts.isObject else { throw Missing(pointer: "/attributes") }
        attributes.attributes = self.texts(texts)
        return attributes
    }

    /// AcwDetailEventTopicAfterCallWorkEvent
    static func afterCallWork(_ body: JSONValue, conversation: String) throws(Missing) -> GenesysEvent {
        var work = AfterCallWorkEnd(conversationID: conversation)
        var userID: String?
        for (name, value) in body.fields {
            switch name {
            case "conversationId": work.conversationID = value.identifier ?? conversation
            case "participantId": work.participantID = value.identifier
            case "sessionId": work.communicationID = value.identifier
            case "mediaType": work.media = value.string.flatMap { MediaType(detail: $0) }
            case "wrapupCode": work.wrapupCode = value.identifier
            case "eventTime": work.eventTime = value.epochMilliseconds
            case "userId": userID = value.identifier
            default: break
            }
        }
        return .afterCallWork(userID: try required(userID, "/userId"), work)
    }

    /// UserEndDetailEventTopicUserEndEvent
    static func userEnd(_ body: JSONValue, conversation: String) throws(Missing) -> GenesysEvent {
        var end = UserSessionEnd(conversationID: conversation)
        var userID: String?
        for (name, value) in body.fields {
            switch name {
            case "conversationId": end.conversationID = value.identifier ?? conversation
            case "participantId": end.participantID = value.identifier
            case "sessionId": end.communicationID = value.identifier
            case "mediaType": end.media = value.string.flatMap { MediaType(detail: $0) }
            case "disconnectType": end.disconnectType = value.lowercased
            case "interactingDurationMs": end.interactingDurationMs = value.integer
            case "eventTime": end.eventTime = value.epochMilliseconds
            case "userId": userID = value.identifier
            default: break
            }
        }
        return .userEnd(userID: try required(userID, "/userId"), end)
    }
}
