// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// How an episode ends when its rule no longer matches.
extension EpisodeState {
    /// The rule of the episode no longer matches, or has not for a while.
    mutating func letGo(_ input: EpisodeInput, _ look: inout EpisodeLook) {
        guard let current = episode else { return }
        if let end = current.minimumEnd, input.now < end {
            look.move.wake(at: end)
            return look.guarded("minimum", current.rule, current.heldText(until: end))
        }
        if current.outlastsMatch, current.behavior.minimum == nil { return }
        let guards = current.behavior.guards
        if let reason = input.policy.tooOldToRelease(input.trigger, guards, now: input.now) {
            let consequence = ": \(current.status) is not released until something newer is heard"
            return look.guarded("maxReleaseAge", current.rule, reason + consequence)
        }
        release(current, input, &look)
    }

    private mutating func release(_ ended: Episode, _ input: EpisodeInput, _ look: inout EpisodeLook) {
        episode = nil
        rest(after: ended, input.now)
        let reason =
            ended.outlastsMatch
            ? "the minimum of rule '\(ended.rule)' is over" : "rule '\(ended.rule)' no longer matches"
        // A wish under way may be on the wire already: only the wish for what follows is sure to undo it, and it costs
        // nothing where there is nothing to undo.
        guard ended.hasWritten || input.writes.isOpen || input.isOutstanding else {
            return look.add(.end(reason: reason + "; nothing had been written", leaving: nil))
        }
        var next = PresenceRelease(rule: ended.rule, base: ended.base)
        switch ended.release {
        case .keep:
            return look.add(.end(reason: reason + "; release: keep", leaving: nil))
        case .restore:
            guard let saved = next.wanted else {
                let reason = reason + "; the presence before it is not known"
                return look.add(.end(reason: reason, leaving: nil))
            }
            releasing = next
            look.add(.restore(saved, reason: "\(reason): restore \(saved)"))
        case .status(let name):
            guard let target = input.target(name) else {
                let reason = reason + "; status '\(name)', which it releases to, has no presence definition"
                return look.add(.end(reason: reason, leaving: nil))
            }
            next.target = target
            next.decidedAfter = [input.writes.newestAt, ended.base.saved.modifiedAt].compactMap(\.self).max()
            releasing = next
            look.add(.restore(target, reason: "\(reason): release to \(name)"))
        }
    }

    /// From the end of an episode, however it ended, its rule rests as long as it says.
    mutating func rest(after ended: Episode, _ now: Timestamp) {
        guard ended.behavior.cooldown != nil else { return }
        var rests = cooldowns ?? Cooldowns()
        rests.begin(ended.rule, ended.behavior, now: now)
        cooldowns = rests
    }
}
