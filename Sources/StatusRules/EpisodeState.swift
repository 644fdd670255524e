// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
import GenesysEvents

/// The episode of one agent and how it moves. Pure: the same inputs give the same steps.
public struct EpisodeState: Codable, Sendable, Equatable {
    /// A match that the agent has overruled by hand: it stays without effect until the rule lets go of it.
    public struct Overruled: Codable, Sendable, Equatable {
        var rule: String
        var status: String
        var conversationID: String?
        /// Other conversations by which it matched then; `nil` = none.
        var others: [String]?

        init(_ episode: Episode, _ input: EpisodeInput) {
            self.init(rule: episode.rule, status: episode.status, conversationID: episode.conversationID, input)
        }

        init(_ wish: ArmedWish, _ input: EpisodeInput) {
            self.init(rule: wish.rule, status: wish.status, conversationID: wish.conversationID, input)
        }

        private init(rule: String, status: String, conversationID: String?, _ input: EpisodeInput) {
            self.rule = rule
            self.status = status
            self.conversationID = conversationID
            guard conversationID != nil else { return }
            var facts = input.facts
            let ids = input.facts.conversations.compactMap { conversation -> String? in
                guard conversation.isLive, conversation.id != conversationID else { return nil }
                facts.conversations = [conversation]
                return input.matchAlone(rule, facts)?.status == status ? conversation.id : nil
            }
            if !ids.isEmpty { others = ids }
        }

        func covers(_ match: RuleMatch) -> Bool {
            guard rule == match.rule, status == match.status else { return false }
            return conversationID == match.conversationID
                || match.conversationID.map { others?.contains($0) == true } ?? false
        }

        /// The rule would still want it, were it the only one and were all heard of.
        func isStillMet(_ input: EpisodeInput) -> Bool {
            input.matchAlone(rule, input.facts).map(covers) ?? false
        }
    }

    /// The episode under way; `nil` = no rule holds the agent.
    public internal(set) var episode: Episode?
    /// A status that is wanted once an interaction is over. Nothing is done for it until then.
    public internal(set) var armed: ArmedWish?
    /// The end of an earlier episode, until `released` is called.
    public internal(set) var releasing: PresenceRelease?
    /// The match that the agent has overruled by hand.
    public internal(set) var overruled: Overruled?
    /// The guards that the last look has met, so that each is reported once and not with every event.
    private(set) var guards: [String]?
    /// The event that made a rule match while the presence was unknown: an episode that begins when it is read is owed
    /// to that event, not to the read.
    var awaitingPresence: String?
    /// Rules that begin nothing for a while.
    var cooldowns: Cooldowns?
    /// When changes by hand were undone, where a rule says so.
    var contests: [Timestamp]?

    /// No rule has ever matched.
    public init() {}

    /// Nothing is known that a new state would not know.
    public var isSilent: Bool {
        // By their cases: `== nil` copies each of them first.
        if case .some = episode { return false }
        if case .some = armed { return false }
        if case .some = releasing { return false }
        if case .some = overruled { return false }
        return guards == nil && awaitingPresence == nil && cooldowns == nil && contests == nil
    }

    /// A write of ours was accepted: from now on the end of the episode has something to put back.
    public mutating func noteWrite() { episode?.hasWritten = true }

    /// A read made after a write without an answer: unless it shows what was there before, the write may have happened,
    /// and somebody may have changed the presence after it.
    public mutating func noteRead(_ presence: PresenceFacts) {
        if let base = episode?.base, !presence.isSame(as: base.saved) { noteWrite() }
    }

    /// The wish for what follows an episode is settled.
    public mutating func released() { releasing = nil }

    /// Takes the rules' verdict for the agent's facts; returns what has to be done.
    public mutating func advance(_ input: EpisodeInput) -> EpisodeMove {
        if cooldowns != nil || contests != nil { forgetPast(input.now) }
        var look = EpisodeLook(known: guards)
        take(input, &look)
        waitForNews(input, &look)
        guards = look.guards
        return look.move
    }

    private mutating func take(_ input: EpisodeInput, _ look: inout EpisodeLook) {
        let ended = judgeHand(input)
        // Set again over a change by hand: there is nothing else to decide.
        if case .set = ended { return look.add(ended) }
        let (match, hasLetGo) = decidingMatch(input, &look)
        guard let match else {
            // It has not let go while a conversation is being read again.
            if input.unheard.isEmpty || overruled?.isStillMet(input) != true { overruled = nil }
            awaitingPresence = nil
            if let ended { return look.add(ended) }
            disarm(&look) { "rule '\($0.rule)' no longer matches" }
            return letGo(input, &look)
        }
        if let overruled {
            if overruled.covers(match) {
                if let ended { return look.add(ended) }
                let reason = "the agent changed the status by hand: the rule waits until it matches anew"
                look.guarded("overruled", match.rule, reason)
                return judgeOther(than: match, input, &look)
            }
            // That another rule decides meanwhile is no new match of this one.
            if match.rule == overruled.rule || !overruled.isStillMet(input) { self.overruled = nil }
        }
        let wanted = input.target(match.status)
        if let current = episode, current.holds(match, wanted) {
            episode?.conversationID = match.conversationID
            episode?.behavior = match.behavior
            episode?.order = match.order
            return disarm(&look) { _ in "rule '\(match.rule)' wants \(match.status)" }
        }
        guard input.policy.mayTouch(input.facts.id) else {
            let reason = "the configuration excludes this agent"
            return refuse(match, ended, hasLetGo, "excluded", reason, input, &look)
        }
        let waiting = Waiting(match, input.facts, now: input.now) { look.move.wake(at: $0) }
        if let waiting {
            wait(waiting, match, wanted, ended, hasLetGo, input, &look)
        } else {
            begin(match, wanted, ended, hasLetGo, input, &look)
        }
    }

    private mutating func forgetPast(_ now: Timestamp) {
        cooldowns?.forget(before: now)
        if cooldowns?.isEmpty == true { cooldowns = nil }
        let oldest = now.advanced(by: .zero - Self.contestSpan)
        contests?.removeAll { $0 <= oldest }
        if contests?.isEmpty == true { contests = nil }
    }
}

/// What one look comes to.
struct EpisodeLook {
    var move = EpisodeMove()
    private let known: [String]
    private var met: [String] = []

    init(known: [String]?) { self.known = known ?? [] }

    /// The guards that were met; `nil` = none.
    var guards: [String]? { met.isEmpty ? nil : met }

    mutating func add(_ step: EpisodeStep?) {
        if let step { move.steps.append(step) }
    }

    /// A rule must not do something: told when the last look did not meet the same.
    mutating func guarded(_ kind: String, _ rule: String, _ reason: String) {
        let guarding = "\(kind) \(rule)"
        met.append(guarding)
        if !known.contains(guarding) { add(.guarded(reason)) }
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
