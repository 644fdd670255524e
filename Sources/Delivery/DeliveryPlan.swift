// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents
import HeapModule

/// All agents' deliveries: which calls are due, what goes into the next one, and what its answer means. Pure: times,
/// chance and answers come in as arguments, and what is to be done outside is left in `outbox`. `Delivery` runs it.
struct DeliveryPlan: Sendable {
    /// What has to be done outside.
    struct Outbox: Sendable {
        /// For the pipeline, in order.
        var reports: [DeliveryReport] = []
        /// A pass of the gate is wanted for each.
        var passes: [CallLanes.Lane] = []
    }

    private enum Alarm: Hashable {
        case agent(String)
        case lane(CallLanes.Lane)
    }
    private struct AlarmTime: Comparable {
        var at: Timestamp
        var alarm: Alarm
        static func < (a: Self, b: Self) -> Bool { a.at < b.at }
    }

    private let policy: DeliveryPolicy
    private var agents: [String: AgentDelivery] = [:]
    /// Agents with a call under way: one at a time for each.
    private var calling: Set<String> = []
    private var lanes: CallLanes
    private var alarms = Heap<AlarmTime>()
    /// The earliest of each.
    private var armed: [Alarm: Timestamp] = [:]
    /// Agents that cannot be read, and until when that is not tried again without a wish.
    private var unreadable: [String: Timestamp] = [:]
    private var isStopped = false
    /// Taken, and emptied, by whoever runs the plan, after each change.
    var outbox = Outbox()

    private static let unreadableFor = Duration.seconds(600)
    private static let keptUnreadable = 10_000

    init(policy: DeliveryPolicy, requestsPerMinute: Int) {
        self.policy = policy
        lanes = CallLanes(
            maxWrites: policy.bulkSize,
            maxReads: GenesysAPI.presencesPerRead,
            requestsPerMinute: requestsPerMinute
        )
    }

    /// Agents with a wish or a call under way.
    var outstanding: Int { agents.count }
    /// For tests: passes that were asked for and not used yet, and agents with a call under way.
    var underWay: (passes: Int, agents: Int) { (lanes.openPasses, calling.count) }
    /// Users that go into one bulk write now.
    var bulkSize: Int { lanes.writeSize }
    /// When to call `wake`.
    var nextAlarm: Timestamp? { isStopped ? nil : alarms.min?.at }

    // MARK: Wishes and observations

    mutating func want(
        _ wish: Wish,
        agentID: String,
        observed: PresenceFacts?,
        checkFirst: Bool,
        now: Timestamp
    ) {
        agents[agentID, default: AgentDelivery(agentID: agentID, policy: policy)]
            .want(wish, observed: observed, checkFirst: checkFirst)
        pump(agentID, now)
    }

    mutating func withdraw(agentID: String, now: Timestamp) {
        agents[agentID]?.withdraw()
        pump(agentID, now)
    }

    mutating func observe(_ presence: PresenceFacts, agentID: String, now: Timestamp) {
        unreadable[agentID] = nil
        guard let reports = agents[agentID]?.observed(presence, now: now) else { return }
        outbox.reports += reports
        pump(agentID, now)
    }

    /// Wants the agent's presence read, unless that has failed for good a short while ago.
    mutating func read(agentID: String, now: Timestamp) {
        if let until = unreadable[agentID], now < until { return }
        agents[agentID, default: AgentDelivery(agentID: agentID, policy: policy)].wantRead()
        pump(agentID, now)
    }

    /// Starts no more calls.
    mutating func stop() { isStopped = true }

    /// Time has come for something.
    mutating func wake(now: Timestamp) {
        while let first = alarms.min, first.at <= now {
            alarms.removeMin()
            if armed[first.alarm] == first.at { armed[first.alarm] = nil }
            switch first.alarm {
            case .agent(let id): pump(id, now)
            case .lane(let lane): ask(lane, now)
            }
        }
    }

    /// The clock was set: what waits goes on waiting as long as it would have.
    mutating func clockWasSet(by change: Duration) {
        for id in agents.keys { agents[id]?.clockWasSet(by: change) }
        alarms = Heap(alarms.unordered.map { AlarmTime(at: $0.at.advanced(by: change), alarm: $0.alarm) })
        armed = armed.mapValues { $0.advanced(by: change) }
        unreadable = unreadable.mapValues { $0.advanced(by: change) }
    }

    // MARK: Calls

    /// A pass of the lane is there: the call to make with it. No agents = the pass is not used.
    mutating func begin(_ lane: CallLanes.Lane, now: Timestamp) -> DeliveryBatch {
        let (agentIDs, part) = lanes.next(lane)
        var batch = DeliveryBatch(lane: lane, part: part)
        guard !isStopped else { return batch }
        var others: [String] = []
        for id in agentIDs {
            guard !calling.contains(id), let kind = agents[id]?.nextKind, (kind == .write) == lane.isWrite,
                let (call, reports) = agents[id]?.nextCall(now: now)
            else {
                others.append(id)
                continue
            }
            outbox.reports += reports
            guard let call else {
                others.append(id)
                continue
            }
            batch.add(id, call)
            calling.insert(id)
        }
        if batch.isEmpty { lanes.abandon(part) }
        for id in others { pump(id, now) }
        ask(lane, now)
        return batch
    }

