// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A user's presence as the `presence` and `activity` topics tell it.
public struct PresenceObservation: Sendable, Equatable {
    /// `presenceDefinition.id`
    public var definitionID: String?
    /// `presenceDefinition.systemPresence`
    public var system: SystemPresence?
    /// `message`, or `presenceMessage` of the `activity` topic.
    public var message: String?
    /// `modifiedDate`
    public var modifiedAt: Timestamp?
    /// `PURECLOUD` or another source; the `activity` topic has none.
    public var source: String?
    /// Whether that source is the one that is shown.
    public var primary: Bool?
    /// `futurePresenceDefinition.systemPresence`: what the agent has asked for and gets once the work in hand is done.
    public var requested: SystemPresence?
    /// No `requested` means that nothing is asked for; `false` for the `activity` topic, which never says.
    public var tellsRequest = true

    /// Nothing known.
    public init() {}
}

/// A user's routing status as the `routingStatus` and `activity` topics tell it.
public struct RoutingStatusObservation: Sendable, Equatable {
    /// OFF_QUEUE, IDLE, INTERACTING, NOT_RESPONDING, COMMUNICATING
    public var status: String
    /// When it began.
    public var startTime: Timestamp?

    /// A status, and when it began.
    public init(status: String, startTime: Timestamp? = nil) {
        self.status = status
        self.startTime = startTime
    }
}

/// The `outofoffice` topic.
public struct OutOfOfficeObservation: Sendable, Equatable {
    /// `active`
    public var active: Bool
    /// `endDate`; `nil` when it is `indefinite`, or not active.
    public var until: Timestamp?

    /// Out of office or not, and until when.
    public init(active: Bool, until: Timestamp? = nil) {
        self.active = active
        self.until = until
    }
}

/// The `integrationpresence` topic: presence sources other than Genesys Cloud's own, and which of all is shown.
///
/// The presence in it is not read: Genesys Cloud's own comes with the `presence` topic, and only that is ours to write.
public struct PresenceSourceObservation: Sendable, Equatable {
    /// `currentDisplaySourceId`: `PURECLOUD`, or a source's id; `nil` when the event is about something else.
    public var current: String?
    /// `modifiedDate`
    public var modifiedAt: Timestamp?

    /// The source that is shown since a time.
    public init(current: String? = nil, modifiedAt: Timestamp? = nil) {
        self.current = current
        self.modifiedAt = modifiedAt
    }
}

/// `v2.routing.queues.{id}.users`: a user has joined a queue, or left it.
public struct QueueMembership: Sendable, Equatable {
    /// The queue.
    public var queueID: String
    /// `joined`: takes work of the queue from now on.
    public var joined: Bool

    /// Whether a queue is joined.
    public init(queueID: String, joined: Bool) {
        self.queueID = queueID
        self.joined = joined
    }
}

/// The `activity` topic: presence, routing status and more in one.
public struct ActivityObservation: Sendable, Equatable {
    /// `routingStatus`
    public var routingStatus: RoutingStatusObservation?
    /// `presence`
    public var presence: PresenceObservation?
    /// `outOfOffice.active`
    public var outOfOffice: Bool?
    /// `outOfOffice.modifiedDate`
    public var outOfOfficeModifiedAt: Timestamp?
    /// `activeQueueIds`
    public var activeQueueIDs: [String]?
    /// `dateActiveQueuesChanged`
    public var activeQueuesChangedAt: Timestamp?

    /// Nothing known.
    public init() {}
}

/// The `conversationsummary` topic: how many conversations are active, and in after-call work, by medium.
public struct ConversationSummary: Sendable, Equatable {
    /// Numbers of conversations.
    public struct Counts: Sendable, Equatable {
        /// Being worked on.
        public var active: Int
        /// In after-call work.
        public var acw: Int

        /// Both numbers.
        public init(active: Int, acw: Int) {
            self.active = active
            self.acw = acw
        }
    }

    /// Contact-centre work per medium (`call`, `callback`, …).
    public var contactCenter: [String: Counts]
    /// Direct, non-queue conversations per medium.
    public var enterprise: [String: Counts]

    /// Counts by the name of the medium.
    public init(contactCenter: [String: Counts] = [:], enterprise: [String: Counts] = [:]) {
        self.contactCenter = contactCenter
        self.enterprise = enterprise
    }
}
