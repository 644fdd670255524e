// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents
import Journal
import StatusRules

@testable import Delivery
@testable import Pipeline

/// A relay of one agent in front of a tiny Genesys, both on a virtual clock: the agent's calls and changes by hand, the
/// faults of the API, the delays of events and the relay's deaths all come from a seed.
///
/// The relay's two actors are played step by step, each with its own delays: the pipeline reads, decides, commits and
/// tells; delivery calls, reports, and journals what it has read.
struct AgentWorld {
    struct Change {
        enum Author { case human, relay }
        var author: Author
        var presence: PresenceFacts
        var at: Timestamp { presence.modifiedAt ?? Timestamp(milliseconds: 0) }
    }

    enum Fault: CaseIterable { case rateLimited, errorBefore, errorAfter, timeoutBefore, timeoutAfter, nothingDone }

    private enum Happening {
        case human
        case call
        case kill
        case start
        case arrives(GenesysEvents.Notification, JournalSource)
        case reachesGenesys(AgentDelivery.Call, Fault?, life: Int)
        case answered(AgentDelivery.Call, Result<UserPresence, GenesysAPIError>, life: Int)
        case pipelineReads(life: Int)
        case pipelineDecides(upTo: Int, life: Int)
        case pipelineCommits(upTo: Int, [Effect], life: Int)
        case pipelineTells([Effect], life: Int)
        case pipelineCatchesUp(life: Int)
        case deliveryLooks(life: Int)
    }

    enum Effect {
        case command(DecisionEngine.Command)
        case observed(PresenceFacts)
    }

    private(set) var random: Seeded
    private(set) var now = Timestamp(milliseconds: 1_700_000_000_000)
    private var happenings: [(at: Timestamp, order: Int, what: Happening)] = []
    private var order = 0
    private var steps = 0
    private var isQuiet = false

    // Genesys.
    private(set) var changes: [Change] = []
    private var truth: PresenceFacts { changes[changes.count - 1].presence }
    private var nothingDone = 0

    // The agent's calls.
    private var conversation = 0
    private var flag: String?
    private var isTalking = false

    // What survives the relay's death.
    private let engine: DecisionEngine
    private var journal: [(GenesysEvents.Notification, JournalSource, Timestamp)] = []
    private var committed = AgentRecord(id: "agent")
    private var committedUpTo = 0

    // What does not.
    private var life = 0
    private var isUp = true
    private(set) var record = AgentRecord(id: "agent")
    private var applied = 0
    private var pipelineIsBusy = false
    private var inbox: [DeliveryReport] = []
    private(set) var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
    /// A read's observation that delivery waits for, by its place in the journal.
    private var awaited: Int?
    /// Delivery waits until the reports of an answer are judged.
    private var awaitsJudgement = false
    /// The definition of the write under way.
    private var onTheWire: String?
    private var nextLook: Timestamp?
    /// After a death every agent is looked at, once what had waited is applied.
    private var looksAgain = false

    // What is looked at in the end.
    private(set) var complaints: [String] = []
    private(set) var log: [String] = []
    private(set) var writes = 0
    private(set) var wishes = 0
    private(set) var faults = 0
    private(set) var lives = 1
    /// The last thing that the agent chose and that the relay has been told in time.
    private(set) var lastWordTold: Change?
    /// Chosen after the rule's present match had begun.
    private(set) var hasWordSinceMatch = false
    private var match: RuleMatch?
    private var told: PresenceFacts?
    /// When the relay's last attempt of a write reached Genesys.
    private var attempts: [String: Timestamp] = [:]
    private var lastAttempt = Timestamp(milliseconds: 0)
    /// The wish that delivery holds, and the agent's words that both of the relay's parts know.
    private var held: Wish?
    private var heardAt: [Timestamp: Timestamp] = [:]
    private var toldWords: Set<Timestamp> = []

    static let statuses = ["available": SystemPresence.available, "meal": .meal, "away": .away, "offline": .offline]
    static let targets = [
        "Break": PresenceTarget(definitionID: "break", system: .break),
        "Meeting": PresenceTarget(definitionID: "meeting", system: .meeting),
    ]

