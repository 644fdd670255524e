// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents
import Journal

@testable import Delivery
@testable import Pipeline
@testable import StatusRules

/// The relay's actors, step by step, and their deaths.
extension RelayWorld {
    // MARK: Delivery and the gate

    /// What the plan has left to be done, as its actor does it.
    mutating func flush() {
        let outbox = plan.outbox
        plan.outbox = DeliveryPlan.Outbox()
        inbox += outbox.reports
        reportsPut += outbox.reports.count
        for lane in outbox.passes {
            lastPass += 1
            passLanes[lastPass] = (lane, now)
            schedule.wait(lastPass, lane.priority)
        }
        judgePasses()
    }

    mutating func openGate() {
        while true {
            let (admitted, again) = schedule.admit(at: now)
            guard let admitted else {
                if let again, nextGateWake.map({ again < $0 }) ?? true {
                    nextGateWake = again
                    schedule(.gateWakes(life: life), at: again)
                }
                return
            }
            guard let (lane, asked) = passLanes.removeValue(forKey: admitted.id) else { continue }
            judgeWaiting(lane, since: asked)
            opening += 1
            schedule(.gateOpens(lane, admitted.pass, life: life), within: 0...3)
        }
    }

    mutating func planWakes() {
        nextPlanWake = nil
        plan.wake(now: now)
        flush()
    }

    mutating func gateOpens(_ lane: CallLanes.Lane, _ pass: CallSchedule.Pass) {
        let batch = plan.begin(lane, now: now)
        flush()
        guard !batch.isEmpty else { return schedule.end(pass, .unused, at: now) }
        for (index, id) in batch.agentIDs.enumerated() {
            if !calling.insert(id).inserted { complaints.append("\(now): two calls at once for \(id)") }
            if lane.isWrite { check(batch.writes[index]) }
        }
        calls += 1
        if batch.isBulk { bulkCalls += 1 }
        let flight = Flight(batch: batch, pass: pass, fault: fault(batch))
        note(
            "calls \(lane) \(batch.agentIDs.joined(separator: " ")) \(batch.writes.map(\.definitionID))"
                + (flight.fault.map { " (\($0))" } ?? "")
        )
        schedule(.reachesGenesys(flight, life: life), within: 1...40)
    }

    mutating func answered(_ flight: Flight, _ result: Result<[UserPresence], GenesysAPIError>) {
        let batch = flight.batch
        for id in batch.agentIDs {
            calling.remove(id)
            people[id]?.onTheWire = nil
        }
        switch result {
        case .success: schedule.end(flight.pass, .success, at: now)
        case .failure(let error): schedule.end(flight.pass, .failure(error), at: now)
        }
        noteLimits(flight)
        plan.answered(batch, result, now: now, random: 0.3)
        flush()
        var waiting = Unsettled(batch: batch, result: result, place: nil, report: reportsPut)
        if case .success(let seen) = result, !batch.lane.isWrite, !seen.isEmpty {
            for presence in seen {
                journal.append((self.presence(PresenceFacts(presence), of: presence.userID), .observation, now))
            }
            waiting.place = journal.count
        }
        unsettled.append(waiting)
    }

    mutating func check(_ write: PresenceWrite) {
        guard var person = people[write.userID] else { return }
        person.writes += 1
        person.onTheWire = write.definitionID
        person.attempts[write.definitionID] = now
        people[person.id] = person
        if person.told?.system == .offline, person.truth.system == .offline, person.last.author == .human {
            complaints.append("\(now): a write to \(person.id), who is Offline")
        }
        let last = person.last
        guard last.author == .human, last.at > person.lastAttempt, let held = person.held,
            let record = records[person.id]
        else { return }
        // To choose once more what one has is no word, and what a write without an answer may have set is taken for it.
        let saved = record.episodes.episode?.base.saved.definitionID
        guard last.presence.definitionID != saved, !record.writes.made(last.presence) else { return }
        if person.toldWords.contains(last.at), let heard = person.heardAt[last.at], held.since < heard {
            complaints.append("\(now): \(person.id): \(write.definitionID) is written over what was known to be chosen")
        }
    }

