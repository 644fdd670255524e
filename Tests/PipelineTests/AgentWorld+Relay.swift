// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents
import Journal
import StatusRules

@testable import Delivery
@testable import Pipeline

/// The relay's two actors, step by step, and their deaths.
extension AgentWorld {
    // MARK: Delivery

    mutating func deliveryLooks() {
        nextLook = nil
        guard awaited == nil, !awaitsJudgement else { return }
        let (call, reports) = delivery.nextCall(now: now)
        inbox += reports
        guard let call else { return }
        if delivery.nextCall(now: now).call != nil { complaints.append("two calls at once") }
        if case .write(let target) = call {
            check(target)
            onTheWire = target.definitionID
        }
        var fault: Fault?
        if !isQuiet, random.chance(0.3), faults < 12 {
            fault = Fault.allCases.randomElement(using: &random)
            // Fewer than make the relay give up.
            if fault == .nothingDone { nothingDone += 1 }
            if fault == .nothingDone, nothingDone > 2 { fault = nil }
            faults += fault == nil ? 0 : 1
        }
        note("calls \(call)\(fault.map { " (\($0))" } ?? "")")
        schedule(.reachesGenesys(call, fault, life: life), within: 1...40)
    }

    mutating func answered(_ call: AgentDelivery.Call, _ result: Result<UserPresence, GenesysAPIError>) {
        switch call {
        case .write:
            inbox += delivery.wrote(result, now: now, random: 0.3)
            awaitsJudgement = true
            onTheWire = nil
        case .read:
            inbox += delivery.didRead(result, now: now, random: 0.3)
            if case .success(let seen) = result {
                journal.append((presence(PresenceFacts(seen)), .observation, now))
                awaited = journal.count
            }
        }
    }

    mutating func check(_ target: PresenceTarget) {
        writes += 1
        let last = changes[changes.count - 1]
        if told?.system == .offline, truth.system == .offline, last.author == .human {
            complaints.append("\(now): a write to an Offline agent")
        }
        guard last.author == .human, last.at > lastAttempt, let held else { return }
        // To choose once more what one has is no word, and what a write without an answer may have set is taken for it.
        let saved = record.episodes.episode?.base.saved.definitionID
        guard last.presence.definitionID != saved, !record.writes.made(last.presence) else { return }
        if toldWords.contains(last.at), let heard = heardAt[last.at], held.since < heard {
            complaints.append("\(now): \(target) is written over what the agent was known to have chosen")
        }
    }

    // MARK: The pipeline

    mutating func wakeRelay() {
        guard isUp else { return }
        if !pipelineIsBusy, !inbox.isEmpty || journal.count > applied || looksAgain {
            pipelineIsBusy = true
            schedule(.pipelineReads(life: life), within: 0...2)
        }
        guard awaited == nil, !awaitsJudgement, delivery.deadline != nil || delivery.hasWork else { return }
        let due = max(delivery.deadline ?? now, now)
        if let nextLook, nextLook <= due.advanced(by: .milliseconds(3)) { return }
        nextLook = due.advanced(by: .milliseconds(3))
        order += 1
        let at = due.advanced(by: .milliseconds(Int.random(in: 0...3, using: &random)))
        happenings.append((at, order, .deliveryLooks(life: life)))
    }

    mutating func pipelineReads() {
        schedule(.pipelineDecides(upTo: journal.count, life: life), within: 0...3)
    }

