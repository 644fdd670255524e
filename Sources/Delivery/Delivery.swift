// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysAPI
public import GenesysEvents
import HeapModule
public import Logging
import Metrics

/// Brings agents to their wanted presence: runs the calls that `AgentDelivery` decides, under the client's budget.
public actor Delivery {
    /// The outside world as delivery needs it.
    public struct Effects: Sendable {
        /// `GET /api/v2/users/{id}/presences/purecloud`
        public var read: @Sendable (_ userID: String) async throws(GenesysAPIError) -> UserPresence
        /// `PATCH /api/v2/users/{id}/presences/purecloud`
        public var write: @Sendable (_ userID: String, PresenceTarget) async throws(GenesysAPIError) -> UserPresence
        /// Takes reports in order; must not block.
        public var report: @Sendable (DeliveryReport) -> Void
        /// Returns when the reports so far have been judged: what the answer of a write tells may change the wish.
        public var judged: @Sendable () async -> Void
        /// A presence that was read: goes into the journal as an observation. Returns when it has been judged, so that
        /// nothing is written over a change by hand that only this read has brought to light.
        public var observed: @Sendable (UserPresence) async -> Void
        /// The wall clock.
        public var now: @Sendable () -> Timestamp
        /// Waits, or throws when the task is cancelled.
        public var sleep: @Sendable (Duration) async throws -> Void
        /// In 0..<1.
        public var random: @Sendable () -> Double

        /// Everything but time and chance has to be given.
        public init(
            read: @escaping @Sendable (String) async throws(GenesysAPIError) -> UserPresence,
            write: @escaping @Sendable (String, PresenceTarget) async throws(GenesysAPIError) -> UserPresence,
            report: @escaping @Sendable (DeliveryReport) -> Void,
            judged: @escaping @Sendable () async -> Void,
            observed: @escaping @Sendable (UserPresence) async -> Void,
            now: @escaping @Sendable () -> Timestamp,
            sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
            random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
        ) {
            self.read = read
            self.write = write
            self.report = report
            self.judged = judged
            self.observed = observed
            self.now = now
            self.sleep = sleep
            self.random = random
        }
    }

    private struct Alarm: Comparable {
        var at: Timestamp
        var agentID: String
        static func < (a: Self, b: Self) -> Bool { (a.at, a.agentID) < (b.at, b.agentID) }
    }

    private let policy: DeliveryPolicy
    private let gate: CallGate
    private let effects: Effects
    private let logger: Logger
    private var agents: [String: AgentDelivery] = [:]
    /// Agents with a call under way: one at a time for each.
    private var calling: Set<String> = []
    /// Tasks that wait for the gate. A wish that becomes urgent meanwhile does not wait behind its own verification.
    private var waiting: [String: Set<CallGate.Priority>] = [:]
    private var alarms = Heap<Alarm>()
    /// The earliest alarm of each agent.
    private var armed: [String: Timestamp] = [:]
    private var sleeper: (until: Timestamp, task: Task<Void, Never>)?
    private var isStopped = false

    /// The gate keeps all calls within the budget of the OAuth client.
    public init(policy: DeliveryPolicy, gate: CallGate, effects: Effects, logger: Logger) {
        self.policy = policy
        self.gate = gate
        self.effects = effects
        self.logger = logger
    }

    /// A new wish; replaces the agent's earlier one.
    public func want(_ wish: Wish, agentID: String, observed: PresenceFacts?, checkFirst: Bool = false) {
        agents[agentID, default: AgentDelivery(agentID: agentID, policy: policy)]
            .want(wish, observed: observed, checkFirst: checkFirst)
        pump(agentID)
    }

    /// The agent's wish is off; a call in flight still ends.
    public func withdraw(agentID: String) {
        agents[agentID]?.withdraw()
        pump(agentID)
    }

    /// A presence event of an agent.
    public func observe(_ presence: PresenceFacts, agentID: String) {
        guard let reports = agents[agentID]?.observed(presence, now: effects.now()) else { return }
        reports.forEach(effects.report)
        pump(agentID)
    }

    /// Reads the agent's presence into the journal.
    public func read(agentID: String) {
        agents[agentID, default: AgentDelivery(agentID: agentID, policy: policy)].wantRead()
        pump(agentID)
    }

    /// Agents with a wish or a call under way.
    public var outstanding: Int { agents.count }

    /// Starts no more calls; those under way end by themselves.
    public func stop() {
        isStopped = true
        sleeper?.task.cancel()
        sleeper = nil
    }

    // MARK: -

    /// Sees to it that the agent's next call is made when it is due.
    private func pump(_ agentID: String) {
        guard !isStopped, !calling.contains(agentID), let delivery = agents[agentID] else { return }
        if delivery.isIdle {
            agents[agentID] = nil
            return
        }
        if let deadline = delivery.deadline, deadline > effects.now() {
            arm(agentID, deadline)
            return
        }
        // Whether a call is really due is decided when the gate opens: a wish overtaken until then costs nothing.
        guard delivery.hasWork else { return }
        let priority: CallGate.Priority = delivery.isVerifying ? .verify : .write
        guard !(waiting[agentID]?.contains { $0 <= priority } ?? false) else { return }
        waiting[agentID, default: []].insert(priority)
        Task { await self.run(agentID, priority) }
    }

    private func run(_ agentID: String, _ priority: CallGate.Priority) async {
        await gate.enter(priority)
        waiting[agentID]?.remove(priority)
        if waiting[agentID]?.isEmpty == true { waiting[agentID] = nil }
        guard let call = begin(agentID) else {
            await gate.leave(unused: true)
            return
        }
        let clock = ContinuousClock()
        let start = clock.now
        let result = await perform(call, agentID)
        if case .failure(let error) = result, error.code == .rateLimited {
            await gate.pause(for: error.retryAfter ?? .seconds(1))
        }
        await gate.leave()
        await end(agentID, call, result, took: clock.now - start)
    }

    private nonisolated func perform(
        _ call: AgentDelivery.Call,
        _ agentID: String
    ) async -> Result<UserPresence, GenesysAPIError> {
        do throws(GenesysAPIError) {
            switch call {
            case .read: return .success(try await effects.read(agentID))
            case .write(let target): return .success(try await effects.write(agentID, target))
            }
        } catch {
            return .failure(error)
        }
    }

    private func begin(_ agentID: String) -> AgentDelivery.Call? {
        guard !isStopped, !calling.contains(agentID) else { return nil }
        guard let (call, reports) = agents[agentID]?.nextCall(now: effects.now()) else { return nil }
        reports.forEach(effects.report)
        if call == nil { pump(agentID) } else { calling.insert(agentID) }
        return call
    }

    private func end(
        _ agentID: String,
        _ call: AgentDelivery.Call,
        _ result: Result<UserPresence, GenesysAPIError>,
        took: Duration
    ) async {
        Timer(label: "presence_relay_delivery_call_seconds", dimensions: [("call", call.name)])
            .recordNanoseconds(Int64(took / .nanoseconds(1)))
        let now = effects.now()
        let reports =
            switch call {
            case .write: agents[agentID]?.wrote(result, now: now, random: effects.random()) ?? []
            case .read: agents[agentID]?.didRead(result, now: now, random: effects.random()) ?? []
            }
        // Before the observation: who judges that must know what has become of our writes.
        for report in reports {
            logger.debug("delivery", metadata: ["agent": "\(agentID)", "what": "\(report.summary)"])
            effects.report(report)
        }
        if case .read = call, case .success(let presence) = result {
            await effects.observed(presence)
        } else {
            await effects.judged()
        }
        calling.remove(agentID)
        pump(agentID)
    }

    private func arm(_ agentID: String, _ deadline: Timestamp) {
        if let earlier = armed[agentID], earlier <= deadline { return }
        armed[agentID] = deadline
        alarms.insert(Alarm(at: deadline, agentID: agentID))
        setSleeper()
    }

    private func setSleeper() {
        guard let first = alarms.min, !isStopped else { return }
        if let sleeper, sleeper.until <= first.at { return }
        sleeper?.task.cancel()
        let delay = max(.milliseconds(1), first.at.timeIntervalSince(effects.now()))
        sleeper = (
            first.at,
            Task { [sleep = effects.sleep] in
                guard (try? await sleep(delay)) != nil else { return }
                self.ring()
            }
        )
    }

    private func ring() {
        sleeper = nil
        let now = effects.now()
        while let first = alarms.min, first.at <= now {
            alarms.removeMin()
            if armed[first.agentID] == first.at { armed[first.agentID] = nil }
            pump(first.agentID)
        }
        setSleeper()
    }
}
