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
    public var release: Release
    /// When it began.
    public var since: Timestamp
    /// De-duplication key of the event that began it.
    public var eventKey: String
    /// The presence that is wanted.
    public var target: PresenceTarget
    /// The presence at the beginning, to be restored at the end.
    public var saved: PresenceFacts
}

/// How far the write of an episode's presence has got; tells a change by hand from our own.
public enum WriteProgress: Codable, Sendable, Equatable {
    /// No write was ever sent, or there was nothing to write.
    case notSent
    /// Sent, and the answer is not known.
    case inFlight
    /// Genesys answered 2xx; `modifiedAt` is the `modifiedDate` of the answer.
    case accepted(modifiedAt: Timestamp?)
}

/// What made us look again.
public struct Trigger: Sendable, Equatable {
    /// De-duplication key of the event.
    public var eventKey: String
    /// When Genesys made the event; `nil` when it does not say, which counts as now.
    public var eventTime: Timestamp?

    public init(eventKey: String, eventTime: Timestamp? = nil) {
        self.eventKey = eventKey
        self.eventTime = eventTime
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
    /// The episode ended and leaves the presence as it is; a write not yet sent is withdrawn.
    case end(reason: String)
    /// A rule matches, but must not act; the reason is new since the last look.
    case guarded(String)
    /// A rule matches, but the agent's presence is unknown: read it, then look again.
    case readPresence
}

/// What may be done to agents.
public struct EpisodePolicy: Sendable {
    /// Older events do not set a status (they still release one).
    public var maxEventAge: Duration
    /// `false` for agents that the configuration excludes.
    public var mayTouch: @Sendable (_ agentID: String) -> Bool

    public init(maxEventAge: Duration = .seconds(120), mayTouch: @escaping @Sendable (String) -> Bool = { _ in true }) {
        self.maxEventAge = maxEventAge
        self.mayTouch = mayTouch
    }
}

/// The episode of one agent and how it moves. Pure: the same inputs give the same steps.
public struct EpisodeState: Codable, Sendable, Equatable {
    /// A match that the agent has overruled by hand: it stays without effect until the rule lets go of it.
    public struct Overruled: Codable, Sendable, Equatable {
        var rule: String
        var status: String
        var conversationID: String?

        init(_ episode: Episode) {
            rule = episode.rule
            status = episode.status
            conversationID = episode.conversationID
        }

        func covers(_ match: RuleMatch) -> Bool {
            rule == match.rule && status == match.status && conversationID == match.conversationID
        }
    }

    public private(set) var episode: Episode?
    public private(set) var overruled: Overruled?
    /// The kind of the last guard, so that each is reported once and not with every event.
    public private(set) var lastGuard: String?

    public init() {}

    /// Takes the rules' verdict for the agent's facts; returns what has to be done.
    ///
    /// - Parameters:
    ///   - target: the presence of a configured status by its name.
    ///   - write: how far the write of the current episode has got.
    ///   - restoring: the presence that an earlier episode's end is still putting back: what a new episode has to save.
    public mutating func advance(
        facts: AgentFacts,
        match: RuleMatch?,
        trigger: Trigger,
        now: Timestamp,
        write: WriteProgress,
        restoring: PresenceTarget? = nil,
        policy: EpisodePolicy,
        target: (_ status: String) -> PresenceTarget?
    ) -> EpisodeStep {
        if var current = episode {
            if let reason = changeByHand(during: &current, facts: facts, write: write) {
                overruled = Overruled(current)
                episode = nil
                return .end(reason: reason)
            }
            episode = current
        }
        guard let match else { return letGo(facts: facts, write: write) }
        if let overruled {
            if overruled.covers(match) {
                return guarded("overruled", "the agent changed the status by hand: the rule waits until it matches anew")
            }
            self.overruled = nil
        }
        if let current = episode, current.rule == match.rule, current.status == match.status {
            episode?.conversationID = match.conversationID
            episode?.release = match.release
            return .none
        }
        guard policy.mayTouch(facts.id) else { return guarded("excluded", "the configuration excludes this agent") }
        guard let presence = facts.presence else { return .readPresence }
        if presence.system == .offline { return guarded("offline", "the agent is Offline: never moved out of it") }
        let age = trigger.eventTime.map { now.timeIntervalSince($0) } ?? .zero
        if age > policy.maxEventAge {
            return guarded(
                "maxEventAge",
                "the event is \(Self.text(age)) old: older than maxEventAge \(Self.text(policy.maxEventAge))"
            )
        }
        guard let wanted = target(match.status) else {
            return guarded("unresolved", "status '\(match.status)' has no presence definition")
        }
        lastGuard = nil
        let started = episode
        episode = Episode(
            rule: match.rule,
            status: match.status,
            conversationID: match.conversationID,
            release: match.release,
            since: now,
            eventKey: trigger.eventKey,
            target: wanted,
            saved: started?.saved ?? restoring.map(PresenceFacts.init) ?? presence
        )
        return .set(wanted)
    }

    /// Why the agent's presence is no longer our doing; `nil` while it is, or may yet be.
    private func changeByHand(during episode: inout Episode, facts: AgentFacts, write: WriteProgress) -> String? {
        guard let presence = facts.presence, !episode.target.isMet(by: presence) else { return nil }
        let text = "the agent changed the status to \(presence.system?.name ?? presence.definitionID ?? "another") by hand"
        switch write {
        case .notSent:
            return presence.definitionID == episode.saved.definitionID ? nil : text
        case .inFlight:
            // Whether it came before or after our write shows when the answer arrives.
            return nil
        case .accepted(let modifiedAt?):
            if let seen = presence.modifiedAt, seen > modifiedAt { return text }
            // It was the last presence before ours: that is what has to be restored.
            if let seen = presence.modifiedAt, seen > episode.saved.modifiedAt ?? seen { episode.saved = presence }
            return nil
        case .accepted(nil):
            let unchanged =
                presence.definitionID == episode.saved.definitionID && presence.modifiedAt == episode.saved.modifiedAt
            return unchanged ? nil : text
        }
    }

    /// No rule matches any more.
    private mutating func letGo(facts: AgentFacts, write: WriteProgress) -> EpisodeStep {
        overruled = nil
        lastGuard = nil
        guard let ended = episode else { return .none }
        episode = nil
        let reason = "rule '\(ended.rule)' no longer matches"
        guard write != .notSent else { return .end(reason: reason + "; nothing had been written") }
        switch ended.release {
        case .keep:
            return .end(reason: reason + "; release: keep")
        case .restore:
            guard let saved = PresenceTarget(restoring: ended.saved) else {
                return .end(reason: reason + "; the presence before it is not known")
            }
            return .restore(saved, reason: reason)
        }
    }

    private mutating func guarded(_ kind: String, _ reason: String) -> EpisodeStep {
        defer { lastGuard = kind }
        return kind == lastGuard ? .none : .guarded(reason)
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
