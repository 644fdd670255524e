// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// The agent's presence in Genesys Cloud's own source.
public struct PresenceFacts: Codable, Sendable, Equatable {
    /// Of the presence definition.
    public var definitionID: String?
    /// The system presence that the definition belongs to.
    public var system: SystemPresence?
    /// The text beside it.
    public var message: String?
    /// When it was set.
    public var modifiedAt: Timestamp?

    /// A presence with all that is known of it.
    public init(
        definitionID: String? = nil,
        system: SystemPresence? = nil,
        message: String? = nil,
        modifiedAt: Timestamp? = nil
    ) {
        self.definitionID = definitionID
        self.system = system
        self.message = message
        self.modifiedAt = modifiedAt
    }
}

/// The agent's routing status.
public struct RoutingStatusFacts: Codable, Sendable, Equatable {
    /// OFF_QUEUE, IDLE, INTERACTING, NOT_RESPONDING, COMMUNICATING
    public var status: String
    /// When it began.
    public var since: Timestamp?

    /// A status, and when it began.
    public init(status: String, since: Timestamp? = nil) {
        self.status = status
        self.since = since
    }
}

/// The agent's real-time adherence.
public struct AdherenceFacts: Codable, Sendable, Equatable {
    /// InAdherence, OutOfAdherence, Unscheduled, Unknown, Ignored, Explained
    public var state: String?
    /// The scheduled activity category: OnQueueWork, Break, …
    public var scheduled: String?
    /// The actual activity category.
    public var actual: String?
    /// Positive, Negative, Neutral, Unknown
    public var impact: String?
    /// When the state changed.
    public var since: Timestamp?

    /// Nothing known.
    public init() {}
}
