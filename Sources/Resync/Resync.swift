// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
public import GenesysAPI
public import GenesysEvents
public import Journal
public import Logging

/// One resync: how far it is and what it found.
public struct ResyncJob: Sendable, Equatable, Identifiable {
    /// How far a job is. `failed` = nobody could be read.
    public enum State: String, Sendable { case running, done, failed, cancelled }
    /// Names the job in `/v1/resyncs/{id}`.
    public var id: String
    /// How far it is.
    public var state: State
    /// Agents to read.
    public var total: Int
    /// Agents read, well or not.
    public var done = 0
    /// Agents whose facts or wish differ from before.
    public var changed = 0
    /// Agents that could not be read.
    public var failed = 0
    /// When it was asked for.
    public var startedAt: Timestamp
    /// When it ended; `nil` while it runs.
    public var finishedAt: Timestamp?
}

/// Rebuilds facts from reads: presence and routing status of each agent enter the journal as observations, and the
/// rules look again.
public actor Resync {
    /// The outside world as a resync needs it.
    public struct Effects: Sendable {
        /// `GET /api/v2/users/{id}/presences/purecloud`
        public var presence: @Sendable (_ userID: String) async throws(GenesysAPIError) -> UserPresence
        /// `GET /api/v2/users/{id}/routingstatus`
        public var routingStatus: @Sendable (_ userID: String) async throws(GenesysAPIError) -> RoutingStatusObservation
        /// Journals observations and returns when they are applied and the rules have looked.
        public var apply: @Sendable ([JournalEntry]) async throws(JournalError) -> Void
        /// Something that differs when the agent's facts or wish differ.
        public var fingerprint: @Sendable (_ userID: String) async -> Int
        /// The wall clock.
        public var now: @Sendable () -> Timestamp

        /// All closures are needed.
        public init(
            presence: @escaping @Sendable (String) async throws(GenesysAPIError) -> UserPresence,
            routingStatus: @escaping @Sendable (String) async throws(GenesysAPIError) -> RoutingStatusObservation,
            apply: @escaping @Sendable ([JournalEntry]) async throws(JournalError) -> Void,
            fingerprint: @escaping @Sendable (String) async -> Int,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.presence = presence
            self.routingStatus = routingStatus
            self.apply = apply
            self.fingerprint = fingerprint
            self.now = now
        }
    }

    private let gate: CallGate
    private let effects: Effects
    private let logger: Logger
    private var jobs: [String: ResyncJob] = [:]
    private var order: [String] = []
    private var tasks: [String: Task<Void, Never>] = [:]

    private static let width = 8
    private static let keptJobs = 100

    /// The gate keeps the reads within the budget, behind writes and verification.
    public init(gate: CallGate, effects: Effects, logger: Logger) {
        self.gate = gate
        self.effects = effects
        self.logger = logger
    }

    /// Starts a resync of these agents and returns at once.
    public func start(agentIDs: [String]) -> ResyncJob {
        let job = ResyncJob(
            id: UUID().uuidString.lowercased(),
            state: .running,
            total: agentIDs.count,
            startedAt: effects.now()
        )
        jobs[job.id] = job
        order.append(job.id)
        while order.count > Self.keptJobs, let old = order.first, jobs[old]?.state != .running {
            jobs[old] = nil
            order.removeFirst()
        }
        tasks[job.id] = Task { await self.run(job.id, agentIDs) }
        return job
    }

    /// The job of that id, also when it has ended; the newest 100 are kept.
    public func job(_ id: String) -> ResyncJob? { jobs[id] }

    /// Ends all that run.
    public func stop() {
        for task in tasks.values { task.cancel() }
    }

    private func run(_ id: String, _ agentIDs: [String]) async {
        await withTaskGroup(of: AgentResult.self) { group in
            var waiting = agentIDs.makeIterator()
            for _ in 0..<Self.width {
                if let next = waiting.next() { group.addTask { await self.agent(next) } }
            }
            for await result in group {
                note(result, in: id)
                if !Task.isCancelled, let next = waiting.next() { group.addTask { await self.agent(next) } }
            }
        }
        tasks[id] = nil
        guard var job = jobs[id] else { return }
        let allFailed = job.total > 0 && job.failed == job.total
        job.state = Task.isCancelled ? .cancelled : allFailed ? .failed : .done
        job.finishedAt = effects.now()
        jobs[id] = job
    }

    private enum AgentResult { case same, changed, failed }

    private func note(_ result: AgentResult, in id: String) {
        jobs[id]?.done += 1
        switch result {
        case .same: break
        case .changed: jobs[id]?.changed += 1
        case .failed: jobs[id]?.failed += 1
        }
    }

    private nonisolated func agent(_ agentID: String) async -> AgentResult {
        let before = await effects.fingerprint(agentID)
        do {
            let presence = try await call { () async throws(GenesysAPIError) in try await effects.presence(agentID) }
            let routing = try await call { () async throws(GenesysAPIError) in try await effects.routingStatus(agentID)
            }
            let now = effects.now()
            try await effects.apply([.observation(presence, at: now), .observation(routing, of: agentID, at: now)])
        } catch {
            logger.warning("resync: an agent could not be read: \(error)", metadata: ["agent": "\(agentID)"])
            return .failed
        }
        return await effects.fingerprint(agentID) == before ? .same : .changed
    }

    /// One read under the budget; tried again a few times when that may help.
    private nonisolated func call<T: Sendable>(
        _ body: @Sendable () async throws(GenesysAPIError) -> T
    ) async throws -> T {
        var failures = 0
        while true {
            await gate.enter(.resync)
            do {
                let value = try await body()
                await gate.leave()
                return value
            } catch {
                if error.code == .rateLimited { await gate.pause(for: error.retryAfter ?? .seconds(1)) }
                await gate.leave()
                failures += 1
                guard error.isRetryable, failures < 5 else { throw error }
                if error.code != .rateLimited { try await Task.sleep(for: .milliseconds(250 << failures)) }
            }
        }
    }
}
