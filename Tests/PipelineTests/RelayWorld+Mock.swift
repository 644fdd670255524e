// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents
import Journal
import StatusRules

@testable import Delivery
@testable import Pipeline

/// A relay in front of a tiny Genesys, both on a virtual clock: the agents' calls and changes by hand, the faults of the
/// API, the delays of events and the relay's deaths all come from a seed.
///
/// The relay's actors are played step by step, each with its own delays: the pipeline reads, decides, commits and tells;
/// delivery calls under the gate's budget, reports, and journals what it has read.
struct RelayWorld {
    /// What happens to a call.
    enum Fault: CaseIterable {
        case rateLimited, errorBefore, errorAfter, timeoutBefore, timeoutAfter, nothingDone
        case conflict, unreadableBefore, unreadableAfter
        /// Of bulk calls: some are not done and not in the answer, done but not in it, or in it as they were.
        case leavesOut, leavesOutOfAnswer, showsOld
    }

    enum Happening {
        case human(String)
        case call(String)
        /// The after-call work of a conversation is done; its flag as it was at the end.
        case work(String, conversation: Int, flag: String?)
        case kill
        case start
        case arrives(GenesysEvents.Notification, JournalSource)
        case gateOpens(CallLanes.Lane, CallSchedule.Pass, life: Int)
        case gateWakes(life: Int)
        case planWakes(life: Int)
        case reachesGenesys(Flight, life: Int)
        case answered(Flight, Result<[UserPresence], GenesysAPIError>, life: Int)
        case timerRings(life: Int)
        case pipelineReads(life: Int)
        case pipelineDecides(upTo: Int, life: Int)
        case pipelineCommits(upTo: Int, [Effect], life: Int)
        case pipelineTells([Effect], life: Int)
        case pipelineCatchesUp(life: Int)
    }

    /// A call under way.
    struct Flight {
        var batch: DeliveryBatch
        var pass: CallSchedule.Pass
        var fault: Fault?
    }

    enum Effect {
        case command(DecisionEngine.Command, String)
        case observed(PresenceFacts, String)
    }

    /// A call whose answer is known and not judged yet.
    struct Unsettled {
        var batch: DeliveryBatch
        var result: Result<[UserPresence], GenesysAPIError>
        /// Its observations' place in the journal, or the number of the last report.
        var place: Int?
        var report: Int
    }

    var random: Seeded
    var now = start
    var happenings: [(at: Timestamp, order: Int, what: Happening)] = []
    var order = 0
    var steps = 0
    var isQuiet = false

    var people: [String: Person] = [:]
    var ids: [String] { people.keys.sorted() }

    // Genesys.
    /// When calls came in, by client.
    var arrivals: [Int: [Timestamp]] = [:]
    /// Those that the limit which others leave has not refused.
    var served: [Int: [Timestamp]] = [:]
    let perMinute: Int
    let clients: Int
    let maxConcurrent: Int
    /// The most users that it takes in one call, and one whom no bulk call may contain.
    let bulkMaximum: Int
    let poison: String?
    let trouble: Trouble

    // What survives the relay's death.
    let engine: DecisionEngine
    /// What calls are flagged with.
    let flags: [String?]
    var journal: [(GenesysEvents.Notification, JournalSource, Timestamp)] = []
    var committed: [String: AgentRecord] = [:]
    var committedUpTo = 0

    // What does not.
    var life = 0
    var isUp = true
    var records: [String: AgentRecord] = [:]
    var applied = 0
    var pipelineIsBusy = false
    var inbox: [DeliveryReport] = []
    var reportsPut = 0
    var plan: DeliveryPlan
    var schedule: CallSchedule
    var passLanes: [Int: (lane: CallLanes.Lane, at: Timestamp)] = [:]
    /// Passes on their way from the gate.
    var opening = 0
    var lastPass = 0
    var unsettled: [Unsettled] = []
    var timers = AgentTimers()
    var nextTimer: Timestamp?
    var nextGateWake: Timestamp?
    var nextPlanWake: Timestamp?
    /// After a death every agent is looked at, once what had waited is applied.
    var looksAgain = false
    /// Agents with a call under way, as the relay sees it.
    var calling: Set<String> = []

    // What is looked at in the end.
    var complaints: [String] = []
    var log: [String] = []
    var lives = 1
    var calls = 0
    var bulkCalls = 0

    static let start = Timestamp(milliseconds: 1_700_000_000_000)
    static let statuses = ["available": SystemPresence.available, "meal": .meal, "away": .away, "offline": .offline]
    static let targets = [
        "Break": PresenceTarget(definitionID: "break", system: .break),
        "Meeting": PresenceTarget(definitionID: "meeting", system: .meeting),
        "Lunch": PresenceTarget(definitionID: "lunch", system: .meal),
        "Training": PresenceTarget(definitionID: "training", system: .training),
        "Busy": PresenceTarget(definitionID: "busy", system: .busy),
        "Desk": PresenceTarget(definitionID: "desk", system: .available),
        "Idle": PresenceTarget(definitionID: "idle", system: .idle),
        "Long": PresenceTarget(definitionID: "long", system: .away),
    ]

