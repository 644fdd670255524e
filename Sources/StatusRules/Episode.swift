// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysEvents

/// From the moment a rule first matches an agent until it no longer does (design 5.4).
public struct Episode: Codable, Sendable, Equatable {
    /// The rule that holds the episode now; another rule may take it over without an end in between.
    public var rule: String
    /// Name of the configured status that is wanted.
    public var status: String
    /// The conversation that made the rule match, when it asks for one.
    public var conversationID: String?
    /// What happens to the presence at the end.
    public var release: Release
    /// When it began.
    public var since: Timestamp
    /// De-duplication key of the event that began it.
    public var eventKey: String
    /// The presence that is wanted.
    public var target: PresenceTarget
    /// What the agent had before, to be put back at the end.
    public var base: PresenceBase
    /// The agent's presence is, or may be, a write of ours: there is something to put back.
    public var hasWritten: Bool
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

/// An episode that has ended, and whose earlier presence is on its way back.
public struct PresenceRelease: Codable, Sendable, Equatable {
    /// The rule of the episode.
    public var rule: String
    /// What is put back.
    public var base: PresenceBase
}

/// What made us look again.
public struct Trigger: Sendable, Equatable {
    /// De-duplication key of the event.
    public var eventKey: String
    /// When Genesys made the event; `nil` when it does not say, which counts as now.
    public var eventTime: Timestamp?
    /// When the relay took the event; `nil` when it is not one that has just come.
    public var receivedAt: Timestamp?

    /// An event by its key, its own time, and when it came.
    public init(eventKey: String, eventTime: Timestamp? = nil, receivedAt: Timestamp? = nil) {
        self.eventKey = eventKey
        self.eventTime = eventTime
        self.receivedAt = receivedAt
    }
}

/// What has to be done about an agent's episode.
public enum EpisodeStep: Sendable, Equatable {
    /// Nothing new.
    case none
    /// An episode began, or its wanted presence changed: bring the agent there.
    case set(PresenceTarget)
    /// The episode ended: put this presence back.
    case restore(PresenceTarget, reason: String)
    /// The episode ended and leaves the presence as it is. What is still under way for it is withdrawn or, where a
    /// write might arrive after all, replaced by the wish for the presence that the agent has chosen.
    case end(reason: String, leaving: PresenceTarget?)
    /// A rule matches, but must not act; the reason is new since the last look.
    case guarded(String)
    /// A rule matches, but the agent's presence is unknown: read it, then look again.
    case readPresence
}

/// What may be done to agents.
public struct EpisodePolicy: Sendable {
    /// Older events do not set a status (they still release one).
    public var maxEventAge: Duration
    /// Older events do not release one either.
    public var maxReleaseAge: Duration
    /// A conversation without news for so long is read again before a rule trusts it; `nil` = all are trusted.
    public var conversationTimeout: Duration?
    /// `false` for agents that the configuration excludes.
    public var mayTouch: @Sendable (_ agentID: String) -> Bool

    /// The defaults: two minutes to set, a day to release, every conversation is trusted, everyone.
    public init(
        maxEventAge: Duration = .seconds(120),
        maxReleaseAge: Duration = .seconds(86_400),
        conversationTimeout: Duration? = nil,
        mayTouch: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.maxEventAge = maxEventAge
        self.maxReleaseAge = maxReleaseAge
        self.conversationTimeout = conversationTimeout
        self.mayTouch = mayTouch
    }

    /// Why the event is too old to begin anything; `nil` = it is not.
    func tooOld(_ trigger: Trigger, now: Timestamp) -> String? {
        let age = trigger.eventTime.map { now.timeIntervalSince($0) } ?? .zero
        guard age > maxEventAge else { return nil }
        return "the event is \(Self.text(age)) old: older than maxEventAge \(Self.text(maxEventAge))"
    }

    private static func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        default: return "\(seconds / 3600) h"
        }
    }
}

extension PresenceFacts {
    /// One and the same change, whatever its message is by now.
    func isSame(as other: PresenceFacts) -> Bool {
        definitionID == other.definitionID && modifiedAt == other.modifiedAt
    }
}
