// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What there is to know of a notification without what it says: enough to store it, and to know it again.
public struct NotificationHeading: Sendable, Equatable {
    /// Real ids inside: `v2.users.1111….presence`.
    public var topicName: String
    /// The relay uses the topic.
    public var isUsed: Bool
    /// The one agent it is about; `nil` when it is about all agents of a conversation, or the body does not say.
    public var userID: String?
    /// See ``Notification/eventBridgeID``.
    public var eventBridgeID: String?
    /// See ``Notification/cloudEventID``.
    public var cloudEventID: String?
    /// See ``Notification/cloudEventSource``.
    public var cloudEventSource: String?
    /// See ``Notification/timestamp``.
    public var timestamp: Timestamp?

    /// The heading of a topic's notification without an envelope.
    public init(topicName: String, isUsed: Bool = true) {
        self.topicName = topicName
        self.isUsed = isUsed
    }
}

/// The heading of an element and where the element stands in the body.
public struct ReceivedHeading: Sendable, Equatable {
    /// What is known of it.
    public var heading: NotificationHeading
    /// The element's own bytes in the body, from `{` to `}`.
    public var bytes: Range<Int>

    /// A heading and its place.
    public init(heading: NotificationHeading, bytes: Range<Int>) {
        self.heading = heading
        self.bytes = bytes
    }
}

extension NotificationHeading {
    init(_ opened: Envelope.Opened) {
        topicName = opened.topicName
        isUsed = opened.topic.kind != .other
        userID = opened.topic.userID
        // All of these are short.
        if opened.topic.isOfUserInBody { userID = EventBody.event(opened.topic, opened.body).userID }
        eventBridgeID = opened.eventBridgeID
        cloudEventID = opened.cloudEventID
        cloudEventSource = opened.cloudEventSource
        timestamp = opened.timestamp
    }
}