    init(seed: Int, engine: DecisionEngine) {
        random = Seeded(seed: seed)
        self.engine = engine
        let first = PresenceFacts(definitionID: "available", system: .available, message: "", modifiedAt: now)
        changes = [Change(author: .human, presence: first)]
        lastWordTold = changes[0]
        // Else it is not known and has to be read.
        if random.chance(0.7) { arrive(presence(first), .webhook, within: 1...1) }
    }

    // MARK: Running

    /// A busy while, then quiet until nothing moves, then one read of the presence, then quiet again.
    mutating func run() {
        for _ in 0..<Int.random(in: 2...9, using: &random) { schedule(.call, within: 100...40_000) }
        for _ in 0..<Int.random(in: 0...4, using: &random) { schedule(.human, within: 100...40_000) }
        // Changes by hand meet the relay's writes more often than chance would have it.
        for _ in 0..<Int.random(in: 0...1, using: &random) { schedule(.kill, within: 100...40_000) }
        while let first = nextHappening(), first <= Timestamp(milliseconds: 1_700_000_040_000), steps < 10_000 { step() }
        isQuiet = true
        note("--- quiet")
        arriveCall()
        settle()
        arrive(presence(truth), .observation, within: 1...1)
        settle()
    }

    private mutating func settle() {
        let limit = now.advanced(by: .seconds(1200))
        while let next = nextHappening() {
            guard next < limit, steps < 10_000 else { return complaints.append("never comes to rest") }
            step()
        }
    }

    private func nextHappening() -> Timestamp? { happenings.map(\.at).min() }

    private mutating func step() {
        let waiting = happenings
        let first = waiting.indices.min { (waiting[$0].at, waiting[$0].order) < (waiting[$1].at, waiting[$1].order) }
        guard let first else { return }
        let happening = happenings.remove(at: first)
        now = happening.at
        steps += 1
        perform(happening.what)
        wakeRelay()
    }

    private mutating func schedule(_ what: Happening, within milliseconds: ClosedRange<Int>) {
        order += 1
        let at = now.advanced(by: .milliseconds(Int.random(in: milliseconds, using: &random)))
        happenings.append((at, order, what))
    }

    private mutating func note(_ line: String) {
        log.append("\(now.milliseconds - 1_700_000_000_000): \(line)")
    }

    private mutating func perform(_ what: Happening) {
        switch what {
        case .human: humanChanges()
        case .call: callChanges()
        case .kill: killRelay()
        case .start: startRelay()
        case .arrives(let notification, let source): journal.append((notification, source, now))
        case .reachesGenesys(let call, let fault, let life): reachGenesys(call, fault, life: life)
        case .answered(let call, let result, let life): if life == self.life { answered(call, result) }
        case .pipelineReads(let life): if life == self.life { pipelineReads() }
        case .pipelineDecides(let upTo, let life): if life == self.life { pipelineDecides(upTo: upTo) }
        case .pipelineCommits(let upTo, let effects, let life): if life == self.life { pipelineCommits(upTo, effects) }
        case .pipelineCatchesUp(let life):
            if life == self.life { (committed, committedUpTo) = (record, applied) }
        case .pipelineTells(let effects, let life): if life == self.life { pipelineTells(effects) }
        case .deliveryLooks(let life): if life == self.life { deliveryLooks() }
        }
    }

    // MARK: The agent

    private mutating func humanChanges() {
        let name = Self.statuses.keys.sorted().randomElement(using: &random) ?? "available"
        // What a write without an answer may set, too: nobody can tell the two apart.
        let may = record.writes.unanswered + [onTheWire, record.isOutstanding ? record.wish?.target.definitionID : nil]
        let isFresh = attempts[name].map { now.timeIntervalSince($0) < .seconds(15) } ?? false
        guard truth.definitionID != name, !may.contains(name), !isFresh else { return }
        change(.human, to: PresenceFacts(definitionID: name, system: Self.statuses[name], message: ""))
    }

