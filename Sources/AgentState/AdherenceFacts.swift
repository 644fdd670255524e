// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// The agent's real-time adherence.
public struct AdherenceFacts: Sendable, Equatable {
    /// InAdherence, OutOfAdherence, Unscheduled, Unknown, Ignored, Explained
    public var state: String?
    /// The scheduled activity category: OnQueueWork, Break, …
    public var scheduled: String?
    /// Id of the scheduled activity code.
    public var scheduledCodeID: String?
    /// The actual activity category.
    public var actual: String?
    /// Positive, Negative, Neutral, Unknown
    public var impact: String?
    /// When the state changed.
    public var since: Timestamp?
    /// Of the explanation for the present state: Pending, Approved, Denied; `nil` = there is none.
    public var explanationStatus: String?
    /// The scheduled activities that come next, the earliest first.
    public var next: [ScheduledActivity]
    /// The management unit that schedules the agent.
    public var managementUnitID: String?
    /// The business unit of that management unit.
    public var businessUnitID: String?
    /// The team of work.
    public var teamID: String?

    /// Nothing known.
    public init() { next = [] }

    init(_ seen: AdherenceObservation) {
        state = seen.state
        scheduled = seen.scheduledCategory
        scheduledCodeID = seen.scheduledCodeID
        actual = seen.actualCategory
        impact = seen.impact
        since = seen.changedAt
        explanationStatus = seen.explanationStatus
        next = seen.next.sorted { ($0.at?.milliseconds ?? .max) < ($1.at?.milliseconds ?? .max) }
        managementUnitID = seen.managementUnitID
        businessUnitID = seen.businessUnitID
        teamID = seen.teamID
    }
}

extension AdherenceFacts: Codable {
    private enum CodingKeys: String, CodingKey {
        case state, scheduled, actual, impact, since, next
        case scheduledCodeID = "code"
        case explanationStatus = "expl"
        case managementUnitID = "mu"
        case businessUnitID = "bu"
        case teamID = "team"
    }

    /// What `encode(to:)` has written.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        state = try container.decodeIfPresent(String.self, forKey: .state)
        scheduled = try container.decodeIfPresent(String.self, forKey: .scheduled)
        scheduledCodeID = try container.decodeIfPresent(String.self, forKey: .scheduledCodeID)
        actual = try container.decodeIfPresent(String.self, forKey: .actual)
        impact = try container.decodeIfPresent(String.self, forKey: .impact)
        since = try container.decodeIfPresent(Timestamp.self, forKey: .since)
        explanationStatus = try container.decodeIfPresent(String.self, forKey: .explanationStatus)
        next = try container.decodeIfPresent([ScheduledActivity].self, forKey: .next) ?? []
        managementUnitID = try container.decodeIfPresent(String.self, forKey: .managementUnitID)
        businessUnitID = try container.decodeIfPresent(String.self, forKey: .businessUnitID)
        teamID = try container.decodeIfPresent(String.self, forKey: .teamID)
    }

    /// For the relay's own storage, not for any API.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(present: state, .state)
        try container.encode(present: scheduled, .scheduled)
        try container.encode(present: scheduledCodeID, .scheduledCodeID)
        try container.encode(present: actual, .actual)
        try container.encode(present: impact, .impact)
        try container.encode(present: since, .since)
        try container.encode(present: explanationStatus, .explanationStatus)
        if !next.isEmpty { try container.encode(next, forKey: .next) }
        try container.encode(present: managementUnitID, .managementUnitID)
        try container.encode(present: businessUnitID, .businessUnitID)
        try container.encode(present: teamID, .teamID)
    }
}
