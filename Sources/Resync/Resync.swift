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
    /// Agents to read, as far as they are known.
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
    /// Why nobody was read, for whoever asked for it; `nil` where somebody was.
    public var error: String?
}

/// Why it cannot be found out whom to read.
public struct ResyncFailure: Error, Sendable {
    /// For whoever asked for the resync.
    public var message: String

    /// A failure with what to do about it.
    public init(_ message: String) { self.message = message }
}

/// Rebuilds facts from reads: presence and routing status of each agent enter the journal as observations, and the
/// rules look again.
public actor Resync {
    /// The outside world as a resync needs it.
    /// `client` is the index of the OAuth client to call with.
    public struct Effects: Sendable {
        /// `GET /api/v2/users?id=…&expand=presence,routingStatus`, at most 100 users
        public var states: @Sendable (_ client: Int, _ userIDs: [String]) async throws(GenesysAPIError) -> [UserState]
        /// `GET /api/v2/users/{id}/presences/purecloud`
        public var presence: @Sendable (_ client: Int, _ userID: String) async throws(GenesysAPIError) -> UserPresence
        /// `GET /api/v2/users/{id}/routingstatus`
        public var routingStatus:
            @Sendable (_ client: Int, _ userID: String) async throws(GenesysAPIError) -> RoutingStatusObservation
        /// Journals observations and returns when they are applied and the rules have looked.
        public var apply: @Sendable ([JournalEntry]) async throws(JournalError) -> Void
        /// Something that differs when the agent's facts or wish differ.
        public var fingerprint: @Sendable (_ userID: String) async -> Int
        /// The wall clock.
        public var now: @Sendable () -> Timestamp

        /// All closures are needed.
        public init(
            states: @escaping @Sendable (Int, [String]) async throws(GenesysAPIError) -> [UserState],
            presence: @escaping @Sendable (Int, String) async throws(GenesysAPIError) -> UserPresence,
            routingStatus: @escaping @Sendable (Int, String) async throws(GenesysAPIError) -> RoutingStatusObservation,
            apply: @escaping @Sendable ([JournalEntry]) async throws(JournalError) -> Void,
            fingerprint: @escaping @Sendable (String) async -> Int,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.states = states
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

    /// Batches at a time.
    private static let width = 2
    private static let keptJobs = 100

    /// The gate keeps the reads within the budget, behind writes and verification.
    public init(gate: CallGate, effects: Effects, logger: Logger) {
        self.gate = gate
        self.effects = effects
        self.logger = logger
    }

    /// Starts a resync and returns at once.
    ///
    /// - Parameters:
    ///   - agentIDs: whom to read.
    ///   - finding: finds out who else, before anybody is read. It may wait for its turn at the API; when it fails, so does the
    ///     job.
    public func start(
        agentIDs: [String],
        finding: (@Sendable () async throws(ResyncFailure) -> Set<String>)? = nil
    ) -> ResyncJob {
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
        tasks[job.id] = Task {
            var all = agentIDs
            do throws(ResyncFailure) {
                if let finding { all = self.take(Set(agentIDs).union(try await finding()).sorted(), in: job.id) }
            } catch {
                return self.end(job.id, error.message)
            }
            await self.run(job.id, all)
        }
        return job
    }

    /// The job of that id, also when it has ended; the newest 100 are kept.
    public func job(_ id: String) -> ResyncJob? { jobs[id] }

    /// Ends all that run.
    public func stop() {
        for task in tasks.values { task.cancel() }
    }

    private func take(_ agentIDs: [String], in id: String) -> [String] {
        jobs[id]?.total = agentIDs.count
        return agentIDs
    }

    private func run(_ id: String, _ agentIDs: [String]) async {
        await withTaskGroup(of: [AgentResult].self) { group in
            var waiting = agentIDs[...]
            func addNext() {
                let batch = Array(waiting.prefix(GenesysAPI.usersPerRead))
                waiting = waiting.dropFirst(batch.count)
                if !batch.isEmpty { group.addTask { await self.batch(batch) } }
            }
            for _ in 0..<Self.width { addNext() }
            for await results in group {
                for result in results { note(result, in: id) }
                if !Task.isCancelled { addNext() }
            }
        }
        end(id)
    }

    private func end(_ id: String, _ error: String? = nil) {
        tasks[id] = nil
        guard var job = jobs[id] else { return }
        let hasFailed = error != nil || (job.total > 0 && job.failed == job.total)
        job.state = Task.isCancelled ? .cancelled : hasFailed ? .failed : .done
        job.error = error
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

    /// Reads up to a hundred agents with one call, and by themselves those that its answer leaves out or knows too
    /// little of.
    private nonisolated func batch(_ agentIDs: [String]) async -> [AgentResult] {
        var before: [String: Int] = [:]
        for id in agentIDs { before[id] = await effects.fingerprint(id) }
        var states: [String: UserState] = [:]
        do {
            let read = try await call { (client) async throws(GenesysAPIError) in
                try await effects.states(client, agentIDs)
            }
            states = Dictionary(read.map { ($0.userID, $0) }) { first, _ in first }
        } catch {
            // Nor could any of them be read alone: a hundred times as many calls would tell the same.
            if error is CancellationError || (error as? GenesysAPIError)?.isAboutEverybody == true {
                logger.warning("resync: users could not be read: \(error)", metadata: ["agents": "\(agentIDs.count)"])
                return agentIDs.map { _ in .failed }
            }
            logger.warning("resync: users could not be read together, each is read alone: \(error)")
        }
        var failed: Set<String> = []
        var read: [String] = []
        var entries: [JournalEntry] = []
        for id in agentIDs where !Task.isCancelled {
            read.append(id)
            do {
                let (presence, routing) = try await completed(states[id], id)
                let now = effects.now()
                entries.append(.observation(presence, at: now))
                entries.append(.observation(routing, of: id, at: now))
            } catch {
                failed.insert(id)
                logger.warning("resync: an agent could not be read: \(error)", metadata: ["agent": "\(id)"])
            }
        }
        do {
            try await effects.apply(entries)
        } catch {
            logger.error("resync: what was read could not be journalled: \(error)")
            return agentIDs.map { _ in .failed }
        }
        var results: [AgentResult] = []
        for id in read {
            let after = await effects.fingerprint(id)
            results.append(failed.contains(id) ? .failed : after == before[id] ? .same : .changed)
        }
        return results
    }

    private nonisolated func completed(
        _ state: UserState?,
        _ id: String
    ) async throws -> (UserPresence, RoutingStatusObservation) {
        var presence = state?.presence, routing = state?.routingStatus
        if presence == nil {
            presence = try await call { (client) async throws(GenesysAPIError) in
                try await effects.presence(client, id)
            }
        }
        if routing == nil {
            routing = try await call { (client) async throws(GenesysAPIError) in
                try await effects.routingStatus(client, id)
            }
        }
        guard let presence, let routing else { throw CancellationError() }
        return (presence, routing)
    }

    /// One read under the budget; tried again a few times when that may help.
    private nonisolated func call<T: Sendable>(
        _ body: @Sendable (_ client: Int) async throws(GenesysAPIError) -> T
    ) async throws -> T {
        var failures = 0
        while true {
            do {
                return try await gate.call(.resync, body)
            } catch {
                failures += 1
                guard error.isRetryable, failures < 5 else { throw error }
                if error.code != .rateLimited { try await Task.sleep(for: .milliseconds(250 << failures)) }
            }
        }
    }
}

extension GenesysAPIError {
    /// Neither the users asked for nor their number are at fault.
    fileprivate var isAboutEverybody: Bool {
        switch code {
        case .network, .timeout, .server, .rateLimited, .unauthorized, .cancelled: true
        default: false
        }
    }
}