    private mutating func callChanges() {
        guard !isQuiet else { return }
        if !isTalking {
            conversation += 1
            isTalking = true
            flag = [nil, "Break", "Meeting"].randomElement(using: &random) ?? nil
        } else if random.chance(0.4) {
            isTalking = false
        } else {
            flag = [nil, "Break", "Meeting"].randomElement(using: &random) ?? nil
        }
        note("call \(conversation) \(isTalking ? "connected" : "terminated") flag \(flag ?? "none")")
        arriveCall()
        // Flags that come and go at once, and words spoken at the same time, are where the races are.
        if random.chance(0.4) { schedule(.call, within: 1...80) }
        if random.chance(0.3) { schedule(.human, within: 1...120) }
        if random.chance(0.06) { schedule(.kill, within: 1...120) }
    }

    private mutating func arriveCall() {
        guard conversation > 0 else { return }
        let snapshot = ConversationSnapshot.call(
            id: "conversation-\(conversation)",
            attributes: flag.map { ["wfm_status": $0] } ?? [:],
            state: isTalking ? "connected" : "terminated"
        )
        order += 1
        let stamp = Timestamp(milliseconds: now.milliseconds)
        let notification = GenesysEvents.Notification(
            topicName: "conversations",
            timestamp: stamp,
            event: .conversation(userID: "agent", snapshot)
        )
        arrive(notification, .webhook, within: isQuiet ? 1...20 : random.chance(0.1) ? 500...8000 : 1...60)
    }

    private func presence(_ facts: PresenceFacts) -> GenesysEvents.Notification {
        var seen = PresenceObservation()
        seen.definitionID = facts.definitionID
        seen.system = facts.system
        seen.message = facts.message
        seen.modifiedAt = facts.modifiedAt
        return GenesysEvents.Notification(topicName: "presence", event: .presence(userID: "agent", seen))
    }

    private mutating func arrive(
        _ notification: GenesysEvents.Notification,
        _ source: JournalSource,
        within delay: ClosedRange<Int>
    ) {
        schedule(.arrives(notification, source), within: delay)
        if !isQuiet, random.chance(0.1) { schedule(.arrives(notification, source), within: 1...8000) }
    }

    // MARK: Genesys

    private mutating func change(_ author: Change.Author, to presence: PresenceFacts) {
        var presence = presence
        presence.modifiedAt = max(now, (truth.modifiedAt ?? now).advanced(by: .milliseconds(1)))
        changes.append(Change(author: author, presence: presence))
        note("\(author) sets \(presence.definitionID ?? "")")
        guard isQuiet || !random.chance(0.12) else { return note("  (its event is lost)") }
        arrive(self.presence(presence), .webhook, within: random.chance(0.1) ? 300...9000 : 1...90)
    }

    private func userPresence(_ facts: PresenceFacts) -> UserPresence {
        UserPresence(
            userID: "agent",
            definitionID: facts.definitionID ?? "",
            system: facts.system,
            message: facts.message ?? "",
            modifiedAt: facts.modifiedAt
        )
    }

    private mutating func reachGenesys(_ call: AgentDelivery.Call, _ fault: Fault?, life: Int) {
        func error(_ code: GenesysAPIError.Code) -> Result<UserPresence, GenesysAPIError> {
            .failure(GenesysAPIError(code, message: "fault", retryAfter: code == .rateLimited ? .seconds(2) : nil))
        }
        var result: Result<UserPresence, GenesysAPIError> = error(.other)
        switch (fault, call) {
        case (.rateLimited, _): result = error(.rateLimited)
        case (.errorBefore, _): result = error(.server)
        case (.timeoutBefore, _): result = error(.timeout)
        case (.nothingDone, .write(let target)):
            lastAttempt = now
            var phantom = PresenceFacts(target)
            phantom.modifiedAt = now
            result = .success(userPresence(phantom))
        case (_, .read):
            result = fault == .errorAfter ? error(.server) : .success(userPresence(truth))
        case (_, .write(let target)):
            lastAttempt = now
            if !target.isNoChange(from: truth) { change(.relay, to: PresenceFacts(target)) }
            result =
                switch fault {
                case .errorAfter: error(.server)
                case .timeoutAfter: error(.timeout)
                default: .success(userPresence(truth))
                }
        }
        let isTimeout = fault == .timeoutBefore || fault == .timeoutAfter
        schedule(.answered(call, result, life: life), within: isTimeout ? 3000...3000 : 1...60)
    }

    // MARK: Delivery

