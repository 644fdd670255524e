// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// What events other than snapshots have told of one communication of the agent, in whatever order they came.
///
/// Kept beside the conversations, for it may come before the first snapshot, and no later snapshot undoes an end.
struct CommunicationNews: Sendable, Equatable {
    var conversationID: String
    var participantID: String?
    /// `nil` when the event named none.
    var communicationID: String?
    var media: MediaType?
    /// When the session began, with an alert or by dialling: the earliest that was told.
    var startedAt: Timestamp?
    /// The earliest time at which it is known to have been connected.
    var connectedAt: Timestamp?
    /// It has ended, once and for all.
    var isEnded = false
    /// The earliest end that was told.
    var endedAt: Timestamp?
    var disconnectType: String?
    /// When after-call work began: the earliest that was told.
    var workSince: Timestamp?
    /// After-call work is complete as well.
    var isWorkComplete = false
    /// Nothing of it goes on, after-call work included, if there was any.
    var isOver = false
    var wrapupCode: String?
    /// When the code was chosen.
    var wrapupAt: Timestamp?
    /// `currentState` of the latest state event: HOLD, INTERACT, MONITORING, …
    var sessionState: String?
    /// When that state began.
    var sessionSince: Timestamp?
    /// When the relay heard of it.
    var arrival: Timestamp

    init(_ session: SessionReference, arrival: Timestamp) {
        conversationID = session.conversationID
        participantID = session.participantID
        communicationID = session.communicationID
        media = session.media
        self.arrival = arrival
    }
}

// MARK: - From events

extension CommunicationNews {
    init(_ event: UserSessionStart, _ order: FactOrder) {
        self.init(event.session, arrival: order.arrival)
        startedAt = event.eventTime ?? order.envelope
    }

    init(_ event: UserSessionEnd, _ order: FactOrder) {
        self.init(event.session, arrival: order.arrival)
        isEnded = true
        endedAt = event.eventTime ?? order.envelope
        disconnectType = event.disconnectType
    }

    init(_ event: AfterCallWorkEnd, _ order: FactOrder) {
        self.init(event.session, arrival: order.arrival)
        isEnded = true
        isWorkComplete = true
        take(code: event.wrapupCode, at: event.eventTime ?? order.envelope)
    }

    init(_ event: WrapupChoice, _ order: FactOrder) {
        self.init(event.session, arrival: order.arrival)
        take(code: event.wrapupCode, at: event.eventTime ?? order.envelope)
    }

    /// States that say the same as a snapshot would are taken; of all others only that the session has begun.
    init(_ event: AgentSessionState, _ order: FactOrder) {
        self.init(event.session, arrival: order.arrival)
        let since = event.since ?? order.envelope
        startedAt = event.sessionStart
        sessionState = event.state
        sessionSince = since
        switch event.state {
        case "ALERT": startedAt = startedAt ?? since
        case "INTERACT", "HOLD": connectedAt = since
        case "WRAPUP":
            isEnded = true
            endedAt = since
            workSince = since
        case "TERMINATED":
            isEnded = true
            isOver = true
        default: break
        }
    }

    private mutating func take(code: String?, at time: Timestamp?) {
        wrapupCode = code
        wrapupAt = code == nil ? nil : time
    }
}

// MARK: - Identity

extension CommunicationNews {
    /// Only the participant is known, of which there can be several communications.
    private var isVague: Bool { communicationID == nil || communicationID == participantID }

    /// Whether that communication is meant.
    func isAbout(_ facts: ConversationFacts) -> Bool {
        guard conversationID == facts.id, media == nil || media == facts.media else { return false }
        // Where either side knows only the participant, the participant and the medium are all there is to compare.
        if !isVague, facts.communicationID != facts.participantID { return communicationID == facts.communicationID }
        return participantID == facts.participantID
    }

    /// News of the same communication.
    func isSame(as other: CommunicationNews) -> Bool {
        guard conversationID == other.conversationID, media == nil || other.media == nil || media == other.media
        else { return false }
        if !isVague, !other.isVague { return communicationID == other.communicationID }
        return participantID == other.participantID && participantID != nil
    }

