// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Real-time adherence as the workforce management topics tell it.
public struct AdherenceObservation: Sendable, Equatable {
    /// InAdherence, OutOfAdherence, Unscheduled, Unknown, Ignored, Explained
    public var state: String?
    /// `scheduledActivityCategory`: OnQueueWork, Break, Meal, …
    public var scheduledCategory: String?
    /// `scheduledActivityCode.id`: a short text (`"0"`) or a uuid.
    public var scheduledCodeID: String?
    /// `actualActivityCategory`
    public var actualCategory: String?
    /// Positive, Negative, Neutral, Unknown
    public var impact: String?
    /// `adherenceChangeTime`
    public var changedAt: Timestamp?
    /// `adherenceExplanation.status`: Pending, Approved, Denied
    public var explanationStatus: String?
    /// `nextActivityReminders`, in the order of the body.
    public var next: [ScheduledActivity]
    /// `managementUnitId`
    public var managementUnitID: String?
    /// `businessUnitId`
    public var businessUnitID: String?
    /// `team.id`
    public var teamID: String?
    /// `removedFromManagementUnit`: the agent is no longer scheduled there, and the rest is what it was.
    public var isRemoved: Bool
    /// `isOutOfOffice`
    public var isOutOfOffice: Bool?
    /// `activeQueues`
    public var activeQueueIDs: [String]?
    /// `activeQueuesModifiedTime`
    public var activeQueuesChangedAt: Timestamp?

    /// Nothing known.
    public init() {
        next = []
        isRemoved = false
    }
}

/// An activity of a schedule that is still to come.
public struct ScheduledActivity: Sendable, Hashable, Codable {
    /// OnQueueWork, Break, Meal, …
    public var category: String
    /// When it begins.
    public var at: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case category = "cat"
        case at
    }

    /// An activity, and when it begins.
    public init(category: String, at: Timestamp? = nil) {
        self.category = category
        self.at = at
    }
}
