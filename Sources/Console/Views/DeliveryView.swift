// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What a rule wants for an agent.
public struct WantedView: Codable, Sendable, Equatable {
    /// The status's name in the rule file.
    public var status: String
    /// The rule that wants it.
    public var rule: String
    /// When the wish began.
    public var since: Timestamp
    /// The journal's key of the event that caused it.
    public var eventKey: String?

    /// A wish and its cause.
    public init(status: String, rule: String, since: Timestamp, eventKey: String? = nil) {
        self.status = status
        self.rule = rule
        self.since = since
        self.eventKey = eventKey
    }
}

/// How far a wish got.
public struct DeliveryView: Codable, Sendable, Equatable {
    /// `pending → sent → accepted → confirmed`, or one of the other ends.
    public enum State: String, Codable, Sendable, CaseIterable {
        /// Decided, not yet sent.
        case pending
        /// The call is under way.
        case sent
        /// Genesys answered 2xx.
        case accepted
        /// Reads or events show it.
        case confirmed
        /// 2xx, but the reads disagree after all attempts.
        case notApplied
        /// A permanent error.
        case failed
        /// A newer wish took its place.
        case superseded
        /// Mode `observe`: decided and recorded, never sent.
        case observed
    }

    /// What Genesys said no with.
    public struct Failure: Codable, Sendable, Equatable {
        /// The platform's error code, `missing.permissions`.
        public var code: String
        /// What it means.
        public var message: String
        /// `ININ-Correlation-Id`, which Genesys support asks for.
        public var correlationId: String?

        /// A code, a text and the id for support.
        public init(code: String, message: String, correlationId: String? = nil) {
            self.code = code
            self.message = message
            self.correlationId = correlationId
        }
    }

    /// How far it got.
    public var state: State
    /// Calls made so far.
    public var attempts: Int
    /// When the state was reached.
    public var at: Timestamp?
    /// The last failure.
    public var error: Failure?
    /// What adherence says of the confirmed presence; absent when it is not asked.
    public var adherence: AdherenceVerdictView?

    /// A state of delivery.
    public init(
        state: State,
        attempts: Int,
        at: Timestamp? = nil,
        error: Failure? = nil,
        adherence: AdherenceVerdictView? = nil
    ) {
        self.state = state
        self.attempts = attempts
        self.at = at
        self.error = error
        self.adherence = adherence
    }
}
