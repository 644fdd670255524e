// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// One notification: the topic, when it was made, and what it says.
public struct Notification: Sendable, Equatable {
    /// Real ids inside: `v2.users.1111….presence`.
    public var topicName: String
    /// The EventBridge envelope's `id`, the key for de-duplication; `nil` for a bare notification.
    public var eventBridgeID: String?
    /// `detail.timestamp`, else the EventBridge `time`; `nil` for a bare notification.
    public var timestamp: Timestamp?
    public var event: GenesysEvent
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

    /// The agent it is about; `nil` for `.participantAttributes` and `.unused`.
    public var userID: String? {
        switch self {
        case .conversation(let id, _), .conversationSummary(let id, _), .presence(let id, _), .routingStatus(let id, _),
            .activity(let id, _), .outOfOffice(let id, _), .adherence(let id, _), .afterCallWork(let id, _),
            .userEnd(let id, _):
            id
        case .participantAttributes, .unused: nil
        }
    }
}

/// All participants of a conversation at one moment; both the full and the flattened one-media form become this.
public struct ConversationSnapshot: Sendable, Equatable {
    public var id: String
    public var participants: [ParticipantSnapshot]
    /// `true` for the one-media topics: communications of other media are not in it, which does not mean they ended.
    public var isSingleMedia: Bool
    public init(id: String, participants: [ParticipantSnapshot], isSingleMedia: Bool = false) {
        self.id = id
        self.participants = participants
        self.isSingleMedia = isSingleMedia
    }
}

public struct ParticipantSnapshot: Sendable, Equatable {
    public var id: String
    public var userID: String?
    public var name: String?
    public var purpose: String?
    public var queueID: String?
    public var connectedTime: Timestamp?
    public var endTime: Timestamp?
    public var startAcwTime: Timestamp?
    public var endAcwTime: Timestamp?
    public var wrapupCode: String?
    public var attributes: [String: String]
    public var communications: [CommunicationSnapshot]
    public init(id: String, userID: String? = nil, purpose: String? = nil, communications: [CommunicationSnapshot] = [])
    {
        self.id = id
        self.userID = userID
        self.purpose = purpose
        attributes = [:]
        self.communications = communications
    }
}

public struct CommunicationSnapshot: Sendable, Equatable {
    public var id: String
    public var media: MediaType
    /// alerting, dialing, contacting, offering, connected, disconnected, terminated, … as sent (lower case)
    public var state: String
    public var direction: String?
    public var held: Bool
    public var muted: Bool
    public var confined: Bool
    public var startHoldTime: Timestamp?
    public var connectedTime: Timestamp?
    public var disconnectedTime: Timestamp?
    public var disconnectType: String?
    /// unknown, skipped, pending, complete, notApplicable
    public var afterCallWork: String?
    public var afterCallWorkStart: Timestamp?
    public var afterCallWorkEnd: Timestamp?
    public init(id: String, media: MediaType, state: String) {
        self.id = id
        self.media = media
        self.state = state
        held = false
        muted = false
        confined = false
    }
    /// Any of a final state, a disconnect type or a disconnect time is an end (facts 6.3).
    public var isEnded: Bool {
        state == "disconnected" || state == "terminated" || disconnectType != nil || disconnectedTime != nil
    }
}

public struct PresenceObservation: Sendable, Equatable {
    public var definitionID: String?
    public var system: SystemPresence?
    public var message: String?
    public var modifiedAt: Timestamp?
    public var source: String?
    public var primary: Bool?
    public init() {}
}

public struct RoutingStatusObservation: Sendable, Equatable {
    /// OFF_QUEUE, IDLE, INTERACTING, NOT_RESPONDING, COMMUNICATING
    public var status: String
    public var startTime: Timestamp?
    public init(status: String, startTime: Timestamp? = nil) {
        self.status = status
        self.startTime = startTime
    }
}

public struct ActivityObservation: Sendable, Equatable {
    public var routingStatus: RoutingStatusObservation?
    public var presence: PresenceObservation?
    public var outOfOffice: Bool?
    public var activeQueueIDs: [String]?
    public init() {}
}

public struct AdherenceObservation: Sendable, Equatable {
    /// InAdherence, OutOfAdherence, Unscheduled, Unknown, Ignored, Explained
    public var state: String?
    public var scheduledCategory: String?
    public var actualCategory: String?
    public var impact: String?
    public var changedAt: Timestamp?
    public var managementUnitID: String?
    public init() {}
}

public struct ConversationSummary: Sendable, Equatable {
    public struct Counts: Sendable, Equatable {
        public var active: Int
        public var acw: Int
        public init(active: Int, acw: Int) {
            self.active = active
            self.acw = acw
        }
    }
    /// Contact-centre work per media (`call`, `callback`, …).
    public var contactCenter: [String: Counts]
    public var enterprise: [String: Counts]
    public init(contactCenter: [String: Counts] = [:], enterprise: [String: Counts] = [:]) {
        self.contactCenter = contactCenter
        self.enterprise = enterprise
    }
}

public struct ParticipantAttributes: Sendable, Equatable {
    public var conversationID: String
    public var participantID: String
    public var attributes: [String: String]
    public var eventTime: Timestamp?
    public init(
        conversationID: String,
        participantID: String,
        attributes: [String: String],
        eventTime: Timestamp? = nil
    ) {
        self.conversationID = conversationID
        self.participantID = participantID
        self.attributes = attributes
        self.eventTime = eventTime
    }
}

public struct AfterCallWorkEnd: Sendable, Equatable {
    public var conversationID: String
    public var participantID: String?
    /// The communication's id (`sessionId` of the detail events).
    public var communicationID: String?
    public var wrapupCode: String?
    public var eventTime: Timestamp?
    public init(conversationID: String) { self.conversationID = conversationID }
}

public struct UserSessionEnd: Sendable, Equatable {
    public var conversationID: String
    public var participantID: String?
    /// The communication's id (`sessionId` of the detail events).
    public var communicationID: String?
    public var disconnectType: String?
    public var interactingDurationMs: Int?
    public var eventTime: Timestamp?
    public init(conversationID: String) { self.conversationID = conversationID }
}
