// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysAPI
public import GenesysEvents

/// The presence that an agent should have, as decided at one moment. A later wish (higher revision) replaces it.
public struct Wish: Codable, Sendable, Equatable {
    /// Why it is wanted.
    public enum Purpose: String, Codable, Sendable {
        /// An episode began or changed.
        case set
        /// An episode ended: the presence before it is put back.
        case restore
    }
    /// Grows with every wish of the agent.
    public var revision: Int
    /// Set or restore.
    public var purpose: Purpose
    /// The presence that is wanted.
    public var target: PresenceTarget
    /// When it was decided.
    public var since: Timestamp
    /// When the event that led to it was made, as it says itself; `nil` = it does not say, or there was none.
    public var eventAt: Timestamp?
    /// When the relay took that event; `nil` = there was none.
    public var receivedAt: Timestamp?
    /// `true` = an agent who is Offline is moved as well; `nil` = nothing is written then.
    public var leavesOffline: Bool?

    /// A wish as it was decided.
    public init(
        revision: Int,
        purpose: Purpose,
        target: PresenceTarget,
        since: Timestamp,
        eventAt: Timestamp? = nil,
        receivedAt: Timestamp? = nil,
        leavesOffline: Bool? = nil
    ) {
        self.revision = revision
        self.purpose = purpose
        self.target = target
        self.since = since
        self.eventAt = eventAt
        self.receivedAt = receivedAt
        self.leavesOffline = leavesOffline
    }
}

/// How far a wish has got (design 5.4).
public enum DeliveryState: String, Codable, CaseIterable, Sendable {
    case pending, sent, accepted, confirmed, notApplied, failed, superseded, observed

    /// Nothing more will happen for this wish.
    public var isFinal: Bool {
        switch self {
        case .pending, .sent, .accepted: false
        case .confirmed, .notApplied, .failed, .superseded, .observed: true
        }
    }
}

/// The public state of an agent's newest wish.
public struct DeliveryStatus: Codable, Sendable, Equatable {
    /// Why a wish did not come true, or not yet.
    public struct Failure: Codable, Sendable, Equatable {
        /// A `GenesysAPIError.Code`, or `notApplied`.
        public var code: String
        /// What went wrong and what to do.
        public var message: String
        /// ININ-Correlation-Id of the answer.
        public var correlationID: String?

        /// An error for people; no secret in it.
        public init(code: String, message: String, correlationID: String? = nil) {
            self.code = code
            self.message = message
            self.correlationID = correlationID
        }

        /// The parts of an API error that people need.
        public init(_ error: GenesysAPIError) {
            self.init(code: error.code.description, message: error.message, correlationID: error.correlationID)
        }
    }
    /// How far the wish is.
    public var state: DeliveryState
    /// Writes sent for this wish.
    public var attempts: Int
    /// When it got there.
    public var at: Timestamp
    /// The newest failure, also while it is tried again.
    public var error: Failure?

    /// A state without an error is a good one.
    public init(state: DeliveryState, attempts: Int, at: Timestamp, error: Failure? = nil) {
        self.state = state
        self.attempts = attempts
        self.at = at
        self.error = error
    }
}

/// A write of ours that Genesys accepted; tells our own echo from a change by hand.
public struct AcceptedWrite: Codable, Sendable, Equatable {
    /// The definition written.
    public var definitionID: String
    /// `modifiedDate` of the answer.
    public var modifiedAt: Timestamp?

    /// A write as the answer has it.
    public init(definitionID: String, modifiedAt: Timestamp?) {
        self.definitionID = definitionID
        self.modifiedAt = modifiedAt
    }
}
