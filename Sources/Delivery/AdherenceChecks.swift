// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
public import GenesysEvents
import HeapModule
public import Logging

/// Finds out whether WFM shows what presences that are confirmed stand for (`verify.adherence`): waits for the
/// adherence event, then reads, up to 100 agents at a time.
public actor AdherenceChecks {
    struct Entry {
        /// Unlike the revision never the same again: what was read for one check never counts for the next.
        var serial: Int
        var check: AgentAdherence
    }

    /// Each check has one, except while its answer is under way.
    private struct Alarm: Comparable {
        var at: Timestamp
        var serial: Int
        var agentID: String
        static func < (a: Self, b: Self) -> Bool { (a.at, a.serial) < (b.at, b.serial) }
    }

    struct Member {
        var agentID: String
        var serial: Int
    }

    let policy: AdherencePolicy
    let effects: Effects
    let logger: Logger
    private var entries: [String: Entry] = [:]
    private var nextSerial = 0
    private var alarms = Heap<Alarm>()
    private var sleeper: (until: Timestamp, task: Task<Void, Never>)?
    private var reading = 0
    /// Genesys said 429: no read before then.
    private var pausedUntil: Timestamp?
    // What is learnt about business units and agents, in `AdherenceChecks+Learning.swift`.
    var memory = AdherenceMemory()
    var loading: [String: Task<[ActivityCode]?, Never>] = [:]
    var unexplained: [Member] = []
    var isAskingSources = false
    /// What is wrong is said once, until it has worked again.
    var complaints: Set<String> = []
    private var isStopped = false

    /// The closures of `effects` keep to the budget of the OAuth client.
    public init(policy: AdherencePolicy, effects: Effects, logger: Logger) {
        self.policy = policy
        self.effects = effects
        self.logger = logger
    }

    /// Agents whose verdict is not given yet.
    public var outstanding: Int { entries.count }

    /// Checks an agent whose presence is confirmed. A newer revision replaces an older one, which gets no verdict.
    public func check(_ wanted: AdherenceCheck, agentID: String) {
        guard !isStopped else { return }
        if let known = entries[agentID], known.check.revision >= wanted.revision { return }
        let circumstances = AdherenceCircumstances(
            confirmedAt: wanted.confirmedAt,
            writtenAt: wanted.writtenAt,
            before: wanted.before
        )
        nextSerial += 1
        let check = AgentAdherence(
            revision: wanted.revision,
            target: wanted.target,
            circumstances: circumstances,
            policy: policy
        )
        entries[agentID] = Entry(serial: nextSerial, check: check)
        arm(agentID)
        pump()
    }

    /// An adherence event of an agent; may confirm.
    public func observe(_ adherence: AdherenceObservation, agentID: String) {
        guard let entry = entries[agentID] else { return }
        let now = effects.now()
        let codes = memory.codes(managementUnitID: adherence.managementUnitID, now: now)
        let expectation = expectation(of: entry.check, codes: codes)
        guard let verdict = entry.check.observed(adherence, expectation: expectation, now: now) else { return }
        finish(agentID, entry, verdict)
    }

    /// The agent's presence is no longer wanted: no verdict is given.
    public func forget(agentID: String) {
        entries[agentID] = nil
    }

    /// Starts no more calls and gives no more verdicts; calls under way end by themselves.
    public func stop() {
        isStopped = true
        entries = [:]
        alarms = Heap()
        unexplained = []
        sleeper?.task.cancel()
        sleeper = nil
    }

    // MARK: When to read

    private func arm(_ agentID: String) {
        guard let entry = entries[agentID] else { return }
        alarms.insert(Alarm(at: entry.check.due, serial: entry.serial, agentID: agentID))
    }

    /// Starts the reads that are due, each with as many agents as are due soon.
    private func pump() {
        guard !isStopped else { return }
        let now = effects.now()
        while reading < policy.maxReads, let first = nextAlarm(), max(first, pausedUntil ?? first) <= now {
            let batch = takeBatch(dueBy: now.advanced(by: policy.gather))
            reading += 1
            Task { await self.run(batch) }
        }
        setSleeper()
    }

    private func takeBatch(dueBy soon: Timestamp) -> [Member] {
        var batch: [Member] = []
        while batch.count < GenesysAPI.agentsPerAdherenceRead, let at = nextAlarm(), at <= soon {
            let alarm = alarms.removeMin()
            batch.append(Member(agentID: alarm.agentID, serial: alarm.serial))
        }
        return batch
    }

    /// The earliest alarm that still means something; clears away those before it.
    private func nextAlarm() -> Timestamp? {
        while let alarm = alarms.min {
            if let entry = entries[alarm.agentID], entry.serial == alarm.serial { return alarm.at }
            alarms.removeMin()
        }
        return nil
    }

    private func setSleeper() {
        // A read that ends looks by itself.
        guard reading < policy.maxReads, let first = nextAlarm() else { return }
        let until = max(first, pausedUntil ?? first)
        if let sleeper, sleeper.until <= until { return }
        sleeper?.task.cancel()
        let delay = max(.milliseconds(1), until.timeIntervalSince(effects.now()))
        sleeper = (
            until,
            Task { [sleep = effects.sleep] in
                guard (try? await sleep(delay)) != nil else { return }
                self.ring()
            }
        )
    }

    private func ring() {
        sleeper = nil
        pump()
    }

    // MARK: Reads

    private func run(_ batch: [Member]) async {
        let result: Result<[UserAdherence], GenesysAPIError>
        do throws(GenesysAPIError) {
            result = .success(try await effects.read(batch.map(\.agentID)))
        } catch {
            result = .failure(error)
        }
        reading -= 1
        guard !isStopped else { return }
        switch result {
        case .success(let reads):
            complaints.remove("adherence")
            pump()
            await judge(reads, batch)
            guard !isStopped else { return }
            if !reads.isEmpty { await effects.observed(reads) }
        case .failure(let error):
            failed(error, batch)
        }
        pump()
    }

    private func judge(_ reads: [UserAdherence], _ batch: [Member]) async {
        let byAgent = Dictionary(reads.map { ($0.userID.lowercased(), $0) }) { first, _ in first }
        for read in reads { memory.note(read) }
        for member in batch {
            guard let check = entry(member)?.check else { continue }
            let read = byAgent[member.agentID.lowercased()]
            var codes: [ActivityCode]?
            // No code can list a system's own definition: nothing is to be looked up for it.
            if let unit = read?.businessUnitID, effects.definition(check.target.definitionID)?.isSystem != true {
                codes = await self.codes(of: unit)
            }
            // An event may have confirmed meanwhile.
            guard var entry = entry(member) else { continue }
            let now = effects.now()
            let source = memory.source(of: member.agentID, now: now)
            if let source { entry.check.know(source: source) }
            let expectation = expectation(of: entry.check, codes: codes)
            let step = entry.check.didRead(read, expectation: expectation, knowsSource: source != nil, now: now)
            take(step, member, entry)
        }
    }

    private func failed(_ error: GenesysAPIError, _ batch: [Member]) {
        let now = effects.now()
        if error.code == .rateLimited {
            let pause = min(error.retryAfter ?? .seconds(1), policy.giveUpAfter)
            pausedUntil = max(pausedUntil ?? now, now.advanced(by: pause))
        }
        // One delay for all, so that they are read together again.
        let random = effects.random()
        for member in batch {
            guard var entry = entry(member) else { continue }
            let expected = expectation(of: entry.check, codes: nil)
            let step = entry.check.failed(
                error,
                expected: expected.isCertain ? expected.category : nil,
                now: now,
                random: random
            )
            take(step, member, entry)
        }
        guard !error.isRetryable else {
            logger.debug("adherence: a read failed: \(error)", metadata: ["agents": "\(batch.count)"])
            return
        }
        guard complaints.insert("adherence").inserted else { return }
        logger.warning("\(AdherenceMessage.unreadable(error))", metadata: ["agents": "\(batch.count)"])
    }

    /// The member's check, unless it is over or has been replaced.
    func entry(_ member: Member) -> Entry? {
        guard let entry = entries[member.agentID], entry.serial == member.serial else { return nil }
        return entry
    }

    private func take(_ step: AgentAdherence.Step, _ member: Member, _ changed: Entry) {
        var entry = changed
        switch step {
        case .verdict(let verdict): finish(member.agentID, entry, verdict)
        case .wait:
            entries[member.agentID] = entry
            arm(member.agentID)
        case .askSource where unexplained.count < policy.maxSourceQueue:
            entries[member.agentID] = entry
            unexplained.append(member)
            askSources()
        case .askSource:
            guard let verdict = entry.check.learned(source: nil, now: effects.now()) else { return }
            finish(member.agentID, entry, verdict)
        }
    }

    func finish(_ agentID: String, _ entry: Entry, _ verdict: AdherenceVerdict) {
        entries[agentID] = nil
        AdherenceMetrics.count(verdict, confirmedAt: entry.check.circumstances.confirmedAt)
        logger.debug("adherence", metadata: ["agent": "\(agentID)", "what": "\(verdict.summary)"])
        effects.report(AdherenceReport(agentID: agentID, revision: entry.check.revision, verdict: verdict))
    }

    private func expectation(of check: AgentAdherence, codes: [ActivityCode]?) -> AdherenceExpectation {
        AdherenceExpectation(target: check.target, codes: codes, definition: effects.definition)
    }
}
