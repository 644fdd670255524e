// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// Something that a rule wants done beside the presence, and that is not done yet.
public struct ErrandView: Codable, Sendable, Equatable, Identifiable {
    /// What kind of thing it is.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Attributes of a conversation.
        case tag
        /// An adherence explanation.
        case explain
        /// The agent's routing status.
        case routingStatus
        /// Adherence put directly, for gateways that offer it.
        case putAdherence
        /// A webhook.
        case notify
    }

    /// Unique for the agent.
    public var id: String
    /// The rule that wants it.
    public var rule: String
    /// What kind of thing it is.
    public var kind: Kind
    /// When it was decided.
    public var since: Timestamp
    /// What is to be done, in one line; without the values of attributes, which may be about people.
    public var what: String

    /// An errand as it was decided.
    public init(id: String, rule: String, kind: Kind, since: Timestamp, what: String) {
        self.id = id
        self.rule = rule
        self.kind = kind
        self.since = since
        self.what = what
    }
}