    // MARK: The pipeline

    mutating func wakeRelay() {
        guard isUp else { return }
        settleCalls()
        openGate()
        if let alarm = plan.nextAlarm, nextPlanWake.map({ alarm < $0 }) ?? true {
            nextPlanWake = alarm
            schedule(
                .planWakes(life: life),
                at: alarm.advanced(by: .milliseconds(Int.random(in: 0...3, using: &random)))
            )
        }
        let isDue = ringInTime()
        if !pipelineIsBusy, !inbox.isEmpty || journal.count > applied || looksAgain || isDue {
            pipelineIsBusy = true
            schedule(.pipelineReads(life: life), within: 0...2)
        }
    }

    /// Calls whose reports and observations are judged are over.
    mutating func settleCalls() {
        guard !pipelineIsBusy else { return }
        let judged = unsettled.filter(isJudged)
        guard !judged.isEmpty else { return }
        unsettled = unsettled.filter { !isJudged($0) }
        for waiting in judged {
            plan.settled(waiting.batch, waiting.result, now: now)
            flush()
        }
    }

    private func isJudged(_ waiting: Unsettled) -> Bool {
        if let place = waiting.place { return applied >= place }
        return reportsPut - inbox.count >= waiting.report
    }

    mutating func pipelineReads() {
        schedule(.pipelineDecides(upTo: journal.count, life: life), within: 0...3)
    }

    mutating func pipelineDecides(upTo: Int) {
        var effects: [Effect] = []
        var isReportsOnly = upTo <= applied && !looksAgain
        let reports = inbox
        inbox = []
        for report in reports {
            note("  report \(report.agentID) \(report.revision) \(report.status.state): \(report.summary)")
            var record = records[report.agentID] ?? AgentRecord(id: report.agentID)
            keep(engine.take(report, now: now, into: &record), &record, &effects)
        }
        for index in applied..<max(applied, upTo) {
            let (notification, source, receivedAt) = journal[index]
            guard let id = notification.event.userID else { continue }
            let entry = JournalEntry(
                key: "entry-\(index)",
                source: source,
                topic: notification.topicName,
                agentID: id,
                receivedAt: receivedAt,
                body: []
            )
            var record = records[id] ?? AgentRecord(id: id)
            keep(engine.take(notification, from: entry, now: now, into: &record), &record, &effects)
            if case .presence = notification.event, let seen = record.facts.presence {
                hear(id, seen)
                effects.append(.observed(seen, id))
            }
        }
        applied = max(applied, upTo)
        if looksAgain, applied == journal.count {
            looksAgain = false
            for id in records.keys.sorted() {
                guard var record = records[id] else { continue }
                let outcome = engine.look(eventKey: "restart", eventTime: record.heardAt, now: now, into: &record)
                keep(outcome, &record, &effects)
            }
        }
        if wakeDue(&effects) { isReportsOnly = false }
        if isReportsOnly, effects.isEmpty {
            // Written later, with whatever comes next.
            schedule(.pipelineCatchesUp(life: life), within: 50...55)
            return pipelineTells([])
        }
        schedule(.pipelineCommits(upTo: applied, effects, life: life), within: 0...4)
    }

    mutating func hear(_ id: String, _ seen: PresenceFacts) {
        guard var person = people[id] else { return }
        if let word = seen.modifiedAt, person.heardAt[word] == nil { person.heardAt[word] = now }
        if let change = person.changes.last(where: { $0.at == seen.modifiedAt }), change.author == .human,
            change.at > person.lastWordTold.at
        {
            person.lastWordTold = change
            person.hasWordSinceMatch = true
        }
        people[id] = person
    }

