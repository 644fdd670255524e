// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// An agent's state as the pipeline encodes it; opaque here.
public struct StoredAgent: Sendable {
    /// The Genesys user id.
    public var id: String
    /// The encoded state.
    public var state: [UInt8]

    /// A state to be stored.
    public init(id: String, state: [UInt8]) {
        self.id = id
        self.state = state
    }
}

/// A line of an agent's history.
public struct HistoryEntry: Sendable {
    /// What a line tells about.
    public enum Kind: String, Sendable, Codable {
        /// Something Genesys told us.
        case event
        /// What the rules made of it.
        case decision
        /// A call of ours and its answer.
        case call
        /// What a read showed.
        case observation
        /// A write that was held back, and why.
        case guarded = "guard"
    }

    /// Set by the journal; grows with time.
    public var id: Int64
    /// The Genesys user id.
    public var agentID: String
    /// When it happened.
    public var at: Timestamp
    /// What the line tells about.
    public var kind: Kind
    /// One sentence for people.
    public var summary: String
    /// A JSON object, encoded.
    public var detail: [UInt8]

    /// A line to be written; the journal sets `id`.
    public init(
        id: Int64 = 0,
        agentID: String,
        at: Timestamp,
        kind: Kind,
        summary: String,
        detail: [UInt8] = Array("{}".utf8)
    ) {
        self.id = id
        self.agentID = agentID
        self.at = at
        self.kind = kind
        self.summary = summary
        self.detail = detail
    }
}

/// Something accepted that could not be applied.
public struct DeadLetter: Sendable {
    /// Set by the journal; grows with time.
    public var id: Int64
    /// When it was given up.
    public var at: Timestamp
    /// Why, for people.
    public var reason: String
    /// The agent it is about, if that could be told.
    public var agentID: String?
    /// The notification's bytes (JSON).
    public var event: [UInt8]

    /// A letter to be written; the journal sets `id`.
    public init(id: Int64 = 0, at: Timestamp, reason: String, agentID: String?, event: [UInt8]) {
        self.id = id
        self.at = at
        self.reason = reason
        self.agentID = agentID
        self.event = event
    }
}

/// What one step of the pipeline changes, in one transaction.
public struct JournalCommit: Sendable {
    /// All entries up to here are applied; `nil` leaves the position. It never goes back.
    public var position: Int64?
    /// States that replace the ones stored under the same ids.
    public var agents: [StoredAgent] = []
    /// Lines to add.
    public var history: [HistoryEntry] = []
    /// Letters to add.
    public var deadLetters: [DeadLetter] = []

    /// Changes nothing yet.
    public init() {}
}
