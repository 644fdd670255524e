// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysEvents

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

    /// The episode under way; `nil` = no rule holds the agent.
    public private(set) var episode: Episode?
    /// The end of an earlier episode, until `released` is called.
    public private(set) var releasing: PresenceRelease?
    /// The match that the agent has overruled by hand.
    public private(set) var overruled: Overruled?
    /// The kind of the last guard, so that each is reported once and not with every event.
    public private(set) var lastGuard: String?
    /// The event that made a rule match while the presence was unknown: an episode that begins when it is read is owed
    /// to that event, not to the read.
    private var awaitingPresence: String?

    /// No rule has ever matched.
    public init() {}

    /// A write of ours was accepted: from now on the end of the episode has something to put back.
    public mutating func noteWrite() { episode?.hasWritten = true }

    /// A read made after a write without an answer: unless it shows what was there before, the write may have happened,
    /// and somebody may have changed the presence after it.
    public mutating func noteRead(_ presence: PresenceFacts) {
        if let base = episode?.base, !presence.isSame(as: base.saved) { noteWrite() }
    }

    /// The wish for the earlier presence is settled.
    public mutating func released() { releasing = nil }

    /// Takes the rules' verdict for the agent's facts; returns what has to be done.
    ///
    /// - Parameters:
    ///   - writes: what we have written ourselves.
    ///   - isOutstanding: the last wish is still under way, so that a write may follow.
    ///   - target: the presence of a configured status by its name.
    public mutating func advance(
        facts: AgentFacts,
        match: RuleMatch?,
        trigger: Trigger,
        now: Timestamp,
        writes: OwnWrites,
        isOutstanding: Bool,
        policy: EpisodePolicy,
        target: (_ status: String) -> PresenceTarget?
    ) -> EpisodeStep {
        let ended =
            episode == nil
            ? judgeRelease(facts.presence, writes, isOutstanding)
            : judgeEpisode(facts.presence, writes, isOutstanding)
        guard let match else {
            overruled = nil
            lastGuard = nil
            awaitingPresence = nil
            return ended ?? letGo(writes, isOutstanding)
        }
        if let overruled {
            if overruled.covers(match) {
                return ended
                    ?? guarded(
                        "overruled",
                        "the agent changed the status by hand: the rule waits until it matches anew"
                    )
            }
            self.overruled = nil
        }
        let wanted = target(match.status)
        if let current = episode, current.holds(match, wanted) {
            episode?.conversationID = match.conversationID
            episode?.release = match.release
            return ended ?? .none
        }
        guard policy.mayTouch(facts.id) else {
            return ended ?? guarded("excluded", "the configuration excludes this agent")
        }
        guard let presence = facts.presence else {
            awaitingPresence = awaitingPresence ?? trigger.eventKey
            return ended ?? .readPresence
        }
        if presence.system == .offline || releasing?.base.saved.system == .offline {
            return ended ?? guarded("offline", "the agent is Offline: never moved out of it")
        }
        if let reason = policy.tooOld(trigger, now: now) { return ended ?? guarded("maxEventAge", reason) }
        guard let wanted else {
            return ended ?? guarded("unresolved", "status '\(match.status)' has no presence definition")
        }
        lastGuard = nil
        episode = Episode(
            rule: match.rule,
            status: match.status,
            conversationID: match.conversationID,
            release: match.release,
            since: now,
            eventKey: awaitingPresence ?? trigger.eventKey,
            target: wanted,
            base: (episode?.base ?? releasing?.base ?? PresenceBase(presence)).beginning(with: presence),
            hasWritten: episode?.hasWritten ?? (releasing != nil || writes.isOpen)
        )
        releasing = nil
        awaitingPresence = nil
        return .set(wanted)
    }

    // MARK: Changes by hand

    /// Ends the episode when the agent's presence is no longer our doing.
    private mutating func judgeEpisode(
        _ presence: PresenceFacts?,
        _ writes: OwnWrites,
        _ isOutstanding: Bool
    ) -> EpisodeStep? {
        guard var current = episode, let presence else { return nil }
        let isByHand = Self.isByHand(
            presence,
            target: current.target,
            base: &current.base,
            hasWritten: current.hasWritten,
            writes,
            isOutstanding
        )
        if isByHand { return end(current, leaving: presence, isOutstanding) }
        // Our write and their leaving have crossed: they are put back where they went.
        if current.base.saved.system == .offline {
            overruled = Overruled(current)
            episode = nil
            releasing = PresenceRelease(rule: current.rule, base: current.base)
            let reason = "the agent had gone Offline just before the write"
            return .end(reason: reason, leaving: PresenceTarget(restoring: current.base.saved))
        }
        episode = current
        return nil
    }

    private mutating func end(_ ended: Episode, leaving presence: PresenceFacts, _ isOutstanding: Bool) -> EpisodeStep {
        overruled = Overruled(ended)
        episode = nil
        // A write that we do not know to be under way yet may still cover what the agent has chosen.
        if isOutstanding { releasing = PresenceRelease(rule: ended.rule, base: PresenceBase(presence)) }
        return .end(
            reason: "the agent changed the status to \(presence.name) by hand",
            leaving: isOutstanding ? PresenceTarget(restoring: presence) : nil
        )
    }

    /// The agent may choose anew while the earlier presence is on its way back, or just before it arrives.
    private mutating func judgeRelease(
        _ presence: PresenceFacts?,
        _ writes: OwnWrites,
        _ isOutstanding: Bool
    ) -> EpisodeStep? {
        guard var current = releasing, let presence, let target = PresenceTarget(restoring: current.base.saved)
        else { return nil }
        let isByHand = Self.isByHand(
            presence,
            target: target,
            base: &current.base,
            hasWritten: true,
            writes,
            isOutstanding
        )
        if isByHand {
            releasing = isOutstanding ? PresenceRelease(rule: current.rule, base: PresenceBase(presence)) : nil
            let reason = "the agent changed the status to \(presence.name) by hand: nothing is restored"
            return .end(reason: reason, leaving: isOutstanding ? PresenceTarget(restoring: presence) : nil)
        }
        releasing = current
        guard let changed = PresenceTarget(restoring: current.base.saved), changed != target else { return nil }
        return .restore(changed, reason: "the agent had changed the status to \(current.base.saved.name) just before")
    }

    /// The presence is the agent's own choice, made after what we wrote. Keeps `base` at the agent's last choice.
    private static func isByHand(
        _ presence: PresenceFacts,
        target: PresenceTarget,
        base: inout PresenceBase,
        hasWritten: Bool,
        _ writes: OwnWrites,
        _ isOutstanding: Bool
    ) -> Bool {
        if !writes.isOpen, let undecided = base.undecided {
            base.undecided = nil
            if undecided.isOlder(than: writes.newestAt) { base.cover(undecided) }
        }
        if writes.made(presence) || writes.mayHaveMade(presence) || presence.isSame(as: base.saved) { return false }
        if writes.isOpen, isOutstanding {
            base.undecided = presence
            return false
        }
        if target.isMet(by: presence) {
            // On its way back the agent has chosen the same.
            if target.isMet(by: base.saved) { base.cover(presence) }
            return false
        }
        if presence.isOlder(than: writes.newestAt) {
            base.cover(presence)
            return false
        }
        guard hasWritten || presence.definitionID != base.saved.definitionID else {
            base.saved = presence
            return false
        }
        return true
    }

    // MARK: The end

    /// No rule matches any more.
    private mutating func letGo(_ writes: OwnWrites, _ isOutstanding: Bool) -> EpisodeStep {
        guard let ended = episode else { return .none }
        episode = nil
        let reason = "rule '\(ended.rule)' no longer matches"
        // A wish under way may be on the wire already: only the wish for the earlier presence is sure to undo it, and
        // it costs nothing where there is nothing to undo.
        guard ended.hasWritten || writes.isOpen || isOutstanding else {
            return .end(reason: reason + "; nothing had been written", leaving: nil)
        }
        switch ended.release {
        case .keep:
            return .end(reason: reason + "; release: keep", leaving: nil)
        case .restore, .status:
            guard let saved = PresenceTarget(restoring: ended.base.saved) else {
                return .end(reason: reason + "; the presence before it is not known", leaving: nil)
            }
            releasing = PresenceRelease(rule: ended.rule, base: ended.base)
            return .restore(saved, reason: reason)
        }
    }

    private mutating func guarded(_ kind: String, _ reason: String) -> EpisodeStep {
        defer { lastGuard = kind }
        return kind == lastGuard ? .none : .guarded(reason)
    }
}

extension Episode {
    /// The match changes nothing: same rule, same status, and that status still means the same presence.
    fileprivate func holds(_ match: RuleMatch, _ wanted: PresenceTarget?) -> Bool {
        guard rule == match.rule, status == match.status else { return false }
        guard let wanted else { return true }
        return wanted.definitionID == target.definitionID && wanted.message == target.message
    }
}

extension PresenceFacts {
    fileprivate var name: String { system?.name ?? definitionID ?? "another" }

    fileprivate func isOlder(than time: Timestamp?) -> Bool {
        guard let time, let modifiedAt else { return false }
        return modifiedAt < time
    }
}
