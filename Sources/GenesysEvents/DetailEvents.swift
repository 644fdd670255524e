// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What the detail events of one user's session in a conversation have in common.
public struct SessionReference: Sendable, Equatable {
    /// The conversation's id.
    public var conversationID: String
    /// The agent's participant.
    public var participantID: String?
    /// The communication's id (`sessionId` of the detail events).
    public var communicationID: String?
    /// `mediaType`; `nil` when unknown.
    public var media: MediaType?

    /// A session of which only the conversation is known.
    public init(
        conversationID: String,
        participantID: String? = nil,
        communicationID: String? = nil,
        media: MediaType? = nil
    ) {
        self.conversationID = conversationID
        self.participantID = participantID
        self.communicationID = communicationID
        self.media = media
    }
}

/// `v2.detail.events.conversation.{id}.attributes`: participant data was written.
public struct ParticipantAttributes: Sendable, Equatable {
    /// The conversation's id.
    public var conversationID: String
    /// Whose data it is: an agent's or a customer's participant.
    public var participantID: String
    /// What was written; values that are not text are left out.
    public var attributes: Attributes
    /// When.
    public var eventTime: Timestamp?

    /// Participant data of one participant.
    public init(
        conversationID: String,
        participantID: String,
        attributes: Attributes,
        eventTime: Timestamp? = nil
    ) {
        self.conversationID = conversationID
        self.participantID = participantID
        self.attributes = attributes
        self.eventTime = eventTime
    }
}

/// `v2.detail.events.conversation.{id}.user.start`: a user's session has begun, with an alert or by dialling.
public struct UserSessionStart: Sendable, Equatable {
    /// Which session.
    public var session: SessionReference
    /// When.
    public var eventTime: Timestamp?

    /// The beginning of a session.
    public init(_ session: SessionReference, eventTime: Timestamp? = nil) {
        self.session = session
        self.eventTime = eventTime
    }
}

/// `v2.detail.events.conversation.{id}.user.end`: a user's session has ended, also one that was only offered.
public struct UserSessionEnd: Sendable, Equatable {
    /// Which session.
    public var session: SessionReference
    /// As the conversation topics spell it: `client`, `transfer.consult`, …
    public var disconnectType: String?
    /// How long the two sides could talk.
    public var interactingDurationMs: Int?
    /// When.
    public var eventTime: Timestamp?

    /// The end of a session.
    public init(_ session: SessionReference) { self.session = session }
}

/// `v2.detail.events.conversation.{id}.acw`: after-call work has ended.
public struct AfterCallWorkEnd: Sendable, Equatable {
    /// Which session.
    public var session: SessionReference
    /// The wrap-up code chosen.
    public var wrapupCode: String?
    /// When.
    public var eventTime: Timestamp?

    /// The end of after-call work after a session.
    public init(_ session: SessionReference) { self.session = session }
}

/// `v2.detail.events.conversation.{id}.wrapup`: a wrap-up code was chosen, which does not say that the work is done.
public struct WrapupChoice: Sendable, Equatable {
    /// Which session; the event names no user.
    public var session: SessionReference
    /// The wrap-up code chosen.
    public var wrapupCode: String?
    /// When.
    public var eventTime: Timestamp?

    /// A choice after or during a session.
    public init(_ session: SessionReference, wrapupCode: String?, eventTime: Timestamp? = nil) {
        self.session = session
        self.wrapupCode = wrapupCode
        self.eventTime = eventTime
    }
}

/// `v2.detail.events.agent.{id}.state`: what an agent does in one session from now on.
public struct AgentSessionState: Sendable, Equatable {
    /// Which session; the event names no participant.
    public var session: SessionReference
    /// `currentState` in upper case: ALERT, INTERACT, HOLD, WRAPUP, MONITORING, TERMINATED, …
    public var state: String
    /// `currentStateStart`
    public var since: Timestamp?
    /// `sessionStart`
    public var sessionStart: Timestamp?

    /// A state of a session.
    public init(
        _ session: SessionReference,
        state: String,
        since: Timestamp? = nil,
        sessionStart: Timestamp? = nil
    ) {
        self.session = session
        self.state = state
        self.since = since
        self.sessionStart = sessionStart
    }
}