    mutating func keep(_ outcome: DecisionEngine.Outcome, _ record: inout AgentRecord, _ effects: inout [Effect]) {
        let id = record.facts.id
        let before = records[id]
        records[id] = record
        timers.set(id, record.alarmAt)
        for line in outcome.history { note("  \(id) \(line.kind) \(line.summary)") }
        guard var person = people[id] else { return }
        let match = match(record)
        judgeDecision(outcome, before, record, person, match)
        // The same wish from another call goes on with the episode. Before the fate of a write is known nobody can tell
        // what the agent has chosen meanwhile, and it counts from then.
        let episodes = record.episodes
        let bases = [episodes.episode?.base, episodes.releasing?.base, episodes.armed?.base]
        let isUndecided = bases.contains { $0?.undecided != nil }
        if match?.rule != person.match?.rule || match?.status != person.match?.status, !isUndecided {
            person.hasWordSinceMatch = false
        }
        person.match = match
        if let old = before?.episodes.episode, let new = record.episodes.episode, new.order < old.order {
            person.yielded.insert(old.rule)
        }
        // An overtaken wish may have been sent until now, however old it is.
        if outcome.command != nil, let old = person.held { person.attempts[old.target.definitionID] = now }
        if case .want(let wish)? = outcome.command {
            person.attempts[wish.target.definitionID] = now
            person.noteCoincidence(wish.target.definitionID)
        }
        people[id] = person
        if let command = outcome.command { effects.append(.command(command, id)) }
    }

    mutating func pipelineCommits(_ upTo: Int, _ effects: [Effect]) {
        commit(upTo: upTo)
        schedule(.pipelineTells(effects, life: life), within: 0...3)
    }

    mutating func pipelineTells(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .command(.want(let wish), let id):
                people[id]?.wishes += 1
                people[id]?.held = wish
                plan.want(
                    wish,
                    agentID: id,
                    observed: records[id]?.facts.presence,
                    checkFirst: records[id]?.writes.unanswered.isEmpty == false,
                    now: now
                )
            case .command(.withdraw, let id): plan.withdraw(agentID: id, now: now)
            case .command(.read, let id): plan.read(agentID: id, now: now)
            case .observed(let seen, let id):
                plan.observe(seen, agentID: id, now: now)
                people[id]?.told = seen
                if let word = seen.modifiedAt { people[id]?.toldWords.insert(word) }
            }
            flush()
        }
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
        records = [:]
        for (id, record) in committed {
            do {
                records[id] = try AgentRecord(stored: try record.stored())
            } catch {
                complaints.append("the stored state cannot be read: \(error)")
            }
        }
        applied = committedUpTo
        inbox = []
        reportsPut = 0
        pipelineIsBusy = false
        unsettled = []
        passLanes = [:]
        opening = 0
        timers = AgentTimers()
        nextTimer = nil
        nextGateWake = nil
        nextPlanWake = nil
        calling = []
        plan = DeliveryPlan(policy: DeliveryPolicy(), requestsPerMinute: perMinute * clients)
        schedule = newSchedule()
        for id in ids {
            guard var person = people[id] else { continue }
            let record = records[id] ?? AgentRecord(id: id)
            person.onTheWire = nil
            // What was heard and not committed is heard again.
            let known = record.facts.presence?.modifiedAt ?? Timestamp(milliseconds: 0)
            person.heardAt = person.heardAt.filter { $0.key <= known }
            person.toldWords = []
            person.yielded = []
            person.told = nil
            person.held = record.isOutstanding ? record.wish : nil
            person.match = match(record)
            if let word = person.committedWord {
                person.lastWordTold = word.last
                person.hasWordSinceMatch = word.isSinceMatch
            }
            people[id] = person
        }
        for id in records.keys.sorted() {
            guard var record = records[id] else { continue }
            let command = engine.resume(now: now, into: &record)
            records[id] = record
            timers.set(id, record.alarmAt)
            switch command {
            case .want(let wish):
                plan.want(wish, agentID: id, observed: record.facts.presence, checkFirst: true, now: now)
            case .read: plan.read(agentID: id, now: now)
            case .withdraw, nil: break
            }
            flush()
        }
        looksAgain = true
    }
}
