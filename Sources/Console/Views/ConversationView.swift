// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// A live conversation, seen from the agent's participant.
public struct ConversationView: Codable, Sendable, Equatable, Identifiable {
    /// The conversation's id.
    public var id: String
    /// `call`, `chat`, `message`, …
    public var media: String
    /// `inbound` or `outbound`.
    public var direction: String?
    /// The communication's state in lower case, `connected`.
    public var state: String?
    /// Whether the agent holds it.
    public var held: Bool?
    /// Since when.
    public var heldSince: Timestamp?
    /// Whether the agent's microphone is off.
    public var muted: Bool?
    /// Whether the agent cannot hear the others, by no wish of their own.
    public var confined: Bool?
    /// `agent`, `monitor`, `coach`, `barge` or `consult`.
    public var role: String?
    /// When it was first offered to the agent.
    public var alertedAt: Timestamp?
    /// When the agent answered.
    public var connectedAt: Timestamp?
    /// When the agent's part ended.
    public var endedAt: Timestamp?
    /// How it ended: `client`, `peer`, `transfer`, …
    public var disconnectType: String?
    /// How many people are connected.
    public var participants: Int?
    /// `pending`, `complete`, `notApplicable`, …
    public var afterCallWork: String?
    /// When after-call work began.
    public var afterCallWorkSince: Timestamp?
    /// Until when it may take.
    public var afterCallWorkUntil: Timestamp?
    /// Whether a wrap-up code has to be given.
    public var wrapupRequired: Bool?
    /// The wrap-up code chosen.
    public var wrapupCode: String?
    /// Of a previewed call: its dialling campaign.
    public var campaignId: String?
    /// Of a message: `sms`, `whatsapp`, `webmessaging`, …
    public var messageType: String?
    /// The conversation's external tag.
    public var externalTag: String?
    /// The conversation's utilization label.
    public var utilizationLabelId: String?
    /// The queue it came through.
    public var queueId: String?
    /// The purpose of the agent's participant, `agent` or `user`.
    public var purpose: String?
    /// Attributes of the agent's participant.
    public var attributes: Attributes
    /// Attributes of the customer's participant; absent when there are none.
    public var customerAttributes: Attributes?

    /// A conversation of which only the medium is known.
    public init(id: String, media: String) {
        self.id = id
        self.media = media
        attributes = [:]
    }
}
