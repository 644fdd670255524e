// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// `v2.detail.events.conversation.{id}.attributes`: participant data was written.
public struct ParticipantAttributes: Sendable, Equatable {
    /// The conversation's id.
    public var conversationID: String
    /// Whose data it is: an agent's or a customer's participant.
    public var participantID: String
    /// What was written; values that are not text are left out.
    public var attributes: [String: String]
    /// When.
    public var eventTime: Timestamp?

    /// Participant data of one participant.
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

/// `v2.detail.events.conversation.{id}.acw`: after-call work has ended.
public struct AfterCallWorkEnd: Sendable, Equatable {
    /// The conversation's id.
    public var conversationID: String
    /// The agent's participant.
    public var participantID: String?
    /// The communication's id (`sessionId` of the detail events).
    public var communicationID: String?
    /// `mediaType`; `nil` when unknown.
    public var media: MediaType?
    /// The wrap-up code chosen.
    public var wrapupCode: String?
    /// When.
    public var eventTime: Timestamp?

    /// The end of after-call work in a conversation.
    public init(conversationID: String) { self.conversationID = conversationID }
}

/// `v2.detail.events.conversation.{id}.user.end`: a user's session has ended, also one that was only offered.
public struct UserSessionEnd: Sendable, Equatable {
    /// The conversation's id.
    public var conversationID: String
    /// The agent's participant.
    public var participantID: String?
    /// The communication's id (`sessionId` of the detail events).
    public var communicationID: String?
    /// `mediaType`; `nil` when unknown.
    public var media: MediaType?
    /// In lower case: `client`, `consult_transfer`, …
    public var disconnectType: String?
    /// How long the two sides could talk.
    public var interactingDurationMs: Int?
    /// When.
    public var eventTime: Timestamp?

    /// The end of a session in a conversation.
    public init(conversationID: String) { self.conversationID = conversationID }
}