    mutating func pipelineDecides(upTo: Int) {
        var effects: [Effect] = []
        let isReportsOnly = upTo <= applied && !looksAgain
        let reports = inbox
        inbox = []
        for report in reports {
            note("  report \(report.revision) \(report.status.state): \(report.summary)")
            keep(engine.take(report, now: now, into: &record), &effects)
        }
        for index in applied..<max(applied, upTo) {
            let (notification, source, receivedAt) = journal[index]
            let entry = JournalEntry(
                key: "entry-\(index)",
                source: source,
                topic: notification.topicName,
                agentID: "agent",
                receivedAt: receivedAt,
                body: []
            )
            keep(engine.take(notification, from: entry, now: now, into: &record), &effects)
            if case .presence = notification.event, let seen = record.facts.presence {
                hear(seen)
                effects.append(.observed(seen))
            }
        }
        applied = max(applied, upTo)
        if looksAgain, applied == journal.count {
            looksAgain = false
            keep(engine.look(eventKey: "restart", eventTime: record.heardAt, now: now, into: &record), &effects)
        }
        if isReportsOnly, effects.isEmpty {
            // Written later, with whatever comes next.
            schedule(.pipelineCatchesUp(life: life), within: 50...55)
            return pipelineTells([])
        }
        schedule(.pipelineCommits(upTo: applied, effects, life: life), within: 0...4)
    }

    mutating func hear(_ seen: PresenceFacts) {
        if let word = seen.modifiedAt, heardAt[word] == nil { heardAt[word] = now }
        guard let change = changes.last(where: { $0.at == seen.modifiedAt }), change.author == .human else { return }
        if change.at > (lastWordTold?.at ?? change.at) {
            lastWordTold = change
            hasWordSinceMatch = true
        }
    }

    mutating func keep(_ outcome: DecisionEngine.Outcome, _ effects: inout [Effect]) {
        for line in outcome.history { note("  \(line.kind) \(line.summary)") }
        let match = engine.rules.evaluate(record.facts, tracing: false).match
        // The same wish from another call goes on with the episode.
        if match?.rule != self.match?.rule || match?.status != self.match?.status { hasWordSinceMatch = false }
        self.match = match
        if case .want(let wish)? = outcome.command { attempts[wish.target.definitionID] = now }
        if let command = outcome.command { effects.append(.command(command)) }
    }

    mutating func pipelineCommits(_ upTo: Int, _ effects: [Effect]) {
        committed = record
        committedUpTo = upTo
        schedule(.pipelineTells(effects, life: life), within: 0...3)
    }

    mutating func pipelineTells(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .command(.want(let wish)):
                wishes += 1
                held = wish
                let checkFirst = !record.writes.unanswered.isEmpty
                delivery.want(wish, observed: record.facts.presence, checkFirst: checkFirst)
            case .command(.withdraw): delivery.withdraw()
            case .command(.read): delivery.wantRead()
            case .observed(let seen):
                inbox += delivery.observed(seen, now: now)
                told = seen
                if let word = seen.modifiedAt { toldWords.insert(word) }
            }
        }
        if let place = awaited, place <= applied { awaited = nil }
        if inbox.isEmpty { awaitsJudgement = false }
        pipelineIsBusy = false
    }

    // MARK: Death

    mutating func killRelay() {
        guard isUp else { return }
        note("--- killed")
        life += 1
        lives += 1
        isUp = false
        // A call on the wire arrives before the next process has begun to look.
        schedule(.start, within: 60...2000)
    }

    mutating func startRelay() {
        note("--- started")
        isUp = true
        do {
            record = try AgentRecord(stored: try committed.stored())
        } catch {
            complaints.append("the stored state cannot be read: \(error)")
        }
        applied = committedUpTo
        inbox = []
        pipelineIsBusy = false
        awaited = nil
        awaitsJudgement = false
        nextLook = nil
        onTheWire = nil
        // What was heard and not committed is heard again.
        let known = record.facts.presence?.modifiedAt ?? Timestamp(milliseconds: 0)
        heardAt = heardAt.filter { $0.key <= known }
        toldWords = []
        told = nil
        held = record.isOutstanding ? record.wish : nil
        match = engine.rules.evaluate(record.facts, tracing: false).match
        delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        switch engine.resume(now: now, into: &record) {
        case .want(let wish): delivery.want(wish, observed: record.facts.presence, checkFirst: true)
        case .read: delivery.wantRead()
        case .withdraw, nil: break
        }
        looksAgain = true
    }
}
