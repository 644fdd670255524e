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
    /// What the agent has asked for (`futurePresenceDefinition`) and gets once the work in hand is done; `nil` = nothing.
    public var requested: SystemPresence?

    /// A presence with all that is known of it.
    public init(
        definitionID: String? = nil,
        system: SystemPresence? = nil,
        message: String? = nil,
        modifiedAt: Timestamp? = nil,
        requested: SystemPresence? = nil
    ) {
        self.definitionID = definitionID
        self.system = system
        self.message = message
        self.modifiedAt = modifiedAt
        self.requested = requested
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
