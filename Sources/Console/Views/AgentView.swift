// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What the relay knows of an agent, wants for it and did: `GET /v1/agents/{id}`. An absent key means unknown.
public struct AgentView: Codable, Sendable, Equatable, Identifiable {
    /// The Genesys user id.
    public var id: String
    /// The display name.
    public var name: String?
    /// The last presence observed.
    public var presence: PresenceView?
    /// The last routing status observed.
    public var routingStatus: RoutingStatusView?
    /// The last adherence observed.
    public var adherence: AdherenceView?
    /// The source of presence that Genesys shows: `PURECLOUD` or a source's id.
    public var primarySource: String?
    /// Whether the agent is marked out of office.
    public var outOfOffice: Bool?
    /// Until when the agent is out of office; absent without an end.
    public var outOfOfficeUntil: Timestamp?
    /// Ids of the queues that the agent has joined.
    public var activeQueueIds: [String]?
    /// Live conversations; empty when there are none.
    public var conversations: [ConversationView]
    /// What a rule wants now; absent when no rule does.
    public var wanted: WantedView?
    /// How far the present wish got; absent when there is none.
    public var delivery: DeliveryView?
    /// What is to be done beside the presence and is not done yet; absent when there is nothing.
    public var errands: [ErrandView]?
    /// What has to be over before anything more happens to the status; absent when nothing is waited for.
    public var waiting: WaitingView?
    /// When the rules look at the agent again although nothing is heard; absent = not by themselves.
    public var looksAgainAt: Timestamp?

    /// An agent of whom nothing is known yet.
    public init(id: String, name: String? = nil) {
        self.id = id
        self.name = name
        conversations = []
    }
}

/// A presence as observed.
public struct PresenceView: Codable, Sendable, Equatable {
    /// Who set it, as far as the relay can tell.
    public enum SetBy: String, Codable, Sendable {
        /// This relay.
        case relay
        /// The agent, a supervisor or another program.
        case other
    }

    /// The presence definition's id.
    public var definitionId: String?
    /// The system presence in upper case with underscores, `ON_QUEUE`.
    public var system: String?
    /// The label of the definition.
    public var label: String?
    /// The presence message; empty when there is none.
    public var message: String?
    /// When it was set, by Genesys' clock.
    public var modifiedAt: Timestamp?
    /// The system presence that the agent has asked for and gets once the work in hand is done.
    public var requested: String?
    /// Who set it.
    public var setBy: SetBy?

    /// Everything unknown until set.
    public init(
        definitionId: String? = nil,
        system: String? = nil,
        label: String? = nil,
        message: String? = nil,
        modifiedAt: Timestamp? = nil,
        setBy: SetBy? = nil
    ) {
        self.definitionId = definitionId
        self.system = system
        self.label = label
        self.message = message
        self.modifiedAt = modifiedAt
        self.setBy = setBy
    }
}

/// A routing status as observed.
public struct RoutingStatusView: Codable, Sendable, Equatable {
    /// `OFF_QUEUE`, `IDLE`, `INTERACTING`, `NOT_RESPONDING` or `COMMUNICATING`.
    public var status: String
    /// Since when.
    public var since: Timestamp?

    /// A status and since when it holds.
    public init(status: String, since: Timestamp? = nil) {
        self.status = status
        self.since = since
    }
}
