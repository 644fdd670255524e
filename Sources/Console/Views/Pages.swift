// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// One page of agents: `GET /v1/agents`.
public struct AgentPage: Codable, Sendable, Equatable {
    /// Ascending by id.
    public var agents: [AgentView]
    /// What to hand in as `cursor` for the next page (the last id of this one); absent at the end.
    public var next: String?

    /// A page; without `next` it is the last.
    public init(agents: [AgentView], next: String? = nil) {
        self.agents = agents
        self.next = next
    }
}

/// One step of an agent's history: an event, a decision, a call, an observation or a guard that held.
public struct HistoryEntryView: Encodable, Sendable, Equatable {
    /// What kind of step it is.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Something arrived from Genesys.
        case event
        /// The rules decided.
        case decision
        /// The relay called Genesys.
        case call
        /// Presence or adherence was seen.
        case observation
        /// A guard kept the relay from acting.
        case guardHeld = "guard"
    }

    /// When it happened.
    public var at: Timestamp
    /// What kind of step it is.
    public var kind: Kind
    /// One sentence for a person.
    public var summary: String
    /// A JSON object with the particulars.
    public var detail: RawJSON

    /// A step of the history.
    public init(at: Timestamp, kind: Kind, summary: String, detail: RawJSON = .emptyObject) {
        self.at = at
        self.kind = kind
        self.summary = summary
        self.detail = detail
    }
}

/// One page of history: `GET /v1/agents/{id}/history`.
public struct HistoryPage: Encodable, Sendable, Equatable {
    /// Newest first.
    public var entries: [HistoryEntryView]
    /// What to hand in as `cursor` for older entries (the last entry's number in decimal); absent at the end.
    public var next: String?

    /// A page; without `next` it is the last.
    public init(entries: [HistoryEntryView], next: String? = nil) {
        self.entries = entries
        self.next = next
    }
}

/// An event that was taken but could not be applied.
public struct DeadLetterView: Encodable, Sendable, Equatable, Identifiable {
    /// Its number in the journal.
    public var id: String
    /// When it was put aside.
    public var at: Timestamp
    /// Why.
    public var reason: String
    /// Whom it was about.
    public var agentId: String?
    /// The event as received.
    public var event: RawJSON

    /// An event and why it was put aside.
    public init(id: String, at: Timestamp, reason: String, agentId: String? = nil, event: RawJSON) {
        self.id = id
        self.at = at
        self.reason = reason
        self.agentId = agentId
        self.event = event
    }
}

/// One page of dead letters: `GET /v1/dead-letters`.
public struct DeadLetterPage: Encodable, Sendable, Equatable {
    /// Newest first.
    public var deadLetters: [DeadLetterView]
    /// What to hand in as `cursor` for older ones (the last one's number in decimal); absent at the end.
    public var next: String?

    /// A page; without `next` it is the last.
    public init(deadLetters: [DeadLetterView], next: String? = nil) {
        self.deadLetters = deadLetters
        self.next = next
    }
}

/// A dead letter that is tried again: `POST /v1/dead-letters/{id}/retry`.
public struct DeadLetterRetryView: Codable, Sendable, Equatable, Identifiable {
    /// The letter's number, which it no longer has.
    public var id: String
    /// By what the agent's history names the new attempt.
    public var eventKey: String

    /// A letter and its new attempt.
    public init(id: String, eventKey: String) {
        self.id = id
        self.eventKey = eventKey
    }
}
