// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysEvents

/// What adherence says of a presence that is confirmed (`verify.adherence`).
public struct AdherenceVerdict: Codable, Sendable, Equatable {
    /// Whether WFM shows what was wanted.
    public enum State: String, Codable, Sendable {
        /// Not known yet.
        case pending
        /// The actual activity is the expected one and the agent counts as adherent.
        case confirmed
        /// It is not; see `reason`.
        case differs
        /// It could not be found out; see `reason`.
        case unknown
    }
    /// Why adherence differs or is not known.
    public enum Reason: String, Codable, Sendable {
        /// The actual activity is right, but another one is scheduled.
        case schedule
        /// The secondary presence belongs to no activity code, so it counts as its system presence.
        case unmappedSecondaryPresence
        /// The agent's primary presence source is not PURECLOUD.
        case primarySource
        /// On-queue work needs a routing status other than Not Responding.
        case routingStatus
        /// Out of office counts as time off, whatever the presence.
        case outOfOffice
        /// The agent is in no management unit.
        case notInWorkforceManagement
        /// WFM still shows an older presence.
        case lag
        /// The reads failed.
        case unreadable
        /// None of the above.
        case other
    }
    /// Whether it is as wanted.
    public var state: State
    /// The activity category that the presence stands for.
    public var expected: String?
    /// The one that WFM shows.
    public var actual: String?
    /// The one scheduled.
    public var scheduled: String?
    /// `adherenceState` as WFM shows it.
    public var adherenceState: String?
    /// `nil` when confirmed or pending.
    public var reason: Reason?
    /// For people: what is the matter and what to do.
    public var message: String?
    /// When it was found.
    public var at: Timestamp

    /// A verdict; what is not given is not known.
    public init(state: State, at: Timestamp, expected: String? = nil, reason: Reason? = nil, message: String? = nil) {
        self.state = state
        self.at = at
        self.expected = expected
        self.reason = reason
        self.message = message
    }
}

/// A verdict for an agent's wish; the pipeline stores it.
public struct AdherenceReport: Sendable, Equatable {
    /// Whose adherence it is.
    public var agentID: String
    /// Of the wish whose presence is confirmed.
    public var revision: Int
    /// What adherence says.
    public var verdict: AdherenceVerdict

    /// A report.
    public init(agentID: String, revision: Int, verdict: AdherenceVerdict) {
        self.agentID = agentID
        self.revision = revision
        self.verdict = verdict
    }
}

/// A presence that is confirmed, and which adherence is to show as well; a later one for the agent (higher revision)
/// replaces it.
public struct AdherenceCheck: Sendable, Equatable {
    /// Of the wish whose presence is confirmed.
    public var revision: Int
    /// The presence.
    public var target: PresenceTarget
    /// When it was confirmed.
    public var confirmedAt: Timestamp
    /// `modifiedDate` of the confirmed presence, to tell a read that is from before; if known.
    public var writtenAt: Timestamp?
    /// The actual activity category before the write, for the same; if known.
    public var before: String?

    /// Something to be checked.
    public init(
        revision: Int,
        target: PresenceTarget,
        confirmedAt: Timestamp,
        writtenAt: Timestamp? = nil,
        before: String? = nil
    ) {
        self.revision = revision
        self.target = target
        self.confirmedAt = confirmedAt
        self.writtenAt = writtenAt
        self.before = before
    }
}
