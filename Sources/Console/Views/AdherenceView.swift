// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// Real-time adherence as observed.
public struct AdherenceView: Codable, Sendable, Equatable {
    /// `InAdherence`, `OutOfAdherence`, `Unscheduled`, `Unknown`, `Ignored` or `Explained`.
    public var state: String?
    /// The scheduled activity category.
    public var scheduled: String?
    /// The actual activity category.
    public var actual: String?
    /// `Positive`, `Negative`, `Neutral` or `Unknown`.
    public var impact: String?
    /// Since when the state holds.
    public var since: Timestamp?
    /// The scheduled activity code's id.
    public var activityCode: String?
    /// The explanation's status: `Pending`, `Approved` or `Denied`.
    public var explanation: String?
    /// The category of the next scheduled activity.
    public var next: String?
    /// When that begins.
    public var nextAt: Timestamp?
    /// The management unit's id.
    public var managementUnit: String?
    /// The team's id.
    public var team: String?

    /// Everything unknown until set.
    public init(state: String? = nil, scheduled: String? = nil, actual: String? = nil, since: Timestamp? = nil) {
        self.state = state
        self.scheduled = scheduled
        self.actual = actual
        self.since = since
    }
}
