// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// The agent's part in one conversation and one medium (their newest communication in it).
public struct ConversationFacts: Sendable, Equatable, Identifiable {
    /// The conversation's id.
    public var id: String
    /// The medium of the communication.
    public var media: MediaType
    /// The agent's participant; every alert makes a new one.
    public var participantID: String
    /// The agent's communication; the participant's id as long as only a one-media topic has told of it.
    public var communicationID: String
    /// `inbound` or `outbound`
    public var direction: String?
    /// alerting, connected, …; always disconnected or terminated when the communication has ended.
    public var state: String
    /// On hold; never when ended.
    public var held: Bool
    /// When the present hold began.
    public var heldSince: Timestamp?
    /// The microphone is off.
    public var muted: Bool
    /// The queue that the conversation came from.
    public var queueID: String?
    /// `agent` = queue work, `user` = direct.
    public var purpose: String?
    /// When the agent answered.
    public var connectedAt: Timestamp?
    /// When the communication ended.
    public var endedAt: Timestamp?
    /// unknown, skipped, pending, complete, notApplicable
    public var afterCallWork: String?
    /// The wrap-up code chosen.
    public var wrapupCode: String?
    /// Of the agent's participant.
    public var attributes: [String: String]
    /// Of the customer's participant; of several, the later one wins.
    public var customerAttributes: [String: String]
    /// The participants that `customerAttributes` are of.
    public var customerParticipantIDs: [String]
    /// The agent's communication has ended.
    public var isEnded: Bool
    /// Not ended, or after-call work still pending.
    public var isLive: Bool { !isEnded || afterCallWork == "pending" }

    /// Of the latest snapshot.
    var order: FactOrder?
    /// The start of the latest hold that has ended: a snapshot that shows it as lasting is an old one.
    var releasedHold: Timestamp?
    /// Attributes that an attributes event has set after the latest snapshot.
    var written: [String: AttributeStamp]
    /// The same for the customer's.
    var customerWritten: [String: AttributeStamp]
    /// Ended only because the conversation summary counts none: a later snapshot may know better.
    var isPresumedEnded: Bool
    /// Other communications of the agent, in the same medium and alive, in case that this one ends.
    var standby: [ConversationFacts]

    /// A communication that has not ended.
    public init(id: String, media: MediaType, participantID: String, communicationID: String, state: String) {
        self.id = id
        self.media = media
        self.participantID = participantID
        self.communicationID = communicationID
        self.state = state
        held = false
        muted = false
        attributes = [:]
        customerAttributes = [:]
        customerParticipantIDs = []
        isEnded = false
        written = [:]
        customerWritten = [:]
        isPresumedEnded = false
        standby = []
    }
}

/// When an attribute was written: `eventTime` of the event, or the envelope's time of the snapshot that shows it.
struct AttributeStamp: Sendable, Equatable {
    var moment: Timestamp?
    var arrival: Timestamp

    func isOlder(than other: AttributeStamp) -> Bool {
        if let moment, let known = other.moment, moment != known { return moment < known }
        return arrival < other.arrival
    }
}

extension AttributeStamp: Codable {
    init(from decoder: any Decoder) throws {
        let order = try FactOrder(from: decoder)
        self.init(moment: order.envelope, arrival: order.arrival)
    }

    func encode(to encoder: any Encoder) throws {
        try FactOrder(envelope: moment, arrival: arrival).encode(to: encoder)
    }
}

// MARK: - Coding

extension ConversationFacts: Codable {
    // Short names, and nothing that has its usual value: one is stored with every agent for every conversation.
    private enum CodingKeys: String, CodingKey {
        case id, media, state, held, muted, purpose, order, standby
        case participantID = "part"
        case communicationID = "comm"
        case direction = "dir"
        case heldSince = "heldAt"
        case queueID = "queue"
        case connectedAt = "conn"
        case endedAt = "end"
        case afterCallWork = "acw"
        case wrapupCode = "wrap"
        case attributes = "attr"
        case customerAttributes = "cust"
        case customerParticipantIDs = "custParts"
        case isEnded = "ended"
        case releasedHold = "released"
        case written = "attrAt"
        case customerWritten = "custAt"
        case isPresumedEnded = "presumed"
    }

    /// What `encode(to:)` has written.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            try container.decodeIfPresent(Value.self, forKey: key)
        }
        self.init(
            id: try container.decode(String.self, forKey: .id),
            media: try container.decode(MediaType.self, forKey: .media),
            participantID: try container.decode(String.self, forKey: .participantID),
            communicationID: try container.decode(String.self, forKey: .communicationID),
            state: try container.decode(String.self, forKey: .state)
        )
        direction = try value(.direction)
        held = try value(.held) ?? false
        heldSince = try value(.heldSince)
        muted = try value(.muted) ?? false
        queueID = try value(.queueID)
        purpose = try value(.purpose)
        connectedAt = try value(.connectedAt)
        endedAt = try value(.endedAt)
        afterCallWork = try value(.afterCallWork)
        wrapupCode = try value(.wrapupCode)
        attributes = try value(.attributes) ?? [:]
        customerAttributes = try value(.customerAttributes) ?? [:]
        customerParticipantIDs = try value(.customerParticipantIDs) ?? []
        isEnded = try value(.isEnded) ?? false
        order = try value(.order)
        releasedHold = try value(.releasedHold)
        written = try value(.written) ?? [:]
        customerWritten = try value(.customerWritten) ?? [:]
        isPresumedEnded = try value(.isPresumedEnded) ?? false
        standby = try value(.standby) ?? []
    }

    /// For the relay's own storage, not for any API.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func put<Value: Encodable & Equatable>(_ value: Value, _ key: CodingKeys, unless usual: Value) throws {
            if value != usual { try container.encode(value, forKey: key) }
        }
        try container.encode(id, forKey: .id)
        try container.encode(media, forKey: .media)
        try container.encode(participantID, forKey: .participantID)
        try container.encode(communicationID, forKey: .communicationID)
        try container.encode(state, forKey: .state)
        try container.encodeIfPresent(direction, forKey: .direction)
        try put(held, .held, unless: false)
        try container.encodeIfPresent(heldSince, forKey: .heldSince)
        try put(muted, .muted, unless: false)
        try container.encodeIfPresent(queueID, forKey: .queueID)
        try container.encodeIfPresent(purpose, forKey: .purpose)
        try container.encodeIfPresent(connectedAt, forKey: .connectedAt)
        try container.encodeIfPresent(endedAt, forKey: .endedAt)
        try container.encodeIfPresent(afterCallWork, forKey: .afterCallWork)
        try container.encodeIfPresent(wrapupCode, forKey: .wrapupCode)
        try put(attributes, .attributes, unless: [:])
        try put(customerAttributes, .customerAttributes, unless: [:])
        try put(customerParticipantIDs, .customerParticipantIDs, unless: [])
        try put(isEnded, .isEnded, unless: false)
        try container.encodeIfPresent(order, forKey: .order)
        try container.encodeIfPresent(releasedHold, forKey: .releasedHold)
        try put(written, .written, unless: [:])
        try put(customerWritten, .customerWritten, unless: [:])
        try put(isPresumedEnded, .isPresumedEnded, unless: false)
        try put(standby, .standby, unless: [])
    }
}
