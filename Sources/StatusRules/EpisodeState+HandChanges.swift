// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// What the agent, or anybody but us, has made of the presence.
extension EpisodeState {
    /// A rule may undo so many changes by hand in so long a time (`guards.humanChange: false`). More than that is a war
    /// with somebody who means it, or with another program: then the other side wins.
    private static let maxContests = 3
    static let contestSpan = Duration.seconds(600)

    /// Ends what the agent has overruled; returns what follows from that. A `.set`: the change is undone.
    mutating func judgeHand(_ input: EpisodeInput) -> EpisodeStep? {
        guard let presence = input.facts.presence else { return nil }
        let hadWish = episode != nil || releasing != nil
        let step = episode != nil ? judgeEpisode(presence, input) : judgeRelease(presence, input)
        guard let wish = armed, wish.behavior.guards.humanChange else { return step }
        if hadWish {
            // One change takes back both.
            guard case .end = step else { return step }
            overruled = Overruled(wish, input)
            armed = nil
            return step
        }
        return step ?? judgeArmed(wish, presence, input)
    }

    private mutating func judgeArmed(_ wish: ArmedWish, _ presence: PresenceFacts, _ input: EpisodeInput)
        -> EpisodeStep?
    {
        guard var base = wish.base, let target = input.target(wish.status) else { return nil }
        guard isByHand(presence, target: target, base: &base, hasWritten: false, input) else {
            armed?.base = base
            return nil
        }
        overruled = Overruled(wish, input)
        armed = nil
        let text = "the agent changed the status to \(presence.name) by hand"
        return .disarmed(reason: "\(text): \(wish.status) is not wanted any more \(wish.waiting.text)")
    }

    /// Ends the episode when the agent's presence is no longer our doing.
    private mutating func judgeEpisode(_ presence: PresenceFacts, _ input: EpisodeInput) -> EpisodeStep? {
        guard var current = episode else { return nil }
        let isByHand = isByHand(
            presence,
            target: current.target,
            base: &current.base,
            hasWritten: current.hasWritten,
            input
        )
        if isByHand {
            return contest(current, presence, input) ?? end(current, leaving: presence, input)
        }
        // Our write and their leaving have crossed: they are put back where they went.
        if current.base.saved.system == .offline, current.behavior.guards.offline {
            overruled = Overruled(current, input)
            episode = nil
            rest(after: current, input.now)
            releasing = PresenceRelease(rule: current.rule, base: current.base)
            let reason = "the agent had gone Offline just before the write"
            return .end(reason: reason, leaving: PresenceTarget(restoring: current.base.saved))
        }
        episode = current
        return nil
    }

    /// Where the rule says so and still matches, its status is set again, over what is the agent's own from now on.
    private mutating func contest(_ current: Episode, _ presence: PresenceFacts, _ input: EpisodeInput) -> EpisodeStep?
    {
        guard let match = input.match, match.rule == current.rule, match.status == current.status,
            !match.behavior.guards.humanChange, input.policy.mayTouch(input.facts.id),
            presence.system != .offline || !match.behavior.guards.offline
        else { return nil }
        let earlier = contests ?? []
        guard earlier.count < Self.maxContests else { return nil }
        contests = earlier + [input.now]
        episode?.base = PresenceBase(presence)
        episode?.hasWritten = true
        let text = "the agent changed the status to \(presence.name) by hand: rule '\(current.rule)' sets"
        let count = "guards.humanChange: false, \(earlier.count + 1) of \(Self.maxContests) times in 10 min"
        return .set(current.target, reason: "\(text) \(current.status) again (\(count))")
    }

    private mutating func end(_ ended: Episode, leaving presence: PresenceFacts, _ input: EpisodeInput) -> EpisodeStep {
        overruled = Overruled(ended, input)
        episode = nil
        rest(after: ended, input.now)
        // A write that we do not know to be under way yet may still cover what the agent has chosen.
        if input.isOutstanding { releasing = PresenceRelease(rule: ended.rule, base: PresenceBase(presence)) }
        let isTooOften = !ended.behavior.guards.humanChange && (contests?.count ?? 0) >= Self.maxContests
        return .end(
            reason: "the agent changed the status to \(presence.name) by hand"
                + (isTooOften ? ", after \(Self.maxContests) times in 10 min: it stays" : ""),
            leaving: input.isOutstanding ? PresenceTarget(restoring: presence) : nil
        )
    }

    /// The agent may choose anew while the earlier presence is on its way back, or just before it arrives.
    private mutating func judgeRelease(_ presence: PresenceFacts, _ input: EpisodeInput) -> EpisodeStep? {
        guard var current = releasing, let target = current.wanted else { return nil }
        let isByHand = isByHand(presence, target: target, base: &current.base, hasWritten: true, input)
        if isByHand {
            let next = PresenceRelease(rule: current.rule, base: PresenceBase(presence))
            releasing = input.isOutstanding ? next : nil
            let reason = "the agent changed the status to \(presence.name) by hand: nothing is restored"
            return .end(reason: reason, leaving: input.isOutstanding ? PresenceTarget(restoring: presence) : nil)
        }
        releasing = current
        guard let changed = current.wanted, changed != target else { return nil }
        let reason = "the agent had changed the status to \(current.base.saved.name) just before"
        return .restore(changed, reason: "\(reason): restore \(changed)")
    }

    /// The presence is the agent's own choice, made after what we wrote. Keeps `base` at the agent's last choice.
    private func isByHand(
        _ presence: PresenceFacts,
        target: PresenceTarget,
        base: inout PresenceBase,
        hasWritten: Bool,
        _ input: EpisodeInput
    ) -> Bool {
        let writes = input.writes
        if !writes.isOpen, let undecided = base.undecided {
            base.undecided = nil
            if undecided.isOlder(than: writes.newestAt) { base.cover(undecided) }
        }
        if writes.made(presence) || writes.mayHaveMade(presence) || presence.isSame(as: base.saved) { return false }
        if writes.isOpen, input.isOutstanding {
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
}
