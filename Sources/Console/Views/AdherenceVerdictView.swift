// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// Whether WFM shows what a confirmed presence stands for (`verify.adherence`).
public struct AdherenceVerdictView: Codable, Sendable, Equatable {
    /// `pending → confirmed`, or one of the other ends.
    public enum State: String, Codable, Sendable, CaseIterable {
        /// Not known yet.
        case pending
        /// It does.
        case confirmed
        /// It does not; `reason` says why.
        case differs
        /// It could not be found out; `reason` says why.
        case unknown
    }

    /// Whether it is as wanted.
    public var state: State
    /// The activity category that the presence stands for.
    public var expected: String?
    /// The activity category that WFM shows.
    public var actual: String?
    /// The activity category that is scheduled.
    public var scheduled: String?
    /// `InAdherence`, `OutOfAdherence`, … as WFM shows it.
    public var adherenceState: String?
    /// One word for programs: `schedule`, `primarySource`, `lag`, …
    public var reason: String?
    /// One sentence for people: what is the matter and what to do.
    public var message: String?
    /// When it was found.
    public var at: Timestamp

    /// A verdict of which only the state is known.
    public init(state: State, at: Timestamp) {
        self.state = state
        self.at = at
    }
}
