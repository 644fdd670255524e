// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// One notification: the topic, when it was made, and what it says.
public struct Notification: Sendable, Equatable {
    /// Real ids inside: `v2.users.1111….presence`.
    public var topicName: String
    /// The EventBridge envelope's `id`, the key for de-duplication; `nil` for any other form.
    public var eventBridgeID: String?
    /// The CloudEvents `id`, unique together with the `source`; `nil` for any other form.
    public var cloudEventID: String?
    /// `timestamp` beside the topic's name (EventBridge puts it there), else the `time` of the EventBridge or
    /// CloudEvents envelope; `nil` when a bare notification has none.
    public var timestamp: Timestamp?
    /// What it says.
    public var event: GenesysEvent

    /// A notification as the decoder makes it.
    public init(topicName: String, eventBridgeID: String? = nil, timestamp: Timestamp? = nil, event: GenesysEvent) {
        self.topicName = topicName
        self.eventBridgeID = eventBridgeID
        self.timestamp = timestamp
        self.event = event
    }
}

/// What a notification says, by topic. Every field is optional on the wire; unknown fields are skipped, unknown enum
/// values kept as text.
public enum GenesysEvent: Sendable, Equatable {
    /// `v2.users.{id}.conversations` and the one-media forms (`.conversations.calls` …): a full snapshot.
    case conversation(userID: String, ConversationSnapshot)
    /// `v2.users.{id}.conversationsummary`
    case conversationSummary(userID: String, ConversationSummary)
    /// `v2.users.{id}.presence`
    case presence(userID: String, PresenceObservation)
    /// `v2.users.{id}.routingStatus`
    case routingStatus(userID: String, RoutingStatusObservation)
    /// `v2.users.{id}.activity`
    case activity(userID: String, ActivityObservation)
    /// `v2.users.{id}.outofoffice`
    case outOfOffice(userID: String, active: Bool)
    /// `v2.users.{id}.workforcemanagement.adherence` (and the management unit and team forms: user in the body)
    case adherence(userID: String, AdherenceObservation)
    /// `v2.detail.events.conversation.{id}.attributes`: no user in it, only conversation and participant.
    case participantAttributes(ParticipantAttributes)
    /// `v2.detail.events.conversation.{id}.acw`: after-call work has ended.
    case afterCallWork(userID: String, AfterCallWorkEnd)
    /// `v2.detail.events.conversation.{id}.user.end`: also fires for a declined or rerouted alert.
    case userEnd(userID: String, UserSessionEnd)
    /// A topic that the relay does not use.
    case unused
    /// A topic that the relay uses, with a body that lacks what it cannot do without: to become a dead letter.
    ///
    /// The reason names the place inside `eventBody`, never what stands there.
    case undecodable(reason: String)

    /// The agent it is about; `nil` for `.participantAttributes`, `.unused` and `.undecodable`.
    public var userID: String? {
        switch self {
        case .conversation(let id, _), .conversationSummary(let id, _), .presence(let id, _), .routingStatus(let id, _),
            .activity(let id, _), .outOfOffice(let id, _), .adherence(let id, _), .afterCallWork(let id, _),
            .userEnd(let id, _):
            id
        case .participantAttributes, .unused, .undecodable: nil
        }
    }
}
