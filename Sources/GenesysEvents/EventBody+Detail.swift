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

    /// UserStartDetailEventTopicUserStartEvent
    static func userStart(_ body: JSONValue, conversation: String) throws(Missing) -> GenesysEvent {
        let session = SessionFields(body, conversation: conversation)
        let start = UserSessionStart(session.reference, eventTime: session.eventTime)
        return .userStart(userID: try required(session.userID, "/userId"), start)
    }

    /// UserEndDetailEventTopicUserEndEvent
    static func userEnd(_ body: JSONValue, conversation: String) throws(Missing) -> GenesysEvent {
        let session = SessionFields(body, conversation: conversation)
        var end = UserSessionEnd(session.reference)
        end.eventTime = session.eventTime
        end.disconnectType = body["disconnectType"]?.lowercased.map(disconnectType)
        end.interactingDurationMs = body["interactingDurationMs"]?.integer
        return .userEnd(userID: try required(session.userID, "/userId"), end)
    }

    /// AcwDetailEventTopicAfterCallWorkEvent
    static func afterCallWork(_ body: JSONValue, conversation: String) throws(Missing) -> GenesysEvent {
        let session = SessionFields(body, conversation: conversation)
        var work = AfterCallWorkEnd(session.reference)
        work.eventTime = session.eventTime
        work.wrapupCode = session.wrapupCode
        return .afterCallWork(userID: try required(session.userID, "/userId"), work)
    }

    /// WrapupDetailEventTopicWrapupEvent
    static func wrapup(_ body: JSONValue, conversation: String) -> GenesysEvent {
        let session = SessionFields(body, conversation: conversation)
        return .wrapup(
            WrapupChoice(session.reference, wrapupCode: session.wrapupCode, eventTime: session.eventTime)
        )
    }

    /// AgentStateEventTopicAgentStateEventNotification
    static func agentState(_ body: JSONValue, user: String) throws(Missing) -> GenesysEvent {
        let session = SessionFields(body, conversation: "")
        guard !session.reference.conversationID.isEmpty else { throw Missing(pointer: "/conversationId") }
        let state = AgentSessionState(
            session.reference,
            state: try required(body["currentState"]?.identifier, "/currentState").uppercased(),
            since: body["currentStateStart"]?.epochMilliseconds,
            sessionStart: body["sessionStart"]?.epochMilliseconds
        )
        return .agentState(userID: session.userID ?? user, state)
    }

    private struct SessionFields {
        var reference: SessionReference
        var userID: String?
        var wrapupCode: String?
        var eventTime: Timestamp?

        init(_ body: JSONValue, conversation: String) {
            reference = SessionReference(conversationID: conversation)
            for (name, value) in body.fields {
                switch name {
                case "conversationId": reference.conversationID = value.identifier ?? conversation
                case "participantId": reference.participantID = value.identifier
                case "sessionId": reference.communicationID = value.identifier
                case "mediaType": reference.media = value.string.flatMap { MediaType(detail: $0) }
                case "userId": userID = value.userID
                case "wrapupCode": wrapupCode = value.identifier
                case "eventTime": eventTime = value.epochMilliseconds
                default: break
                }
            }
        }
    }

    /// The conversation topics' spelling of a reason that detail events spell with underscores, and some the other way
    /// round: `CONSULT_TRANSFER` is `transfer.consult` there.
    private static func disconnectType(_ detail: String) -> String {
        switch detail {
        case "conference_transfer": "transfer.conference"
        case "consult_transfer": "transfer.consult"
        case "forward_transfer": "transfer.forward"
        case "no_answer_transfer": "transfer.noanswer"
        case "not_available_transfer": "transfer.notavailable"
        case "dnd_transfer": "transfer.dnd"
        case "dnd_endpoint": "endpoint.dnd"
        default: String(detail.map { $0 == "_" ? "." : $0 })
        }
    }
}
