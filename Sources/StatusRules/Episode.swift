// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysEvents

/// From the moment a status of a rule is decided until it is released (design 5.4).
public struct Episode: Sendable, Equatable {
    /// The rule that holds the episode now; another rule may take it over without an end in between.
    public var rule: String
    /// Name of the configured status that is wanted.
    public var status: String
    /// The conversation that made the rule match, when it asks for one.
    public var conversationID: String?
    /// How the rule lets the status come and go.
    public var behavior: RuleBehavior
    /// The rule's place in the file: what comes before it may take over while `minimum` lasts.
    public var order: Int
    /// When it was decided.
    public var since: Timestamp
    /// De-duplication key of the event that began it.
    public var eventKey: String
    /// The presence that is wanted.
    public var target: PresenceTarget
    /// What the agent had before, to be put back at the end.
    public var base: PresenceBase
    /// The agent's presence is, or may be, a write of ours: there is something to put back.
    public var hasWritten: Bool
    /// It was decided after its conversation had ended: that the rule no longer matches does not end it.
    public var outlastsMatch: Bool = false

    /// What happens to the presence at the end.
    public var release: Release { behavior.release }

    /// Until when only the agent or an earlier rule may end it; `nil` = no longer than its rule matches.
    public var minimumEnd: Timestamp? { behavior.minimum.map { since.advanced(by: $0) } }
}

/// What the agent has chosen, below what we write.
public struct PresenceBase: Codable, Sendable, Equatable {
    /// The last presence that is known to be the agent's own.
    public var saved: PresenceFacts
    /// Seen while a write was under way: the answer tells whether it came before ours.
    var undecided: PresenceFacts?

    init(_ saved: PresenceFacts) { self.saved = saved }

    /// The base of a match that begins now: what the agent has chosen until now does not overrule it.
    func beginning(with presence: PresenceFacts) -> PresenceBase {
        undecided?.isSame(as: presence) == true ? PresenceBase(presence) : self
    }

    /// Takes a presence that is older than our newest write: it is what that write has covered.
    mutating func cover(_ presence: PresenceFacts) {
        if let seen = presence.modifiedAt, let known = saved.modifiedAt, seen > known { saved = presence }
    }
}

extension PresenceFacts {
    /// One and the same change, whatever its message is by now.
    func isSame(as other: PresenceFacts) -> Bool {
        definitionID == other.definitionID && modifiedAt == other.modifiedAt
    }

    func isOlder(than time: Timestamp?) -> Bool {
        guard let time, let modifiedAt else { return false }
        return modifiedAt < time
    }

    /// For people.
    var name: String { system?.name ?? definitionID ?? "another" }
}

// MARK: - Coding

extension Episode: Codable {
    private enum CodingKeys: String, CodingKey {
        case rule, status, conversationID, release, since, eventKey, target, base, hasWritten
        // Absent where they have their usual value, as in episodes of earlier versions.
        case behavior, order
        case outlastsMatch = "outlasts"
    }

    /// What `encode(to:)` has written, also by an earlier version.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rule = try container.decode(String.self, forKey: .rule)
        status = try container.decode(String.self, forKey: .status)
        conversationID = try container.decodeIfPresent(String.self, forKey: .conversationID)
        let release = try container.decode(Release.self, forKey: .release)
        behavior =
            try container.decodeIfPresent(RuleBehavior.self, forKey: .behavior) ?? RuleBehavior(release: release)
        order = try container.decodeIfPresent(Int.self, forKey: .order) ?? 0
        since = try container.decode(Timestamp.self, forKey: .since)
        eventKey = try container.decode(String.self, forKey: .eventKey)
        target = try container.decode(PresenceTarget.self, forKey: .target)
        base = try container.decode(PresenceBase.self, forKey: .base)
        hasWritten = try container.decode(Bool.self, forKey: .hasWritten)
        outlastsMatch = try container.decodeIfPresent(Bool.self, forKey: .outlastsMatch) ?? false
    }

    /// For the relay's own storage, not for any API.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rule, forKey: .rule)
        try container.encode(status, forKey: .status)
        try container.encodeIfPresent(conversationID, forKey: .conversationID)
        try container.encode(release, forKey: .release)
        if behavior != RuleBehavior(release: release) { try container.encode(behavior, forKey: .behavior) }
        if order != 0 { try container.encode(order, forKey: .order) }
        try container.encode(since, forKey: .since)
        try container.encode(eventKey, forKey: .eventKey)
        try container.encode(target, forKey: .target)
        try container.encode(base, forKey: .base)
        try container.encode(hasWritten, forKey: .hasWritten)
        if outlastsMatch { try container.encode(outlastsMatch, forKey: .outlastsMatch) }
    }
}
