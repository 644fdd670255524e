// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysAPI

/// What the configuration needs of Genesys Cloud.
public struct PreflightNeeds: Sendable {
    /// Where rules write their tags.
    public enum Tags: Sendable, Equatable {
        /// No rule tags.
        case none
        /// Attributes of the customer's participant.
        case participantAttributes
        /// Custom attributes of the conversation, after a schema of that name or id; `create` = the relay makes it when
        /// it is not there.
        case customAttributes(schema: String, create: Bool)
    }

    /// A kind of thing that the configuration names.
    public struct NameNeed: Sendable, Equatable {
        /// The raw value is the name of the check.
        public enum Kind: String, Sendable, CaseIterable {
            case queues
            case wrapupCodes = "wrap-up codes"
            case managementUnits = "management units"
            case teams
            case groups
        }
        /// What is named.
        public var kind: Kind
        /// It is also asked who belongs to it.
        public var members: Bool

        /// A kind, and whether its members are needed.
        public init(_ kind: Kind, members: Bool) {
            self.kind = kind
            self.members = members
        }
    }

    /// Statuses are set, not only recorded (`mode: act`).
    public var writes = true
    /// `agents.include.users`; empty = the preflight looks at the first users it is shown.
    public var userIDs: [String] = []
    /// Adherence is read: `verify.adherence`, or rules on `adherence`.
    public var adherence = false
    /// A rule explains.
    public var explanations = false
    /// A rule tags.
    public var tags = Tags.none
    /// What rules and `agents.include` name besides presences.
    public var names: [NameNeed] = []

    /// Nothing but presences is needed.
    public init() {}
}

/// What became of one configured status.
public struct ResolvedStatus: Sendable {
    /// The definition, or why there is none.
    public enum Outcome: Sendable {
        /// Exactly one definition.
        case definition(PresenceDefinition)
        /// What is wrong, and where it is written.
        case failure(String)
    }
    /// The name under `statuses:`.
    public var name: String
    /// What it leads to.
    public var outcome: Outcome

    /// A status and what it leads to.
    public init(name: String, outcome: Outcome) {
        self.name = name
        self.outcome = outcome
    }
}
