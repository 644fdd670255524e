// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysAPI
public import GenesysEvents

/// Something that a rule wants done once beside the presence (design 5.3: `tag`, `explain`, …).
public struct Errand: Codable, Sendable, Equatable, Identifiable {
    /// What is to be done.
    public enum Work: Codable, Sendable, Equatable {
        /// An adherence explanation for a span of time; an asynchronous job, followed to its end.
        case explain(AdherenceExplanation)
        /// Attributes of a conversation, strings only; merged into what is there.
        case tag(conversationID: String, attributes: [String: String])
        /// `PUT …/routingstatus`; `IDLE` clears Not Responding.
        case routingStatus(String)
        /// The call that Genesys does not publish, for gateways that offer it.
        case putAdherence(status: String, definitionID: String)
        /// A webhook; not a call to Genesys, so ``Notifications`` carries it out.
        case notify(NotificationMessage)
    }

    /// Unique for the agent: the same errand is never wanted twice.
    public var id: String
    /// The rule that wants it.
    public var rule: String
    /// What is to be done.
    public var work: Work
    /// When it was decided.
    public var since: Timestamp

    /// An errand as it was decided.
    public init(id: String, rule: String, work: Work, since: Timestamp) {
        self.id = id
        self.rule = rule
        self.work = work
        self.since = since
    }
}

/// How far an errand is.
public enum ErrandState: String, Codable, Sendable, CaseIterable {
    /// Not done yet; tried again when it has failed in passing.
    case pending
    /// Done, as far as Genesys says.
    case done
    /// Not done, and no longer of use: the conversation has ended, or it is there already.
    case dropped
    /// Not done, for good.
    case failed

    /// Nothing more will happen.
    public var isFinal: Bool { self != .pending }
}

/// What is told of an errand; the pipeline stores it.
public struct ErrandReport: Sendable, Equatable {
    /// Whose errand it is.
    public var agentID: String
    /// `Errand.id`
    public var errandID: String
    /// How far it is.
    public var state: ErrandState
    /// When it got there.
    public var at: Timestamp
    /// One line for the history.
    public var summary: String
    /// Why it failed, also while it is tried again.
    public var error: DeliveryStatus.Failure?

    /// A report.
    public init(
        agentID: String,
        errandID: String,
        state: ErrandState,
        at: Timestamp,
        summary: String,
        error: DeliveryStatus.Failure? = nil
    ) {
        self.agentID = agentID
        self.errandID = errandID
        self.state = state
        self.at = at
        self.summary = summary
        self.error = error
    }
}

/// Where tags go (`tags:` of the configuration).
public enum TagTarget: Sendable, Equatable {
    /// The customer's participant attributes: visible to flows and scripts.
    case participantAttributes
    /// Custom attributes of the conversation under a schema named or identified so: for reporting and search.
    case customAttributes(schema: AttributeSchemaSelector)
}

/// Which schema tags follow.
public enum AttributeSchemaSelector: Sendable, Equatable {
    /// By id; must exist.
    case id(String)
    /// By name; `create` makes it when it is not there.
    case name(String, create: Bool)
}
