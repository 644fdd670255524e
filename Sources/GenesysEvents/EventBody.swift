// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Reads the `eventBody` of a notification by its topic.
///
/// Fields of a wrong type count as absent. `Missing` is thrown only for what an event means nothing without.
enum EventBody {
    /// Where in `eventBody` (JSON pointer) something indispensable is not.
    struct Missing: Error {
        var pointer: String
    }

    static func event(_ topic: TopicName, _ body: JSONValue) -> GenesysEvent {
        do throws(Missing) {
            return try decode(topic, body)
        } catch {
            return .undecodable(reason: "eventBody\(error.pointer) is missing or of the wrong type")
        }
    }

    private static func decode(_ topic: TopicName, _ body: JSONValue) throws(Missing) -> GenesysEvent {
        switch topic.kind {
        case .userConversations: .conversation(userID: topic.id, try conversation(body, only: nil))
        case .userConversation(let media): .conversation(userID: topic.id, try conversation(body, only: media))
        case .userConversationSummary: .conversationSummary(userID: topic.id, summary(body))
        case .userPresence: .presence(userID: topic.id, try presence(body))
        case .userRoutingStatus: .routingStatus(userID: topic.id, try routingStatus(body))
        case .userActivity: .activity(userID: topic.id, activity(body))
        case .queueConversations: .queueConversation(try conversation(body, only: nil))
        case .queueConversation(let media): .queueConversation(try conversation(body, only: media))
        case .queueUsers: try queueMembership(body, queue: topic.id)
        case .userOutOfOffice: .outOfOffice(userID: topic.id, try outOfOffice(body))
        case .userIntegrationPresence: .presenceSource(userID: topic.id, presenceSource(body))
        case .userAdherence: .adherence(userID: topic.id, adherence(body))
        case .managementUnitAdherence, .teamAdherence:
            .adherence(userID: try required(body["user"]?["id"]?.userID, "/user/id"), adherence(body))
        case .conversationAttributes: .participantAttributes(try attributes(body, conversation: topic.id))
        case .conversationAfterCallWork: try afterCallWork(body, conversation: topic.id)
        case .conversationWrapup: wrapup(body, conversation: topic.id)
        case .conversationUserStart: try userStart(body, conversation: topic.id)
        case .conversationUserEnd: try userEnd(body, conversation: topic.id)
        case .agentState: try agentState(body, user: topic.id)
        case .other: .unused
        }
    }

    static func required<Value>(_ value: Value?, _ pointer: @autoclosure () -> String) throws(Missing) -> Value {
        guard let value else { throw Missing(pointer: pointer()) }
        return value
    }

    /// A map of texts; other values are left out.
    static func texts(_ value: JSONValue) -> Attributes {
        guard value.isObject else { return [:] }
        var fields = value.fields
        return Attributes(atMost: value.count) {
            while let (name, value) = fields.next() {
                if let text = value.text { return Attributes.Bytes(name: UTF8Bytes(name.text), value: UTF8Bytes(text)) }
            }
            return nil
        }
    }
}
