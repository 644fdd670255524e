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
    /// The CloudEvents `source`; `nil` for any other form.
    public var cloudEventSource: String?
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

    init(_ opened: Envelope.Opened) {
        topicName = opened.topicName
        eventBridgeID = opened.eventBridgeID
        cloudEventID = opened.cloudEventID
        cloudEventSource = opened.cloudEventSource
        timestamp = opened.timestamp
        event = EventBody.event(opened.topic, opened.body)
    }
}

/// What a notification says, by topic. Every field is optional on the wire; unknown fields are skipped, unknown enum
/// values kept as text.
public enum GenesysEvent: Sendable, Equatable {
    /// `v2.users.{id}.conversations` and the one-media forms (`.conversations.calls` …): a full snapshot.
    case conversation(userID: String, ConversationSnapshot)
    /// `v2.routing.queues.{id}.conversations` and the one-media forms: about all agents in it.
    case queueConversation(ConversationSnapshot)
    /// `v2.users.{id}.conversationsummary`
    case conversationSummary(userID: String, ConversationSummary)
    /// `v2.users.{id}.presence`
    case presence(userID: String, PresenceObservation)
    /// `v2.users.{id}.integrationpresence`
    case presenceSource(userID: String, PresenceSourceObservation)
    /// `v2.users.{id}.routingStatus`
    case routingStatus(userID: String, RoutingStatusObservation)
    /// `v2.users.{id}.activity`
    case activity(userID: String, ActivityObservation)
    /// `v2.users.{id}.outofoffice`
    case outOfOffice(userID: String, OutOfOfficeObservation)
    /// `v2.routing.queues.{id}.users`
    case queueMembership(userID: String, QueueMembership)
    /// `v2.users.{id}.workforcemanagement.adherence` (and the management unit and team forms: user in the body)
    case adherence(userID: String, AdherenceObservation)
    /// `v2.detail.events.agent.{id}.state`
    case agentState(userID: String, AgentSessionState)
    /// `v2.detail.events.conversation.{id}.attributes`: no user in it, only conversation and participant.
    case participantAttributes(ParticipantAttributes)
    /// `v2.detail.events.conversation.{id}.acw`: after-call work has ended.
    case afterCallWork(userID: String, AfterCallWorkEnd)
    /// `v2.detail.events.conversation.{id}.wrapup`: no user in it, only conversation and participant.
    case wrapup(WrapupChoice)
    /// `v2.detail.events.conversation.{id}.user.start`
    case userStart(userID: String, UserSessionStart)
    /// `v2.detail.events.conversation.{id}.user.end`: also fires for a declined or rerouted alert.
    case userEnd(userID: String, UserSessionEnd)
    /// A topic that the relay does not use.
    case unused
    /// A topic that the relay uses, with a body that lacks what it cannot do without: to become a dead letter.
    ///
    /// The reason names the place inside `eventBody`, never what stands there.
    case undecodable(reason: String)
}

// MARK: - Whom it is about

extension GenesysEvent {
    /// The one agent it is about; `nil` when it is about all agents of a conversation, or about none.
    public var userID: String? {
        switch self {
        case .conversation(let id, _), .conversationSummary(let id, _), .presence(let id, _),
            .presenceSource(let id, _), .routingStatus(let id, _), .activity(let id, _), .outOfOffice(let id, _),
            .queueMembership(let id, _), .adherence(let id, _), .agentState(let id, _), .afterCallWork(let id, _),
            .userStart(let id, _), .userEnd(let id, _):
            id
        case .queueConversation, .participantAttributes, .wrapup, .unused, .undecodable: nil
        }
    }

    /// The agents that it names, each once: one, or all that have a part in the conversation of a queue.
    public var userIDs: [String] {
        guard case .queueConversation(let snapshot) = self else { return userID.map { [$0] } ?? [] }
        return snapshot.userIDs
    }

    /// It may tell of the agent's presence.
    public var tellsPresence: Bool {
        switch self {
        case .presence, .activity: true
        default: false
        }
    }

    /// The conversation whose agents it is about, for an event that names none: whoever is known to be in it.
    public var namelessConversationID: String? {
        switch self {
        case .participantAttributes(let attributes): attributes.conversationID
        case .wrapup(let wrapup): wrapup.session.conversationID
        default: nil
        }
    }

    /// When it happened by its own body, where that time is the event's and not that of something long before: a
    /// conversation snapshot only says when things in it began.
    public var ownTime: Timestamp? {
        switch self {
        case .presence(_, let presence): presence.modifiedAt
        case .presenceSource(_, let source): source.modifiedAt
        case .routingStatus(_, let routing): routing.startTime
        case .agentState(_, let state): state.since
        case .participantAttributes(let attributes): attributes.eventTime
        case .afterCallWork(_, let end): end.eventTime
        case .wrapup(let wrapup): wrapup.eventTime
        case .userStart(_, let start): start.eventTime
        case .userEnd(_, let end): end.eventTime
        // The one time of adherence is that of the last change of its state, and the schedule may go on without one.
        case .conversation, .queueConversation, .conversationSummary, .activity, .adherence, .outOfOffice,
            .queueMembership, .unused, .undecodable:
            nil
        }
    }
}