    init(seed: Int, agents: Int, engine: DecisionEngine, flags: [String?] = [nil, "Break", "Meeting"]) {
        var random = Seeded(seed: seed)
        self.engine = engine
        self.flags = flags
        let isAlone = agents == 1
        clients = isAlone ? 1 : Int.random(in: 1...2, using: &random)
        perMinute = isAlone ? 300 : [12, 30, 100, 300].randomElement(using: &random) ?? 300
        maxConcurrent = isAlone ? 16 : [1, 2, 16].randomElement(using: &random) ?? 16
        bulkMaximum = isAlone ? 50 : [2, 5, 50].randomElement(using: &random) ?? 50
        poison = !isAlone && random.chance(0.2) ? "agent-2" : nil
        trouble = isAlone ? Trouble() : Trouble(clients: clients, perMinute: perMinute, using: &random)
        plan = DeliveryPlan(policy: DeliveryPolicy(), requestsPerMinute: perMinute * clients)
        schedule = CallSchedule(budgets: [])
        self.random = random
        schedule = newSchedule()
        for index in 1...agents {
            let id = "agent-\(index)"
            let first = PresenceFacts(
                definitionID: "available",
                system: .available,
                message: "",
                modifiedAt: Self.start
            )
            people[id] = Person(id: id, first: first)
            // Else it is not known and has to be read.
            if self.random.chance(0.7) { arrive(presence(first, of: id), .webhook, within: 1...1) }
        }
    }

    func newSchedule() -> CallSchedule {
        CallSchedule(
            budgets: (0..<clients).map { _ in RequestBudget(requestsPerMinute: perMinute) },
            maxConcurrent: maxConcurrent
        )
    }

    // MARK: Running

    /// Busy whiles, then quiet until nothing moves, then one read of each presence, then quiet again.
    mutating func run() {
        for round in 0..<trouble.rounds { beBusy(after: round * Self.roundLength) }
        let end = Self.start.advanced(by: .milliseconds((trouble.rounds - 1) * Self.roundLength + 40_000))
        while let first = nextHappening(), first <= end, steps < Self.maxSteps { step() }
        isQuiet = true
        note("--- quiet")
        // At the end most of what waits has its turn.
        if hasWork, random.chance(0.5) { for id in ids { people[id]?.isTalking = false } }
        for id in ids { arriveCall(id) }
        settle()
        for id in ids { arrive(presence(truth(id), of: id), .observation, within: 1...1) }
        settle()
    }

    private mutating func beBusy(after begin: Int) {
        let busy = begin + 100...begin + 40_000
        for id in ids {
            for _ in 0..<Int.random(in: 2...9, using: &random) { schedule(.call(id), within: busy) }
            for _ in 0..<Int.random(in: 0...4, using: &random) { schedule(.human(id), within: busy) }
        }
        // Changes by hand meet the relay's writes more often than chance would have it.
        for _ in 0..<Int.random(in: 0...1, using: &random) { schedule(.kill, within: busy) }
        // A storm: all at once.
        if people.count > 1, random.chance(0.5) {
            for id in ids { schedule(.call(id), within: begin + 20_000...begin + 20_300) }
        }
    }

    mutating func settle() {
        let limit = max(now, trouble.outage.upperBound).advanced(by: .seconds(3600))
        while let next = nextHappening() {
            guard next < limit, steps < Self.maxSteps else { return complaints.append("never comes to rest") }
            step()
        }
        judgeRest()
    }

    /// Milliseconds from one busy while to the next.
    private static let roundLength = 3_600_000
    private static let maxSteps = 800_000

    func nextHappening() -> Timestamp? { happenings.map(\.at).min() }

    mutating func step() {
        let waiting = happenings
        let first = waiting.indices.min { (waiting[$0].at, waiting[$0].order) < (waiting[$1].at, waiting[$1].order) }
        guard let first else { return }
        let happening = happenings.remove(at: first)
        now = happening.at
        steps += 1
        perform(happening.what)
        wakeRelay()
    }

    mutating func schedule(_ what: Happening, within milliseconds: ClosedRange<Int>) {
        let delay = Duration.milliseconds(Int.random(in: milliseconds, using: &random))
        schedule(what, at: now.advanced(by: delay))
    }

    mutating func schedule(_ what: Happening, at time: Timestamp) {
        order += 1
        happenings.append((max(now, time), order, what))
    }

    mutating func note(_ line: @autoclosure () -> String) {
        guard log.count < 5000 else { return }
        log.append("\(now.milliseconds - Self.start.milliseconds): \(line())")
    }

