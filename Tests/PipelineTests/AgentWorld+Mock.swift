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

    enum Happening {
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

    var random: Seeded
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    var happenings: [(at: Timestamp, order: Int, what: Happening)] = []
    var order = 0
    var steps = 0
    var isQuiet = false

    // Genesys.
    var changes: [Change] = []
    var truth: PresenceFacts { changes[changes.count - 1].presence }
    var nothingDone = 0

    // The agent's calls.
    var conversation = 0
    var flag: String?
    var isTalking = false

    // What survives the relay's death.
    let engine: DecisionEngine
    var journal: [(GenesysEvents.Notification, JournalSource, Timestamp)] = []
    var committed = AgentRecord(id: "agent")
    var committedUpTo = 0

    // What does not.
    var life = 0
    var isUp = true
    var record = AgentRecord(id: "agent")
    var applied = 0
    var pipelineIsBusy = false
    var inbox: [DeliveryReport] = []
    var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
    /// A read's observation that delivery waits for, by its place in the journal.
    var awaited: Int?
    /// Delivery waits until the reports of an answer are judged.
    var awaitsJudgement = false
    /// The definition of the write under way.
    var onTheWire: String?
    var nextLook: Timestamp?
    /// After a death every agent is looked at, once what had waited is applied.
    var looksAgain = false

    // What is looked at in the end.
    var complaints: [String] = []
    var log: [String] = []
    var writes = 0
    var wishes = 0
    var faults = 0
    var lives = 1
    /// The last thing that the agent chose and that the relay has been told in time.
    var lastWordTold: Change?
    /// Chosen after the rule's present match had begun.
    var hasWordSinceMatch = false
    var match: RuleMatch?
    var told: PresenceFacts?
    /// When the relay's last attempt of a write reached Genesys.
    var attempts: [String: Timestamp] = [:]
    var lastAttempt = Timestamp(milliseconds: 0)
    /// The wish that delivery holds, and the agent's words that both of the relay's parts know.
    var held: Wish?
    var heardAt: [Timestamp: Timestamp] = [:]
    var toldWords: Set<Timestamp> = []

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
        while let first = nextHappening(), first <= Timestamp(milliseconds: 1_700_000_040_000), steps < 10_000 {
            step()
        }
        isQuiet = true
        note("--- quiet")
        arriveCall()
        settle()
        arrive(presence(truth), .observation, within: 1...1)
        settle()
    }

    mutating func settle() {
        let limit = now.advanced(by: .seconds(1200))
        while let next = nextHappening() {
            guard next < limit, steps < 10_000 else { return complaints.append("never comes to rest") }
            step()
        }
    }

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
        order += 1
        let at = now.advanced(by: .milliseconds(Int.random(in: milliseconds, using: &random)))
        happenings.append((at, order, what))
    }

    mutating func note(_ line: String) {
        log.append("\(now.milliseconds - 1_700_000_000_000): \(line)")
    }

    mutating func perform(_ what: Happening) {
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