    /// No pass is to be had.
    mutating func noPass(_ lane: CallLanes.Lane) { lanes.giveBack(lane) }

    /// What the answer means for each agent. Their next calls wait for `settled`: what is told here has to be judged
    /// before.
    mutating func answered(
        _ batch: DeliveryBatch,
        _ result: Result<[UserPresence], GenesysAPIError>,
        now: Timestamp,
        random: Double
    ) {
        if case .success(let presences) = result {
            if batch.isWideRead {
                lanes.leftOutOfWideRead(batch.agentIDs.count - presences.count, of: batch.agentIDs.count)
            }
            lanes.succeeded(batch.lane, count: batch.agentIDs.count, part: batch.part)
        } else if !batch.isRefusedTogether(result) {
            lanes.abandon(batch.part)
        }
        for (id, answer) in batch.answers(result) {
            switch answer {
            case .refusedTogether: outbox.reports += agents[id]?.refusedTogether(now: now) ?? []
            case .leftOut(let many): outbox.reports += agents[id]?.leftOut(oneOfMany: many, now: now) ?? []
            case .result(let result) where batch.lane.isWrite:
                outbox.reports += agents[id]?.wrote(result, now: now, random: random) ?? []
            case .result(let result):
                if case .failure(let error) = result, error.isAboutTheAgent { noteUnreadable(id, now) }
                outbox.reports += agents[id]?.didRead(result, now: now, random: random) ?? []
            }
        }
    }

    /// All that the answer told is judged: the agents' next calls may be made.
    mutating func settled(
        _ batch: DeliveryBatch,
        _ result: Result<[UserPresence], GenesysAPIError>,
        now: Timestamp
    ) {
        calling.subtract(batch.agentIDs)
        if case .failure(let error) = result, batch.isRefusedTogether(result) {
            lanes.refused(batch.lane, batch.agentIDs, part: batch.part, isTooLarge: error.status == 413)
        }
        for id in batch.agentIDs { pump(id, now) }
        ask(batch.lane, now)
    }

    // MARK: -

    /// Sees to it that the agent's next call is made when it is due.
    private mutating func pump(_ agentID: String, _ now: Timestamp) {
        guard !isStopped, !calling.contains(agentID), let delivery = agents[agentID] else { return }
        let rank = DueQueue.Rank(prominence: delivery.prominence, since: delivery.wantedSince ?? now)
        guard let kind = delivery.nextKind else {
            lanes.place(agentID, in: nil, rank: rank)
            agents[agentID] = nil
            return
        }
        if let deadline = delivery.deadline, deadline > now {
            lanes.place(agentID, in: nil, rank: rank)
            // Those to be verified at about the same time go into one read.
            arm(.agent(agentID), kind == .verifyingRead ? deadline.roundedUp(to: 250) : deadline)
            return
        }
        // Whether a call is really due is decided when the gate opens: a wish overtaken until then costs nothing.
        let lane = CallLanes.Lane(kind, alone: delivery.needsCallAlone)
        lanes.place(agentID, in: lane, rank: rank)
        ask(lane, now)
    }

    /// Asks the gate for as many passes as the lane may use now.
    private mutating func ask(_ lane: CallLanes.Lane, _ now: Timestamp) {
        guard !isStopped else { return }
        let (count, again) = lanes.passes(lane, now: now)
        for _ in 0..<count { outbox.passes.append(lane) }
        if let again { arm(.lane(lane), again) }
    }

    private mutating func arm(_ alarm: Alarm, _ deadline: Timestamp) {
        if let earlier = armed[alarm], earlier <= deadline { return }
        armed[alarm] = deadline
        alarms.insert(AlarmTime(at: deadline, alarm: alarm))
    }

    /// Nobody of that id can be read: events about such an agent would otherwise cost a call each.
    private mutating func noteUnreadable(_ agentID: String, _ now: Timestamp) {
        if unreadable.count >= Self.keptUnreadable { unreadable = [:] }
        unreadable[agentID] = now.advanced(by: Self.unreadableFor)
    }
}

extension GenesysAPIError {
    /// Another agent's read may well succeed: neither the credentials nor the network are at fault.
    fileprivate var isAboutTheAgent: Bool {
        switch code {
        case .notFound, .forbidden, .badRequest: true
        default: false
        }
    }
}

extension Timestamp {
    fileprivate func roundedUp(to step: Int64) -> Timestamp {
        Timestamp(milliseconds: (milliseconds + step - 1) / step * step)
    }
}
