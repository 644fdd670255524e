// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

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

    /// The defaults: two minutes to set, a day to release (as long as Genesys tries to deliver an event), every
    /// conversation is trusted, everyone.
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

    /// Why the event is too old to begin anything; `nil` = it is not. A rule may have a limit of its own.
    func tooOld(_ trigger: Trigger, _ guards: RuleGuards = RuleGuards(), now: Timestamp) -> String? {
        tooOld(trigger, limit: guards.maxEventAge ?? maxEventAge, "maxEventAge", now: now)
    }

    /// Why the event is too old to end anything; `nil` = it is not.
    func tooOldToRelease(_ trigger: Trigger, _ guards: RuleGuards, now: Timestamp) -> String? {
        tooOld(trigger, limit: guards.maxReleaseAge ?? maxReleaseAge, "maxReleaseAge", now: now)
    }

    private func tooOld(_ trigger: Trigger, limit: Duration, _ name: String, now: Timestamp) -> String? {
        let age = trigger.age(at: now)
        guard age > limit else { return nil }
        return "the event is \(age.roughly) old: older than \(name) \(limit.roughly)"
    }
}

extension Duration {
    /// For people: `90 s`, `15 min`, `26 h`.
    var roughly: String {
        let seconds = components.seconds
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        default: return "\(seconds / 3600) h"
        }
    }
}
