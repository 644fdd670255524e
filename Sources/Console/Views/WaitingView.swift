// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What has to be over before anything more happens to an agent's status.
public struct WaitingView: Codable, Sendable, Equatable {
    /// What it is that has to be over.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// The agent's conversations that are going on.
        case afterInteraction
        /// Those and the after-call work that follows.
        case afterCallWork
        /// The time that a status is held at least, although its rule no longer asks for it.
        case minimum
        /// The time that a rule rests after an episode, although it matches.
        case cooldown
        /// The way back after an episode.
        case release
    }

    /// What it is that has to be over; `for` in JSON.
    public var kind: Kind
    /// The rule that it is about.
    public var rule: String
    /// The status that is wanted, held or let go of; absent when none is decided on.
    public var status: String?
    /// Since when it is wanted or held.
    public var since: Timestamp?
    /// When it is over by the clock; absent when that depends on what is heard.
    public var until: Timestamp?
    /// The ids of the conversations that are waited for; absent when there are none.
    public var conversations: [String]?

    private enum CodingKeys: String, CodingKey {
        case kind = "for"
        case rule, status, since, until, conversations
    }

    /// Something that has to be over, and the rule that it is about.
    public init(_ kind: Kind, rule: String) {
        self.kind = kind
        self.rule = rule
    }
}
