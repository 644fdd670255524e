// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What is known of an agent, merged from all events about them.
public struct AgentFacts: Codable, Sendable, Equatable, Identifiable {
    public var id: String
    /// From the agent's own participant in a conversation; `nil` = not yet seen.
    public var name: String?
    public var presence: PresenceFacts?
    public var routingStatus: RoutingStatusFacts?
    public var adherence: AdherenceFacts?
    public var outOfOffice: Bool?
    public var activeQueueIDs: [String]?
    /// Live ones, and ended ones for a grace time (so that a late older snapshot does not bring them back).
    public var conversations: [ConversationFacts] = []
    public init(id: String) { self.id = id }

    /// Takes in one notification about this agent. `receivedAt` orders what carries no time of its own.
    public mutating func apply(_ notification: Notification, receivedAt: Timestamp) -> FactsOutcome { .unchanged }
}

/// What an event did to the facts.
public enum FactsOutcome: Sendable, Equatable {
    case changed([FactChange])
    case unchanged
    /// Older than what is known: nothing taken. The text says why.
    case stale(String)
}

/// One fact that changed; `path` in the vocabulary of rules: `presence.system`, `conversation.attributes.wfm_status`.
public struct FactChange: Sendable, Equatable, Codable, CustomStringConvertible {
    public var path: String
    public var old: String?
    public var new: String?
    /// Which conversation, when the fact is of one.
    public var conversationID: String?
    public init(path: String, old: String?, new: String?, conversationID: String? = nil) {
        self.path = path
        self.old = old
        self.new = new
        self.conversationID = conversationID
    }
    public var description: String { "\(path): \(old ?? "–") → \(new ?? "–")" }
}

public struct PresenceFacts: Codable, Sendable, Equatable {
    public var definitionID: String?
    public var system: SystemPresence?
    public var message: String?
    public var modifiedAt: Timestamp?
    public init(definitionID: String? = nil, system: SystemPresence? = nil, message: String? = nil, modifiedAt: Timestamp? = nil) {
        self.definitionID = definitionID
        self.system = system
        self.message = message
        self.modifiedAt = modifiedAt
    }
}

public struct RoutingStatusFacts: Codable, Sendable, Equatable {
    public var status: String
    public var since: Timestamp?
    public init(status: String, since: Timestamp? = nil) {
        self.status = status
        self.since = since
    }
}

public struct AdherenceFacts: Codable, Sendable, Equatable {
    public var state: String?
    public var scheduled: String?
    public var actual: String?
    public var impact: String?
    public var since: Timestamp?
    public init() {}
}

/// The agent's part in one conversation and one medium (their newest communication in it).
public struct ConversationFacts: Codable, Sendable, Equatable, Identifiable {
    /// The conversation's id.
    public var id: String
    public var media: MediaType
    public var participantID: String
    public var communicationID: String
    public var direction: String?
    public var state: String
    public var held: Bool
    public var muted: Bool
    public var queueID: String?
    public var purpose: String?
    public var connectedAt: Timestamp?
    public var endedAt: Timestamp?
    /// unknown, skipped, pending, complete, notApplicable
    public var afterCallWork: String?
    public var wrapupCode: String?
    /// Of the agent's participant.
    public var attributes: [String: String]
    /// Of the customer's participant.
    public var customerAttributes: [String: String]
    /// The agent's communication has ended.
    public var isEnded: Bool
    /// Not ended, or after-call work still pending.
    public var isLive: Bool { !isEnded || afterCallWork == "pending" }
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
        isEnded = false
    }
}