    /// Takes in other news of the same communication; which of the two came first makes no difference.
    mutating func merge(_ other: CommunicationNews) {
        if isVague { communicationID = other.communicationID ?? communicationID }
        participantID = participantID ?? other.participantID
        media = media ?? other.media
        startedAt = Timestamp.earliest(startedAt, other.startedAt)
        connectedAt = Timestamp.earliest(connectedAt, other.connectedAt)
        isEnded = isEnded || other.isEnded
        endedAt = Timestamp.earliest(endedAt, other.endedAt)
        disconnectType = disconnectType ?? other.disconnectType
        workSince = Timestamp.earliest(workSince, other.workSince)
        isWorkComplete = isWorkComplete || other.isWorkComplete
        isOver = isOver || other.isOver
        if let code = other.wrapupCode, wrapupCode == nil || isEarlier(wrapupAt, other.wrapupAt) {
            wrapupCode = code
            wrapupAt = other.wrapupAt
        }
        if let state = other.sessionState, sessionState == nil || isEarlier(sessionSince, other.sessionSince) {
            sessionState = state
            sessionSince = other.sessionSince
        }
        arrival = max(arrival, other.arrival)
    }
}

/// An unknown time is before any known one.
func isEarlier(_ a: Timestamp?, _ b: Timestamp?) -> Bool {
    (a?.milliseconds ?? .min) < (b?.milliseconds ?? .min)
}

// MARK: - Coding

extension CommunicationNews: Codable {
    private enum CodingKeys: String, CodingKey {
        case media, at, arrival
        case conversationID = "conv"
        case participantID = "part"
        case communicationID = "comm"
        case startedAt = "start"
        case connectedAt = "conn"
        /// Present where the communication has not ended: of earlier versions all had.
        case isOpen = "open"
        case disconnectType = "why"
        case workSince = "workAt"
        case isWorkComplete = "work"
        case isOver = "over"
        case wrapupCode = "wrap"
        case wrapupAt = "wrapAt"
        case sessionState = "state"
        case sessionSince = "stateAt"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            try container.decodeIfPresent(Value.self, forKey: key)
        }
        let session = SessionReference(
            conversationID: try container.decode(String.self, forKey: .conversationID),
            participantID: try value(.participantID),
            communicationID: try value(.communicationID),
            media: try value(.media)
        )
        self.init(session, arrival: try container.decode(Timestamp.self, forKey: .arrival))
        startedAt = try value(.startedAt)
        connectedAt = try value(.connectedAt)
        isEnded = try value(.isOpen) != true
        endedAt = try value(.at)
        disconnectType = try value(.disconnectType)
        workSince = try value(.workSince)
        isWorkComplete = try value(.isWorkComplete) ?? false
        isOver = try value(.isOver) ?? false
        wrapupCode = try value(.wrapupCode)
        wrapupAt = try value(.wrapupAt)
        sessionState = try value(.sessionState)
        sessionSince = try value(.sessionSince)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(conversationID, forKey: .conversationID)
        try container.encode(present: participantID, .participantID)
        try container.encode(present: communicationID, .communicationID)
        try container.encode(present: media, .media)
        try container.encode(present: startedAt, .startedAt)
        try container.encode(present: connectedAt, .connectedAt)
        if !isEnded { try container.encode(true, forKey: .isOpen) }
        try container.encode(present: endedAt, .at)
        try container.encode(present: disconnectType, .disconnectType)
        try container.encode(present: workSince, .workSince)
        if isWorkComplete { try container.encode(true, forKey: .isWorkComplete) }
        if isOver { try container.encode(true, forKey: .isOver) }
        try container.encode(present: wrapupCode, .wrapupCode)
        try container.encode(present: wrapupAt, .wrapupAt)
        try container.encode(present: sessionState, .sessionState)
        try container.encode(present: sessionSince, .sessionSince)
        try container.encode(arrival, forKey: .arrival)
    }
}
