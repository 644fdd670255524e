// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysAPI
import GenesysEvents
public import Logging

/// Brings agents to their wanted presence: makes the calls that `DeliveryPlan` decides, gathered into bulk calls, under
/// the budgets of the OAuth clients. At most one call is under way for an agent.
public actor Delivery {
    private let gate: CallGate
    private let effects: DeliveryEffects
    private let logger: Logger
    private let metrics = DeliveryMetrics()
    private var plan: DeliveryPlan
    private var sleeper: (until: Timestamp, task: Task<Void, Never>)?
    /// How far the wall clock is ahead of the one that is never set.
    private var clockOffset: Duration?

    /// The gate keeps all calls within the budgets of the OAuth clients.
    public init(policy: DeliveryPolicy, gate: CallGate, effects: DeliveryEffects, logger: Logger) {
        self.gate = gate
        self.effects = effects
        self.logger = logger
        plan = DeliveryPlan(policy: policy, requestsPerMinute: gate.requestsPerMinute)
    }

    /// A new wish; replaces the agent's earlier one.
    public func want(_ wish: Wish, agentID: String, observed: PresenceFacts?, checkFirst: Bool = false) {
        plan.want(wish, agentID: agentID, observed: observed, checkFirst: checkFirst, now: now())
        flush()
    }

    /// The agent's wish is off; a call in flight still ends.
    public func withdraw(agentID: String) {
        plan.withdraw(agentID: agentID, now: now())
        flush()
    }

    /// A presence event of an agent.
    public func observe(_ presence: PresenceFacts, agentID: String) {
        plan.observe(presence, agentID: agentID, now: now())
        flush()
    }

    /// Reads the agent's presence into the journal, unless that has failed for good a short while ago.
    public func read(agentID: String) {
        plan.read(agentID: agentID, now: now())
        flush()
    }

    /// Agents with a wish or a call under way.
    public var outstanding: Int { plan.outstanding }

    /// Users that go into one bulk write now: less than configured when Genesys has refused so many.
    public var bulkSize: Int { plan.bulkSize }

    /// Starts no more calls; those under way end by themselves.
    public func stop() {
        plan.stop()
        sleeper?.task.cancel()
        sleeper = nil
    }

    // MARK: -

    /// The wall clock. When it has been set, everything that waits for a time moves along: set back by an hour, it would
    /// hold up each retry for as long.
    private func now() -> Timestamp {
        let now = effects.now()
        guard let uptime = effects.uptime?() else { return now }
        let offset = now.timeIntervalSince(uptime)
        let change = offset - (clockOffset ?? offset)
        if clockOffset == nil { clockOffset = offset }
        // Less is a clock that is slowed or hurried.
        guard change < .seconds(-1) || change > .seconds(1) else { return now }
        clockOffset = offset
        plan.clockWasSet(by: change)
        sleeper?.task.cancel()
        sleeper = nil
        return now
    }

    /// Does what the plan has left to be done.
    private func flush() {
        let outbox = plan.outbox
        plan.outbox = DeliveryPlan.Outbox()
        for report in outbox.reports {
            metrics.record(report.latencies)
            log(report)
            effects.report(report)
        }
        for lane in outbox.passes { Task { await self.run(lane) } }
        setSleeper()
    }

    /// Makes one call of the lane.
    private func run(_ lane: CallLanes.Lane) async {
        guard let pass = await gate.enter(lane.priority) else { return plan.noPass(lane) }
        let batch = plan.begin(lane, now: now())
        flush()
        guard !batch.isEmpty else { return await gate.leave(pass, .unused) }
        let clock = ContinuousClock()
        let start = clock.now
        let result = await perform(batch, client: pass.client)
        metrics.record(isWrite: lane.isWrite, count: batch.agentIDs.count, took: clock.now - start)
        switch result {
        case .success: await gate.leave(pass, .success)
        case .failure(let error): await gate.leave(pass, .failure(error))
        }
        plan.answered(batch, result, now: now(), random: effects.random())
        // Before the observations: who judges those must know what has become of our writes.
        flush()
        if case .success(let presences) = result, !lane.isWrite, !presences.isEmpty {
            await effects.observed(presences)
        } else {
            await effects.judged()
        }
        plan.settled(batch, result, now: now())
        flush()
    }

    private nonisolated func perform(
        _ batch: DeliveryBatch,
        client: Int
    ) async -> Result<[UserPresence], GenesysAPIError> {
        do throws(GenesysAPIError) {
            switch (batch.lane.isWrite, batch.isBulk) {
            case (true, true): return .success(try await effects.writeMany(client, batch.writes))
            case (true, false): return .success([try await effects.write(client, batch.writes[0])])
            case (false, true) where batch.isWideRead:
                return .success(try await effects.readWidely(client, batch.agentIDs))
            case (false, true): return .success(try await effects.readMany(client, batch.agentIDs))
            case (false, false): return .success([try await effects.read(client, batch.agentIDs[0])])
            }
        } catch {
            return .failure(error)
        }
    }

    private func log(_ report: DeliveryReport) {
        let isLost = report.status.state == .failed || report.status.state == .notApplied
        logger.log(
            level: isLost ? .warning : .debug,
            "\(report.summary)",
            metadata: [
                "agent": "\(report.agentID)", "state": "\(report.status.state.rawValue)",
                "correlationID": "\(report.status.error?.correlationID ?? "-")",
            ]
        )
    }

    private func setSleeper() {
        let now = now()
        guard let next = plan.nextAlarm else { return }
        if let sleeper, sleeper.until <= next { return }
        sleeper?.task.cancel()
        let delay = max(.milliseconds(1), next.timeIntervalSince(now))
        sleeper = (
            next,
            Task { [sleep = effects.sleep] in
                guard (try? await sleep(delay)) != nil else { return }
                self.ring()
            }
        )
    }

    private func ring() {
        sleeper = nil
        plan.wake(now: now())
        flush()
    }
}
