// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// One notification, before it is wrapped for delivery.
struct SimulatedEvent: Sendable {
    /// The envelope's id: what a receiver de-duplicates on.
    var id: String
    /// With a literal `{id}`: the `detail-type` of EventBridge.
    var topicTemplate: String
    var topicName: String
    var at: Timestamp
    var correlationID: String
    var body: JSONValue

    /// The bare notification (facts 6.1).
    var notification: JSONValue {
        object([
            "topicName": topicName,
            "version": "2",
            "eventBody": body,
            "metadata": object(["CorrelationId": correlationID]),
        ])
    }

    /// The notification as the partner event source delivers it (facts 7.1).
    func envelope(organizationID: String) -> JSONValue {
        object([
            "version": "0",
            "id": id,
            "detail-type": topicTemplate,
            "source": "aws.partner/genesys.com/cloud/\(organizationID)/presence-relay",
            "account": "123456789012",
            // Seconds precision, always UTC.
            "time": String(at.description.prefix(19)) + "Z",
            "region": "us-east-1",
            "resources": [JSONValue](),
            "detail": object([
                "topicName": topicName,
                "version": "2",
                "eventBody": body,
                "metadata": object(["CorrelationId": correlationID]),
                "timestamp": at,
            ]),
        ])
    }
}

/// A topic as the platform names it, with `{id}` where the user or conversation stands.
struct EventTopic: Sendable {
    var template: String

    init(_ template: String) { self.template = template }

    func name(_ id: String) -> String { template.replacing("{id}", with: id) }

    /// The template of a topic: every part in the shape of a UUID becomes `{id}`.
    static func template(of name: String) -> String {
        name.split(separator: ".", omittingEmptySubsequences: false)
            .map { $0.utf8.count == 36 && $0.split(separator: "-").count == 5 ? "{id}" : String($0) }
            .joined(separator: ".")
    }

    static let presence = EventTopic("v2.users.{id}.presence")
    static let routingStatus = EventTopic("v2.users.{id}.routingStatus")
    static let activity = EventTopic("v2.users.{id}.activity")
    static let conversations = EventTopic("v2.users.{id}.conversations")
    static let calls = EventTopic("v2.users.{id}.conversations.calls")
    static let summary = EventTopic("v2.users.{id}.conversationsummary")
    static let outOfOffice = EventTopic("v2.users.{id}.outofoffice")
    static let integrationPresence = EventTopic("v2.users.{id}.integrationpresence")
    static let adherence = EventTopic("v2.users.{id}.workforcemanagement.adherence")
    static let explanations = EventTopic("v2.workforcemanagement.agents.{id}.adherence.explanations")
    static let agentState = EventTopic("v2.detail.events.agent.{id}.state")
}

/// The topics `v2.detail.events.conversation.{id}.*`.
enum DetailTopic: String, Sendable {
    case customerStart = "customer.start"
    case customerEnd = "customer.end"
    case acdStart = "acd.start"
    case acdEnd = "acd.end"
    case userStart = "user.start"
    case userEnd = "user.end"
    case afterCallWork = "acw"
    case wrapup
    case attributes

    var topic: EventTopic { EventTopic("v2.detail.events.conversation.{id}.\(rawValue)") }
}

extension SimulatedOrganization {
    mutating func emit(
        _ topic: EventTopic,
        _ id: String,
        at: Timestamp,
        _ body: (SimulatedOrganization) -> JSONValue
    ) {
        guard isObserved else { return }
        let name = topic.name(id)
        if let observedTopics, !observedTopics.contains(where: name.contains) { return }
        outbox.append(
            SimulatedEvent(
                id: generator.uuid(),
                topicTemplate: topic.template,
                topicName: name,
                at: at,
                correlationID: correlationID,
                body: body(self)
            )
        )
    }

    mutating func emitSummary(of index: Int, at: Timestamp) {
        emit(.summary, agents[index].id, at: at) { $0.summaryBody(of: index) }
    }

    /// The conversation's snapshot to every user who has a part in it now, on both topics.
    ///
    /// - Parameter alsoTo: an agent whose part ended with this very change
    mutating func emitConversation(
        _ id: String,
        at: Timestamp,
        alsoTo: Int? = nil,
        endedStillReadsConnected: Bool = false
    ) {
        guard isObserved, let conversation = conversations[id] else { return }
        var users = [alsoTo.map { agents[$0].id }].compactMap(\.self)
        for participant in conversation.participants
        where participant.endedAt == nil || participant.afterCallWork == .pending {
            if let user = participant.userID, !users.contains(user) { users.append(user) }
        }
        let full = conversationBody(conversation, .notification, endedStillReadsConnected: endedStillReadsConnected)
        let flat = callBody(conversation, .notification, endedStillReadsConnected: endedStillReadsConnected)
        for user in users {
            emit(.conversations, user, at: at) { _ in full }
            emit(.calls, user, at: at) { _ in flat }
        }
    }

    mutating func emitDetail(_ topic: DetailTopic, _ id: String, _ leg: Int, at: Timestamp) {
        emit(topic.topic, id, at: at) { organization in
            guard let conversation = organization.conversations[id] else { return .null }
            return organization.detailBody(topic, conversation, leg: leg, at: at)
        }
    }

    mutating func emitAgentState(_ state: String, conversation id: String, leg: Int? = nil, at: Timestamp) {
        guard isObserved, let conversation = conversations[id], let leg = leg ?? conversation.currentAgent,
            let user = conversation.participants[leg].userID
        else { return }
        emit(.agentState, user, at: at) { $0.agentStateBody(state, conversation, leg: leg, at: at) }
    }
}
