// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
public import Logging

/// Does errands: runs the calls that `ErrandDelivery` decides, one at a time for each agent, agents side by side.
///
/// An agent's errands are done in the order in which they were wanted. While one waits (for a retry, for a job), those
/// about something else go on.
public actor Errands {
    private struct Key: Hashable {
        var agentID: String
        var errandID: String
    }

    private struct Agent {
        /// Unfinished ones, in the order in which they were wanted.
        var errands: [ErrandDelivery] = []
        /// A call is under way, or waits for its pass.
        var isBusy = false
        /// Waits for the pass: can be cancelled without harm.
        var waiting: Task<Void, Never>?
        /// Looks again at that time.
        var alarm: (at: Timestamp, task: Task<Void, Never>)?
    }

    private let policy: ErrandPolicy
    private let tags: TagTarget
    private let effects: Effects
    private let logger: Logger
    private let metrics = ErrandMetrics()
    private var agents: [String: Agent] = [:]
    private var recent = ErrandMemory()
    /// Schemas of custom attributes that are known to exist.
    private var schemas: [AttributeSchema] = []
    /// Who is reading and then writing what, and the agents that wait for it.
    private var holders: [ErrandCall.Section: Key] = [:]
    private var queues: [ErrandCall.Section: [String]] = [:]
    private var isStopped = false

    /// - Parameter tags: where tags go.
    public init(policy: ErrandPolicy = ErrandPolicy(), tags: TagTarget, effects: Effects, logger: Logger) {
        self.policy = policy
        self.tags = tags
        self.effects = effects
        self.logger = logger
    }

    /// Errands that have not ended.
    public var outstanding: Int { agents.values.reduce(0) { $0 + $1.errands.count } }

    /// Agents with a call under way, or waiting for leave to make it.
    var underWay: Int { agents.values.count { $0.isBusy } }

    /// More errands of an agent; those that are no call to Genesys are passed over. One that is wanted again, also after it has ended, is not done again.
    ///
    /// - Parameter checkFirst: they may have been done without our knowing (a restart).
    public func want(_ errands: [Errand], agentID: String, checkFirst: Bool) {
        guard !isStopped else { return }
        for errand in errands {
            guard agents[agentID]?.errands.contains(where: { $0.errand.id == errand.id }) != true,
                recent.insert(.id(agentID: agentID, errand.id))
            else { continue }
            var mayBeThere = checkFirst
            // Two rules may explain the same span.
            if case .explain(let explanation) = errand.work,
                !recent.insert(.span(agentID: agentID, explanation.start, minutes: explanation.minutes))
            {
                mayBeThere = true
            }
            let delivery = ErrandDelivery(
                errand,
                agentID: agentID,
                tags: tags,
                policy: policy,
                checkFirst: mayBeThere,
                now: effects.now()
            )
            if let delivery { agents[agentID, default: Agent()].errands.append(delivery) }
        }
        pump(agentID)
    }

    /// Starts no more calls; those under way end by themselves. Nothing is reported any more: whatever has not ended is
    /// taken up again after the restart.
    public func stop() {
        isStopped = true
        for agentID in agents.keys {
            agents[agentID]?.waiting?.cancel()
            agents[agentID]?.alarm?.task.cancel()
            agents[agentID]?.alarm = nil
        }
    }

    // MARK: -

    /// Sees to it that the agent's next call is made when it is due.
    private func pump(_ agentID: String) {
        guard !isStopped, let agent = agents[agentID], !agent.isBusy else { return }
        guard !agent.errands.isEmpty else {
            agent.alarm?.task.cancel()
            agents[agentID] = nil
            return
        }
        let now = effects.now()
        var earliest: Timestamp?
        for (index, delivery) in agent.errands.enumerated() {
            let isBehind = agent.errands[..<index].contains { $0.errand.concernsSame(as: delivery.errand) }
            guard !isBehind else { continue }
            if let notBefore = delivery.notBefore, notBefore > now {
                earliest = min(notBefore, earliest ?? notBefore)
                continue
            }
            var delivery = delivery
            let call = delivery.nextCall(schemas: schemas)
            let key = Key(agentID: agentID, errandID: delivery.errand.id)
            guard enter(call.section, key) else { continue }
            agents[agentID]?.errands[index] = delivery
            agents[agentID]?.isBusy = true
            agents[agentID]?.waiting = Task { await self.run(key, call) }
            return
        }
        if let earliest { arm(agentID, earliest) }
    }

    private func run(_ key: Key, _ call: ErrandCall) async {
        let pass: CallSchedule.Pass
        do throws(CancellationError) {
            pass = try await effects.pass(call.client)
        } catch {
            // Stopped.
            agents[key.agentID]?.isBusy = false
            return
        }
        guard begin(key) else {
            await effects.leave(pass, .unused)
            agents[key.agentID]?.isBusy = false
            return
        }
        let result: Result<ErrandAnswer, GenesysAPIError>
        do throws(GenesysAPIError) {
            result = .success(try await effects.call(pass.client, key.agentID, call))
            await effects.leave(pass, .success)
        } catch {
            result = .failure(error)
            await effects.leave(pass, .failure(error))
        }
        answered(key, call, result, client: pass.client)
        ended(key)
    }

    /// From here on the call is no longer to be cancelled: nobody would know whether it has happened.
    private func begin(_ key: Key) -> Bool {
        agents[key.agentID]?.waiting = nil
        return !isStopped
    }

    private func answered(
        _ key: Key,
        _ call: ErrandCall,
        _ result: Result<ErrandAnswer, GenesysAPIError>,
        client: Int
    ) {
        guard !isStopped,
            let index = agents[key.agentID]?.errands.firstIndex(where: { $0.errand.id == key.errandID }),
            var delivery = agents[key.agentID]?.errands[index]
        else { return }
        learn(call, result)
        let now = effects.now()
        let report = delivery.answered(result, to: call, client: client, now: now, random: effects.random())
        let hasEnded = report?.state.isFinal == true
        if hasEnded {
            agents[key.agentID]?.errands.remove(at: index)
        } else {
            agents[key.agentID]?.errands[index] = delivery
        }
        let mayGoOn = !hasEnded && delivery.notBefore == nil
        leave(call.section, unless: mayGoOn && delivery.nextCall(schemas: schemas).section == call.section)
        guard let report else { return }
        logger.debug(
            "errand",
            metadata: ["agent": "\(key.agentID)", "errand": "\(key.errandID)", "what": "\(report.summary)"]
        )
        if hasEnded {
            metrics.ended(delivery.errand.work.kind, report.state, after: now.timeIntervalSince(delivery.wantedAt))
        }
        effects.report(report)
    }

    private func ended(_ key: Key) {
        agents[key.agentID]?.isBusy = false
        agents[key.agentID]?.waiting = nil
        pump(key.agentID)
    }

    /// What the answer tells about schemas.
    private func learn(_ call: ErrandCall, _ result: Result<ErrandAnswer, GenesysAPIError>) {
        switch (call, result) {
        case (_, .success(.schemas(let all))): schemas = all
        case (_, .success(.schema(let created))): schemas.append(created)
        // It may be another one by now.
        case (.putCustomAttributes, .failure(let error)) where !error.isRetryable: schemas = []
        default: break
        }
    }

    // MARK: - Sections

    /// Whether the errand may go into the section; if not, its agent is looked at again when the holder has left.
    private func enter(_ section: ErrandCall.Section?, _ key: Key) -> Bool {
        guard let section else { return true }
        if let holder = holders[section], holder != key {
            if queues[section]?.contains(key.agentID) != true { queues[section, default: []].append(key.agentID) }
            return false
        }
        holders[section] = key
        return true
    }

    private func leave(_ section: ErrandCall.Section?, unless staysIn: Bool) {
        guard let section, !staysIn else { return }
        holders[section] = nil
        for agentID in queues.removeValue(forKey: section) ?? [] { pump(agentID) }
    }

    // MARK: - Time

    private func arm(_ agentID: String, _ deadline: Timestamp) {
        if let alarm = agents[agentID]?.alarm {
            guard deadline < alarm.at else { return }
            alarm.task.cancel()
        }
        let delay = max(.milliseconds(1), deadline.timeIntervalSince(effects.now()))
        let task = Task { [sleep = effects.sleep] in
            guard (try? await sleep(delay)) != nil else { return }
            self.rang(agentID, deadline)
        }
        agents[agentID]?.alarm = (deadline, task)
    }

    private func rang(_ agentID: String, _ deadline: Timestamp) {
        // A cancelled one may still ring.
        guard agents[agentID]?.alarm?.at == deadline else { return }
        agents[agentID]?.alarm = nil
        pump(agentID)
    }
}