    mutating func perform(_ what: Happening) {
        switch what {
        case .human(let id): humanChanges(id)
        case .call(let id): callChanges(id)
        case .work(let id, let conversation, let flag): workIsDone(id, conversation, flag)
        case .timerRings(let life): if life == self.life { nextTimer = nil }
        case .kill: killRelay()
        case .start: startRelay()
        case .arrives(let notification, let source): journal.append((notification, source, now))
        case .reachesGenesys(let flight, let life): reachGenesys(flight, life: life)
        case .gateOpens(let lane, let pass, let life):
            guard life == self.life else { return }
            opening -= 1
            gateOpens(lane, pass)
        case .gateWakes(let life): if life == self.life { nextGateWake = nil }
        case .planWakes(let life): if life == self.life { planWakes() }
        case .answered(let flight, let result, let life): if life == self.life { answered(flight, result) }
        case .pipelineReads(let life): if life == self.life { pipelineReads() }
        case .pipelineDecides(let upTo, let life): if life == self.life { pipelineDecides(upTo: upTo) }
        case .pipelineCommits(let upTo, let effects, let life):
            if life == self.life { pipelineCommits(upTo, effects) }
        case .pipelineCatchesUp(let life):
            if life == self.life { commit(upTo: applied) }
        case .pipelineTells(let effects, let life):
            if life == self.life { pipelineTells(effects) }
        }
    }

    // MARK: The judgement

    /// What is wrong with how it ended; empty when all is well.
    mutating func judge() -> [String] {
        for id in ids {
            judge(id)
            judgeTiming(id)
        }
        if plan.outstanding > 0 { complaints.append("delivery never comes to rest") }
        return complaints
    }

    private mutating func judge(_ id: String) {
        guard let person = people[id], let record = records[id] else {
            return complaints.append("\(id): nothing is known")
        }
        let match = match(record)
        let truth = person.truth
        let word = person.lastWordTold.presence.definitionID
        // Nobody can tell such a choice from the relay's own write.
        if let coincidence = person.coincidence, coincidence >= person.lastWordTold.at { return }
        if let match {
            let wanted = Self.targets[match.status]?.definitionID
            let isExcused = person.hasWordSinceMatch || person.lastWordTold.presence.system == .offline
            if truth.definitionID != wanted, !isExcused, !isDeferred(match), !isHidden(match, record) {
                complaints.append(
                    "\(id): \(match.status) is wanted and nobody objects, but it is \(truth.definitionID ?? "")"
                )
            }
            if truth.definitionID != wanted, truth.definitionID != word, !isExplained(truth, of: person, record) {
                complaints.append(
                    "\(id): is \(truth.definitionID ?? ""), neither as wanted nor as chosen (\(word ?? ""))"
                )
            }
        } else if truth.definitionID != word, !isExplained(truth, of: person, record) {
            complaints.append("\(id): nothing is wanted, \(word ?? "") chosen, but it is \(truth.definitionID ?? "")")
        }
        if person.last.author == .human, record.facts.presence?.definitionID != truth.definitionID {
            complaints.append("\(id): the relay does not know the presence")
        }
        let bound = 3 * (person.wishes + lives) + 2 * person.faults
        if person.writes > bound {
            complaints.append("\(id): \(person.writes) writes for \(person.wishes) wishes and \(person.faults) faults")
        }
    }
}

/// An agent, and what the relay has been told of them.
struct Person {
    struct Change {
        enum Author { case human, relay }
        var author: Author
        var presence: PresenceFacts
        var at: Timestamp { presence.modifiedAt ?? Timestamp(milliseconds: 0) }
    }

    let id: String
    var changes: [Change]
    var truth: PresenceFacts { last.presence }
    var last: Change { changes[changes.count - 1] }
    var nothingDone = 0
    /// When the agent had chosen what the relay wanted or wrote just then, before the relay could hear of it.
    var coincidence: Timestamp?

    // The agent's calls.
    var conversation = 0
    var flag: String?
    var isTalking = false
    /// Conversations whose after-call work is not done.
    var inWork: Set<Int> = []
    /// Rules of whose episodes an earlier rule has taken over since the last commit, be it for a moment.
    var yielded: Set<String> = []
    /// When the last episode of a rule was seen to end.
    var endedAt: [String: Timestamp] = [:]

    var writes = 0
    var wishes = 0
    var faults = 0
    /// The last thing that the agent chose and that the relay has been told in time.
    var lastWordTold: Change
    /// Chosen after the rule's present match had begun.
    var hasWordSinceMatch = false
    /// Both as of the last commit: a death brings that back, and the word is heard again.
    var committedWord: (last: Change, isSinceMatch: Bool)?
    var match: RuleMatch?
    var told: PresenceFacts?
    /// When the relay last wanted each definition, and when its last attempt of a write reached Genesys.
    var attempts: [String: Timestamp] = [:]
    var lastAttempt = Timestamp(milliseconds: 0)
    /// The definition of the write under way.
    var onTheWire: String?
    /// The wish that delivery holds, and the agent's words that both of the relay's parts know.
    var held: Wish?
    var heardAt: [Timestamp: Timestamp] = [:]
    var toldWords: Set<Timestamp> = []

    mutating func commitWord() { committedWord = (lastWordTold, hasWordSinceMatch) }

    /// The relay wants or writes this.
    mutating func noteCoincidence(_ definitionID: String) {
        guard last.author == .human, last.presence.definitionID == definitionID, heardAt[last.at] == nil else { return }
        coincidence = last.at
    }

    init(id: String, first: PresenceFacts) {
        self.id = id
        changes = [Change(author: .human, presence: first)]
        lastWordTold = changes[0]
    }
}