    private mutating func deliveryLooks() {
        nextLook = nil
        guard awaited == nil, !awaitsJudgement else { return }
        let (call, reports) = delivery.nextCall(now: now)
        inbox += reports
        guard let call else { return }
        if delivery.nextCall(now: now).call != nil { complaints.append("two calls at once") }
        if case .write(let target) = call {
            check(target)
            attempts[target.definitionID] = now
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

    private mutating func answered(_ call: AgentDelivery.Call, _ result: Result<UserPresence, GenesysAPIError>) {
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

    private mutating func check(_ target: PresenceTarget) {
        writes += 1
        if told?.system == .offline, truth.system == .offline {
            complaints.append("\(now): a write to an Offline agent")
        }
        let last = changes[changes.count - 1]
        guard last.author == .human, last.at > lastAttempt, let held else { return }
        // To choose once more what one has is no word, and what a write without an answer may have set is taken for it.
        let saved = record.episodes.episode?.base.saved.definitionID
        guard last.presence.definitionID != saved, !record.writes.made(last.presence) else { return }
        if toldWords.contains(last.at), let heard = heardAt[last.at], held.since < heard {
            complaints.append("\(now): \(target) is written over what the agent was known to have chosen")
        }
    }

    // MARK: The pipeline

    private mutating func wakeRelay() {
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

    private mutating func pipelineReads() {
        schedule(.pipelineDecides(upTo: journal.count, life: life), within: 0...3)
    }

    private mutating func pipelineDecides(upTo: Int) {
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

    private mutating func hear(_ seen: PresenceFacts) {
        if let word = seen.modifiedAt, heardAt[word] == nil { heardAt[word] = now }
        guard let change = changes.last(where: { $0.at == seen.modifiedAt }), change.author == .human else { return }
        if change.at > (lastWordTold?.at ?? change.at) {
            lastWordTold = change
            hasWordSinceMatch = true
        }
    }

    private mutating func keep(_ outcome: DecisionEngine.Outcome, _ effects: inout [Effect]) {
        for line in outcome.history { note("  \(line.kind) \(line.summary)") }
        let match = engine.rules.evaluate(record.facts, tracing: false).match
        if match != self.match { hasWordSinceMatch = false }
        self.match = match
        if let command = outcome.command { effects.append(.command(command)) }
    }

    private mutating func pipelineCommits(_ upTo: Int, _ effects: [Effect]) {
        committed = record
        committedUpTo = upTo
        schedule(.pipelineTells(effects, life: life), within: 0...3)
    }

    private mutating func pipelineTells(_ effects: [Effect]) {
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

    private mutating func killRelay() {
        guard isUp else { return }
        note("--- killed")
        life += 1
        lives += 1
        isUp = false
        // A call on the wire arrives before the next process has begun to look.
        schedule(.start, within: 60...2000)
    }

    private mutating func startRelay() {
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

    // MARK: The judgement

    /// What is wrong with how it ended; empty when all is well.
    mutating func judge() -> [String] {
        let match = engine.rules.evaluate(record.facts, tracing: false).match
        let last = changes[changes.count - 1]
        let word = lastWordTold?.presence.definitionID
        if let match {
            let wanted = Self.targets[match.status]?.definitionID
            let isExcused = hasWordSinceMatch || lastWordTold?.presence.system == .offline
            if truth.definitionID != wanted, !isExcused {
                complaints.append(
                    "\(match.status) is wanted and nobody objects, but the agent is \(truth.definitionID ?? "")"
                )
            }
            if truth.definitionID != wanted, truth.definitionID != word {
                complaints.append(
                    "the agent is \(truth.definitionID ?? ""), neither as wanted nor as chosen (\(word ?? ""))"
                )
            }
        } else if truth.definitionID != word {
            complaints.append("nothing is wanted and the agent chose \(word ?? ""), but is \(truth.definitionID ?? "")")
        }
        if last.author == .human, record.facts.presence?.definitionID != truth.definitionID {
            complaints.append("the relay does not know the presence")
        }
        let bound = 3 * (wishes + lives) + faults
        if writes > bound { complaints.append("\(writes) writes for \(wishes) wishes and \(faults) faults") }
        if !delivery.isIdle { complaints.append("delivery never comes to rest") }
        return complaints
    }
}
