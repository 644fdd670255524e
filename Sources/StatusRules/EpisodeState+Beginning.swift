// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents

/// How a match becomes an episode: at once, once something is over, or not at all.
extension EpisodeState {
    /// The match may not act before something is over.
    mutating func wait(
        _ waiting: Waiting,
        _ match: RuleMatch,
        _ wanted: PresenceTarget?,
        _ ended: EpisodeStep?,
        _ hasLetGo: Bool,
        _ input: EpisodeInput,
        _ look: inout EpisodeLook
    ) {
        if armed?.isFor(match) == true {
            armed?.go(on: match, waiting)
            if armed?.base == nil { armed?.base = input.facts.presence.map(PresenceBase.init) }
            if !hasLetGo { armed?.remember(match, input) }
            look.add(ended)
            return judgeOther(than: match, input, &look)
        }
        if let hindrance = hindrance(match, wanted, input, &look) {
            return refuse(match, ended, hasLetGo, hindrance.kind, hindrance.reason, input, &look)
        }
        var wish = ArmedWish(match, waiting, input)
        if let armed, armed.rule == match.rule { wish.conversations = armed.conversations }
        if !hasLetGo { wish.remember(match, input) }
        armed = wish
        look.add(ended)
        judgeOther(than: match, input, &look)
        let isGuard = match.behavior.apply == .now
        let cause = isGuard ? "the agent is On Queue and in an interaction: " : ""
        look.add(
            .armed(reason: "\(cause)rule '\(match.rule)' wants \(match.status) \(waiting.text)", isGuard: isGuard)
        )
        // It may have to be read first, and until then nobody can tell a change by hand.
        if input.facts.presence == nil { look.add(.readPresence) }
    }

    /// The match acts now, unless a guard keeps it from doing so.
    mutating func begin(
        _ match: RuleMatch,
        _ wanted: PresenceTarget?,
        _ ended: EpisodeStep?,
        _ hasLetGo: Bool,
        _ input: EpisodeInput,
        _ look: inout EpisodeLook
    ) {
        let waited = armed.flatMap { $0.isFor(match) ? $0 : nil }
        guard let presence = input.facts.presence else {
            awaitingPresence = awaitingPresence ?? waited?.eventKey ?? input.trigger.eventKey
            return look.add(ended ?? .readPresence)
        }
        if match.behavior.guards.offline,
            presence.system == .offline || releasing?.isToOffline == true
        {
            let reason = "the agent is Offline: never moved out of it"
            return refuse(match, ended, hasLetGo, "offline", reason, input, &look)
        }
        if let hindrance = hindrance(match, wanted, input, &look) {
            return refuse(match, ended, hasLetGo, hindrance.kind, hindrance.reason, input, &look)
        }
        guard let wanted else { return }
        if let current = episode, let end = current.minimumEnd, input.now < end, !current.yields(to: match) {
            look.move.wake(at: end)
            return look.guarded("minimum", match.rule, current.heldText(until: end))
        }
        if case .disarmed = ended { look.add(ended) }
        if waited == nil { disarm(&look) { _ in "rule '\(match.rule)' wants \(match.status)" } }
        if let taken = episode, taken.rule != match.rule { rest(after: taken, input.now) }
        let base = episode?.base ?? releasing?.nextBase ?? PresenceBase(presence)
        episode = Episode(
            rule: match.rule,
            status: match.status,
            conversationID: match.conversationID,
            behavior: match.behavior,
            order: match.order,
            since: input.now,
            eventKey: awaitingPresence ?? waited?.eventKey ?? input.trigger.eventKey,
            target: wanted,
            base: base.beginning(with: presence),
            hasWritten: episode?.hasWritten ?? (releasing != nil || input.writes.isOpen),
            outlastsMatch: hasLetGo
        )
        armed = nil
        releasing = nil
        awaitingPresence = nil
        let cause = waited.map {
            $0.waiting.kind == .interaction ? "the interaction is over: " : "after-call work is done: "
        }
        look.add(.set(wanted, reason: "\(cause ?? "")rule '\(match.rule)' wants \(match.status)"))
    }

    /// The match must not act, now or later. What an armed wish has waited for is over then: a chance that has passed.
    mutating func refuse(
        _ match: RuleMatch,
        _ ended: EpisodeStep?,
        _ hasLetGo: Bool,
        _ kind: String,
        _ reason: String,
        _ input: EpisodeInput,
        _ look: inout EpisodeLook
    ) {
        armed = nil
        if let ended { return look.add(ended) }
        let consequence = hasLetGo ? "; \(match.status) is not wanted any more" : ""
        look.guarded(kind, match.rule, reason + consequence)
        judgeOther(than: match, input, &look)
    }

    /// The match cannot take over from the episode of another rule: that goes on while its own rule matches.
    mutating func judgeOther(than match: RuleMatch, _ input: EpisodeInput, _ look: inout EpisodeLook) {
        guard let current = episode, current.rule != match.rule else { return }
        if let own = input.matchAlone(current.rule, input.facts), own.status == current.status {
            episode?.conversationID = own.conversationID
            episode?.behavior = own.behavior
            return
        }
        letGo(input, &look)
    }

    private func hindrance(
        _ match: RuleMatch,
        _ wanted: PresenceTarget?,
        _ input: EpisodeInput,
        _ look: inout EpisodeLook
    ) -> (kind: String, reason: String)? {
        if let reason = input.policy.tooOld(input.trigger, match.behavior.guards, now: input.now) {
            return ("maxEventAge", reason)
        }
        if wanted == nil { return ("unresolved", "status '\(match.status)' has no presence definition") }
        guard episode?.rule != match.rule, let end = cooldowns?.end(for: match) else { return nil }
        let cooldown = match.behavior.cooldown.map(DurationSyntax.format) ?? ""
        look.move.wake(at: end)
        return ("cooldown", "rule '\(match.rule)' begins no episode before \(end) (cooldown \(cooldown))")
    }

    /// What was wanted later is not wanted any more.
    mutating func disarm(_ look: inout EpisodeLook, _ reason: (ArmedWish) -> String) {
        guard let wish = armed else { return }
        armed = nil
        look.add(.disarmed(reason: "\(reason(wish)): \(wish.status) is not wanted any more \(wish.waiting.text)"))
    }
}

extension Episode {
    /// While `minimum` lasts: to an earlier rule, and to what is the same status after all.
    fileprivate func yields(to match: RuleMatch) -> Bool {
        match.order < order || (match.rule == rule && match.status == status)
    }

    /// For people: why it goes on.
    func heldText(until end: Timestamp) -> String {
        let minimum = behavior.minimum.map(DurationSyntax.format) ?? ""
        return "rule '\(rule)' holds \(status) until \(end) (minimum \(minimum))"
    }
}
