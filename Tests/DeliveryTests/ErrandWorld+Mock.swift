// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Logging
import Synchronization
import Testing

@testable import Delivery

/// A Genesys in memory, on a clock that the test moves, with faults on demand.
final class ErrandWorld: Sendable {
    enum Fault {
        /// Not done, and said so.
        case refused(GenesysAPIError)
        /// Done, but the answer is lost.
        case lost(GenesysAPIError)
    }

    struct Job {
        var client: Int
        var agentID: String
        var endsAt: Timestamp
        var adds: AdherenceExplanation?
        var found: [AdherenceExplanation] = []
        var error: String?
    }

    struct State {
        var now = Timestamp(milliseconds: 1_700_000_000_000)
        var sleepers: [Int: (until: Timestamp, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var serial = 0
        var explanations: [String: [AdherenceExplanation]] = [:]
        var jobs: [String: Job] = [:]
        /// How long a job takes.
        var jobTime: @Sendable () -> Duration = { .zero }
        var jobError: String?
        var conversations: [String: ConversationState] = [:]
        var sets: [String: [ConversationAttributes]] = [:]
        var schemas: [AttributeSchema] = []
        /// Decides what goes wrong.
        var fault: @Sendable (String, ErrandCall) -> Fault? = { _, _ in nil }
        /// Somebody else amends the set before we do.
        var interferes: @Sendable () -> Bool = { false }
        var callers: Set<String> = []
        var passes = 0
        var isGateClosed = false
        var isHolding = false

        var calls: [(agentID: String, client: Int, call: ErrandCall)] = []
        var outcomes: [CallGate.Outcome] = []
        var reports: [ErrandReport] = []
        var violations: [String] = []
    }

    let state = Mutex(State())

    func errands(
        tags: TagTarget = .participantAttributes,
        policy: ErrandPolicy = ErrandPolicy(),
        random: @escaping @Sendable () -> Double = { 0.5 }
    ) -> Errands {
        Errands(
            policy: policy,
            tags: tags,
            effects: Errands.Effects(
                pass: { [self] client throws(CancellationError) in try await pass(client) },
                leave: { [self] _, outcome in state.withLock { $0.outcomes.append(outcome) } },
                call: { [self] client, agentID, call throws(GenesysAPIError) in
                    try await perform(client, agentID, call)
                },
                report: { [self] report in state.withLock { $0.reports.append(report) } },
                now: { [self] in now },
                sleep: { [self] duration in try await sleep(duration) },
                random: random
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    // MARK: - What the test sees and sets

    var now: Timestamp { state.withLock { $0.now } }
    var reports: [ErrandReport] { state.withLock { $0.reports } }
    var calls: [String] { state.withLock { $0.calls.map(\.call.name) } }
    var violations: [String] { state.withLock { $0.violations } }

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    /// Each next call of that name goes wrong in the next of these ways.
    func fail(_ name: String, _ faults: Fault...) {
        let left = Mutex(faults)
        set { state in
            let before = state.fault
            state.fault = { agentID, call in
                if let fault = before(agentID, call) { return fault }
                guard call.name == name else { return nil }
                return left.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            }
        }
    }

    /// Moves the clock to the next moment at which somebody wants to wake up.
    func advance() {
        let sleeper = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let (id, next) = state.sleepers.min(by: { $0.value.until < $1.value.until }) else { return nil }
            state.sleepers[id] = nil
            state.now = max(state.now, next.until)
            return next.continuation
        }
        sleeper?.resume()
    }

    /// Runs until nothing is left to do, or to what `until` says.
    func run(_ errands: Errands, until isEnough: () async -> Bool = { false }) async {
        for _ in 0..<1_000_000 {
            if await errands.outstanding == 0 { return }
            if await isEnough() { return }
            if await errands.underWay == 0 { advance() }
            await Task.yield()
        }
        Issue.record("not ended")
    }

    // MARK: - Time and budget

    private func sleep(_ duration: Duration) async throws {
        let id = state.withLock { state in
            state.serial += 1
            return state.serial
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers[id] = (state.now.advanced(by: duration), continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }

    private func pass(_ client: Int?) async throws(CancellationError) -> CallSchedule.Pass {
        while state.withLock({ $0.isGateClosed }) {
            if Task.isCancelled { throw CancellationError() }
            await Task.yield()
        }
        return state.withLock { state in
            state.passes += 1
            return CallSchedule.Pass(client: client ?? state.passes % 3)
        }
    }

    // MARK: - Calls

    private func perform(
        _ client: Int,
        _ agentID: String,
        _ call: ErrandCall
    ) async throws(GenesysAPIError) -> ErrandAnswer {
        state.withLock { state in
            state.calls.append((agentID, client, call))
            if !state.callers.insert(agentID).inserted { state.violations.append("two calls at once for \(agentID)") }
        }
        await Task.yield()
        while state.withLock({ $0.isHolding }) { await Task.yield() }
        let result = state.withLock { state -> Result<ErrandAnswer, GenesysAPIError> in
            let fault = state.fault(agentID, call)
            if case .refused(let error) = fault { return .failure(error) }
            let answer = state.answer(client, agentID, call)
            if case .lost(let error) = fault { return .failure(error) }
            return answer
        }
        await Task.yield()
        state.withLock { _ = $0.callers.remove(agentID) }
        return try result.get()
    }
}

extension ErrandWorld.State {
    mutating func answer(
        _ client: Int,
        _ agentID: String,
        _ call: ErrandCall
    ) -> Result<ErrandAnswer, GenesysAPIError> {
        endJobs()
        switch call {
        case .addExplanation(let explanation):
            return .success(.job(start(client, agentID, adds: explanation)))
        case .queryExplanations(let from, let to):
            let found = (explanations[agentID] ?? []).filter { from <= $0.start && $0.start <= to }
            return .success(.job(start(client, agentID, found: found)))
        case .explanationJob(let id, _):
            guard let job = jobs[id], job.client == client else {
                violations.append("job \(id) asked for by client \(client)")
                return .failure(GenesysAPIError(.forbidden, status: 403, message: "not the client that started it"))
            }
            guard job.endsAt <= now else { return .success(.job(ExplanationJob(id: id, status: .processing))) }
            return .success(
                .job(
                    ExplanationJob(
                        id: id,
                        status: job.error == nil ? .complete : .error,
                        explanations: job.found,
                        errorMessage: job.error
                    )
                )
            )
        case .conversation(let id):
            guard let conversation = conversations[id] else { return .failure(.gone) }
            return .success(.conversation(conversation))
        case .setParticipantAttributes(let attributes, let conversationID, let participantID):
            guard
                let index = conversations[conversationID]?.participants.firstIndex(where: { $0.id == participantID })
            else { return .failure(.gone) }
            conversations[conversationID]?.participants[index].attributes.merge(attributes) { $1 }
        case .customAttributes(let id):
            guard conversations[id] != nil else { return .failure(.gone) }
            return .success(.customAttributes(sets[id] ?? []))
        case .putCustomAttributes(var set, let divisionIDs, let id):
            if divisionIDs != conversations[id]?.divisionIDs { violations.append("divisions \(divisionIDs)") }
            set.version = 1
            sets[id, default: []].removeAll { $0.id == set.id }
            sets[id, default: []].append(set)
        case .amendCustomAttributes(let set, let id):
            guard let index = sets[id]?.firstIndex(where: { $0.id == set.id }), var known = sets[id]?[index] else {
                return .failure(.gone)
            }
            if interferes() { known.version = (known.version ?? 0) + 1 }
            defer { sets[id]?[index] = known }
            guard set.version == known.version else {
                return .failure(GenesysAPIError(.conflict, status: 409, message: "version"))
            }
            known.attributes.merge(set.attributes) { $1 }
            known.version = (known.version ?? 0) + 1
        case .attributeSchemas:
            return .success(.schemas(schemas))
        case .createAttributeSchema(let name, let fields):
            let schema = AttributeSchema(id: "schema-\(schemas.count + 1)", name: name, fields: fields)
            schemas.append(schema)
            return .success(.schema(schema))
        case .setRoutingStatus, .putAdherence: break
        }
        return .success(.done)
    }

    private mutating func start(
        _ client: Int,
        _ agentID: String,
        adds: AdherenceExplanation? = nil,
        found: [AdherenceExplanation] = []
    ) -> ExplanationJob {
        let id = "job-\(jobs.count + 1)"
        jobs[id] = ErrandWorld.Job(
            client: client,
            agentID: agentID,
            endsAt: now.advanced(by: jobTime()),
            adds: jobError == nil ? adds : nil,
            found: found,
            error: adds == nil ? nil : jobError
        )
        return ExplanationJob(id: id, status: .processing)
    }

    mutating func endJobs() {
        for (id, job) in jobs where job.endsAt <= now {
            guard let added = job.adds else { continue }
            jobs[id]?.adds = nil
            explanations[job.agentID, default: []].append(added)
        }
    }
}
