// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState

/// What has become of a write.
public enum WriteNews: Sendable, Equatable {
    /// It goes out now, for this presence definition.
    case sent(definitionID: String)
    /// Genesys has taken it.
    case accepted(AcceptedWrite)
    /// It has certainly not happened.
    case refused
    /// It may have happened.
    case unanswered
    /// A read that was made after writes without an answer shows what they have come to.
    case settled(PresenceFacts)
}

/// What delivery tells about a wish; the pipeline stores it.
public struct DeliveryReport: Sendable, Equatable {
    /// Whose delivery it is.
    public var agentID: String
    /// Of the wish; 0 = a read that was asked for without one.
    public var revision: Int
    /// How far the wish is now.
    public var status: DeliveryStatus
    /// One line for the history.
    public var summary: String
    /// What the report tells of a write, of this wish or of an earlier one.
    public var news: WriteNews?
    /// The agent must not be touched, for this reason (history kind `guard`).
    public var isGuard = false
    /// How long each stage until here has taken.
    public var latencies: [Latency] = []

    /// A report of one step.
    public init(agentID: String, revision: Int, status: DeliveryStatus, summary: String, news: WriteNews? = nil) {
        self.agentID = agentID
        self.revision = revision
        self.status = status
        self.summary = summary
        self.news = news
    }
}
