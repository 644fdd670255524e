// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import StatusRules

@testable import Delivery
@testable import Pipeline

/// Rules that take time: the clock that wakes the relay, after-call work, and what must be true of such decisions.
extension RelayWorld {
    /// One rule of each kind; the flag of a call is the status that it asks for.
    static let timedRules = """
        statuses:
          Break: { presence: Break }
          Meeting: { presence: Meeting }
          Lunch: { presence: Meal }
          Training: { presence: Training }
          Busy: { presence: Busy }
          Desk: { presence: Available }
          Idle: { presence: Idle }
          Long: { presence: Away }
        rules:
          - name: flagged
            when: { conversation: { attributes.wfm_status: { in: [Break, Meeting] } } }
            then: { status: "${conversation.attributes.wfm_status}" }
          - name: lunch
            when: { conversation: { attributes.wfm_status: Lunch } }
            then: { status: Lunch, apply: afterInteraction, minimum: 90s }
          - name: training
            when: { conversation: { attributes.wfm_status: Training } }
            then: { status: Training, apply: afterCallWork }
          - name: busy
            when: { conversation: { attributes.wfm_status: Busy } }
            then: { status: Busy, minimum: 30s, release: Desk }
          - name: idle
            when: { conversation: { attributes.wfm_status: Idle } }
            then: { status: Idle, cooldown: 20s }
          - name: long
            when: { conversation: { attributes.wfm_status: Long, for: 3s } }
            then: { status: Long }
        """
    static let timedFlags: [String?] = [nil, "Break", "Lunch", "Training", "Busy", "Idle", "Long"]

    var hasWork: Bool { flags.contains("Training") }

    func isDeferred(_ match: RuleMatch) -> Bool { match.behavior.apply != .now }

    /// An earlier rule has a status armed, and decides although its call has ended.
    func isHidden(_ match: RuleMatch, _ record: AgentRecord) -> Bool {
        record.episodes.armed.map { $0.order < match.order } ?? false
    }

    /// What the rules make of an agent now.
    func match(_ record: AgentRecord) -> RuleMatch? {
        engine.rules.evaluate(record.facts, EvaluationContext(now: now, holds: record.holds), tracing: false).match
    }

    // MARK: After-call work

    mutating func beginWork(_ person: inout Person) {
        guard hasWork, random.chance(0.5) else { return }
        person.inWork.insert(person.conversation)
        schedule(.work(person.id, conversation: person.conversation, flag: person.flag), within: 100...15_000)
    }

    mutating func workIsDone(_ id: String, _ conversation: Int, _ flag: String?) {
        people[id]?.inWork.remove(conversation)
        note("\(id) call \(conversation) after-call work done")
        let isTakenBack = !isQuiet && random.chance(0.1)
        arriveCall(id, conversation, flag: isTakenBack ? nil : flag, isTalking: false)
    }

    // MARK: The relay's clock

    /// Sees to it that the relay wakes for the first agent whose time comes; `true` = it has come.
    mutating func ringInTime() -> Bool {
        guard let next = timers.next() else { return false }
        if next <= now { return true }
        if nextTimer.map({ next < $0 }) ?? true {
            nextTimer = next
            schedule(.timerRings(life: life), at: next)
        }
        return false
    }

    /// `true` = somebody's time had come.
    mutating func wakeDue(_ effects: inout [Effect]) -> Bool {
        let due = timers.popDue(at: now, limit: .max)
        for id in due {
            guard var record = records[id] else { continue }
            let outcome = engine.wake(now: now, into: &record)
            keep(outcome, &record, &effects)
        }
        return !due.isEmpty
    }

    // MARK: What must be true of each decision

    mutating func judgeDecision(
        _ outcome: DecisionEngine.Outcome,
        _ before: AgentRecord?,
        _ record: AgentRecord,
        _ person: Person,
        _ match: RuleMatch?
    ) {
        let id = record.facts.id
        let conversations = record.facts.conversations
        let isTalking = conversations.contains(where: \.isInteraction)
        let isWorking = conversations.contains { $0.isLive && $0.isEnded }
        if let armed = record.episodes.armed, armed.waiting.conversationIDs.isEmpty {
            complaints.append("\(now): \(id): \(armed.status) is armed and waits for nothing")
        }
        if case .want(let wish)? = outcome.command, wish.purpose == .set {
            let isLunch = wish.target == Self.targets["Lunch"]
            let isTraining = wish.target == Self.targets["Training"]
            if isTalking, isLunch || isTraining {
                complaints.append("\(now): \(id): \(wish.target.definitionID) is wanted in the middle of a call")
            }
            if isWorking, isTraining {
                complaints.append("\(now): \(id): training is wanted before after-call work is done")
            }
        }
        judgeOrder(before, record)
        // Whatever was flagged until the end of its call, and nobody has taken back or overruled, comes then.
        guard let last = person.match, isDeferred(last), match == nil, !person.hasWordSinceMatch,
            before.map({ !isHidden(last, $0) }) ?? true,
            let call = conversations.first(where: { $0.id == last.conversationID }), !call.isLive,
            call.attributes["wfm_status"] == last.status, !isTalking, !isWorking || last.rule == "lunch",
            let presence = record.facts.presence, presence.system != .offline, !record.writes.isOpen,
            before?.facts.presence == record.facts.presence, before?.episodes.releasing?.base.saved.system != .offline
        else { return }
        let episodes = record.episodes
        if episodes.episode?.status != last.status, episodes.armed?.status != last.status,
            before?.episodes.episode?.status != last.status
        {
            complaints.append("\(now): \(id): \(last.status) was flagged until the end of the call and is not set")
        }
    }

