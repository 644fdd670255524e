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
    /// Cannot hear the others, by no wish of its own.
    public var confined: Bool
    /// The queue that the conversation came from.
    public var queueID: String?
    /// `agent` = queue work, `user` = direct.
    public var purpose: String?
    /// What the agent does in it.
    public var role: ConversationRole
    /// When it was first offered to the agent, as nearly as is known; `nil` = it was not, or that was not seen.
    public var alertedAt: Timestamp?
    /// When the agent answered.
    public var connectedAt: Timestamp?
    /// When the communication ended.
    public var endedAt: Timestamp?
    /// How it ended: client, peer, system, transfer, transfer.consult, …
    public var disconnectType: String?
    /// How many people are connected in this medium: agents, users, customers and externals.
    public var participants: Int
    /// unknown, skipped, pending, complete, notApplicable
    public var afterCallWork: String?
    /// When after-call work began.
    public var afterCallWorkSince: Timestamp?
    /// How long after-call work may take, in milliseconds (`wrapupTimeoutMs`).
    public var wrapupTimeoutMs: Int?
    /// mandatory, optional, agentRequested, timeout, forcedTimeout
    public var wrapupPrompt: String?
    /// Whether a wrap-up code has to be given.
    public var wrapupRequired: Bool?
    /// The wrap-up code chosen.
    public var wrapupCode: String?
    /// Of a previewed call: its dialling campaign.
    public var campaignID: String?
    /// Of a message: sms, whatsapp, webmessaging, open, …
    public var messageType: String?
    /// All that the agent's media have been in the conversation: full, monitor, …
    public var mediaRoles: [String]
    /// The conversation's external tag.
    public var externalTag: String?
    /// The conversation's utilization label.
    public var utilizationLabelID: String?
    /// Of the agent's participant.
    public var attributes: [String: String]
    /// Of the customer's participant; of several, the later one wins.
    public var customerAttributes: [String: String]
    /// The participants that `customerAttributes` are of.
    public var customerParticipantIDs: [String]
    /// The agent's communication has ended.
    public var isEnded: Bool

    /// Of the latest snapshot of the conversation in this medium; `nil` in `others`.
    var order: FactOrder?
    /// Of the latest of them that had all media: the one-media form leaves things out.
    var fullOrder: FactOrder?
    /// When the relay last took news of it from anything but a snapshot.
    var toldAt: Timestamp?
    /// Begun otherwise than by an offer: dialled by the agent, or joined.
    var isUnoffered: Bool
    /// The start of the latest hold that has ended: a snapshot that shows it as lasting is an old one.
    var releasedHold: Timestamp?
    /// Attributes that are not as old as the latest snapshot.
    var written: [String: AttributeStamp]
    /// The same for the customer's.
    var customerWritten: [String: AttributeStamp]
    /// Ended only because the conversation summary counts none, and what was told before: a later snapshot may know
    /// better.
    var presumed: PresumedEnd?
    /// The agent's other communications in this conversation and medium: every alert makes one. What is the
    /// conversation's and not the agent's is not repeated there.
    var others: [ConversationFacts]

    /// A communication that has not ended.
    public init(id: String, media: MediaType, participantID: String, communicationID: String, state: String) {
        self.id = id
        self.media = media
        self.participantID = participantID
        self.communicationID = communicationID
        self.state = state
        held = false
        muted = false
        confined = false
        role = .agent
        participants = 0
        mediaRoles = []
        attributes = [:]
        customerAttributes = [:]
        customerParticipantIDs = []
        isEnded = false
        isUnoffered = false
        written = [:]
        customerWritten = [:]
        others = []
    }
}

/// What a communication was before a summary ended it.
struct PresumedEnd: Codable, Sendable, Equatable {
    var state: String
    var isEnded: Bool
    var held: Bool
    var heldSince: Timestamp?
    var afterCallWork: String?
}