    /// What is armed decides, whatever later rules match: also when its call is over, if it was flagged until then.
    private mutating func judgeOrder(_ before: AgentRecord?, _ record: AgentRecord) {
        let id = record.facts.id
        guard let armed = before?.episodes.armed, let new = record.episodes.episode, new.order > armed.order,
            before?.episodes.episode?.rule != new.rule, before?.facts.presence == record.facts.presence,
            !record.writes.isOpen, before?.writes.isOpen != true,
            let call = record.facts.conversations.first(where: { $0.id == armed.conversationID }),
            call.attributes["wfm_status"] == armed.status
        else { return }
        complaints.append("\(now): \(id): \(new.status) begins although \(armed.status) is armed before it")
    }

    // MARK: What must be true of what is stored

    /// The relay's state reaches its disk; only what is there has ever happened.
    mutating func commit(upTo: Int) {
        for id in ids {
            let yielded = people[id]?.yielded ?? []
            people[id]?.yielded = []
            people[id]?.commitWord()
            guard let old = committed[id]?.episodes.episode, let record = records[id], var person = people[id] else {
                judgeCooldown(id)
                continue
            }
            let new = record.episodes.episode
            guard new?.rule != old.rule || new?.status != old.status else { continue }
            person.endedAt[old.rule] = now
            people[id] = person
            judgeCooldown(id)
            let heard = person.heardAt[person.lastWordTold.at] ?? Self.start
            // Whoever had gone Offline just before the write is put back.
            if person.lastWordTold.presence.system == .offline { continue }
            let hasYielded = yielded.contains(old.rule)
            if let end = old.minimumEnd, now < end, heard < old.since, !hasYielded {
                complaints.append("\(now): \(id): \(old.status) has ended before its minimum, at \(end)")
            }
        }
        committed = records
        committedUpTo = upTo
    }

    private mutating func judgeCooldown(_ id: String) {
        guard let new = records[id]?.episodes.episode, let cooldown = new.behavior.cooldown,
            committed[id]?.episodes.episode?.rule != new.rule, let ended = people[id]?.endedAt[new.rule],
            // A decision is stored a moment after it was made.
            new.since < ended.advanced(by: cooldown - .milliseconds(20))
        else { return }
        complaints.append("\(now): \(id): \(new.status) begins within its cooldown, \(ended) to \(new.since)")
    }

    // MARK: What must be true in the end

    /// The presence is what an episode holds although its rule has let go, or what one was released to.
    func isExplained(_ truth: PresenceFacts, of person: Person, _ record: AgentRecord) -> Bool {
        if let episode = record.episodes.episode {
            return episode.outlastsMatch && episode.behavior.minimum == nil
                && truth.definitionID == episode.target.definitionID
        }
        guard truth.definitionID == Self.targets["Desk"]?.definitionID, let wish = record.wish,
            wish.purpose == .restore, wish.target.definitionID == truth.definitionID
        else { return false }
        // The agent has not chosen anything since.
        return (person.heardAt[person.lastWordTold.at] ?? Self.start) <= wish.since
    }

    mutating func judgeTiming(_ id: String) {
        guard let person = people[id], let record = records[id] else { return }
        if let coincidence = person.coincidence, coincidence >= person.lastWordTold.at { return }
        let match = match(record)
        let isTalking = record.facts.conversations.contains(where: \.isInteraction)
        if let episode = record.episodes.episode {
            if person.truth.definitionID != episode.target.definitionID {
                complaints.append("\(id): \(episode.status) is held, but it is \(person.truth.definitionID ?? "")")
            }
            let isOwn = match?.rule == episode.rule && match?.status == episode.status
            // A deferred status of a call that goes on leaves the earlier one alone.
            if !isOwn, !episode.outlastsMatch {
                complaints.append("\(id): \(episode.status) is held and nothing wants it")
            }
            if episode.outlastsMatch, episode.behavior.minimum != nil, !isOwn {
                complaints.append("\(id): \(episode.status) is held beyond its minimum")
            }
        }
        if let armed = record.episodes.armed, !isTalking {
            complaints.append("\(id): \(armed.status) is armed although nothing goes on")
        }
        if let match, !isDeferred(match), record.episodes.episode == nil, !person.hasWordSinceMatch,
            person.lastWordTold.presence.system != .offline, !isHidden(match, record)
        {
            complaints.append("\(id): \(match.status) matches, nobody objects, and no episode holds it")
        }
        if let due = record.wakeAt, due <= now { complaints.append("\(id): the time \(due) has passed unnoticed") }
    }
}
