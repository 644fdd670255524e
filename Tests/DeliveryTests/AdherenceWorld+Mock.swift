// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysAPI
import GenesysEvents
import Logging
import Synchronization
import Testing

/// Adherence checks in front of a WFM of closures, on a clock that the test moves.
final class AdherenceWorld: Sendable {
    typealias Answer = Result<[UserAdherence], GenesysAPIError>

    private struct State {
        var reads: [[String]] = []
        var codeReads = 0
        var sourceReads: [String] = []
        var reports: [AdherenceReport] = []
        var observed: [UserAdherence] = []
        var logs: [String] = []
        var answer: @Sendable ([String]) -> Answer = { ids in .success(ids.map { .shows("Break", of: $0) }) }
        var codes: Result<[ActivityCode], GenesysAPIError> = .success(ActivityCode.examples)
        var source: Result<String?, GenesysAPIError> = .success("PURECLOUD")
        var isHeld = false
        var holdsCodes = false
        var held: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())
    let clock = AdherenceClock()

    var reads: [[String]] { state.withLock { $0.reads } }
    var codeReads: Int { state.withLock { $0.codeReads } }
    var sourceReads: [String] { state.withLock { $0.sourceReads } }
    var reports: [AdherenceReport] { state.withLock { $0.reports } }
    var observed: [UserAdherence] { state.withLock { $0.observed } }
    var logs: [String] { state.withLock { $0.logs } }
    var held: Int { state.withLock { $0.held.count } }

    func answer(_ answer: @escaping @Sendable ([String]) -> Answer) { state.withLock { $0.answer = answer } }
    func answer(codes: Result<[ActivityCode], GenesysAPIError>) { state.withLock { $0.codes = codes } }
    func answer(source: Result<String?, GenesysAPIError>) { state.withLock { $0.source = source } }

    /// Reads of adherence wait for `release`.
    func hold() { state.withLock { $0.isHeld = true } }
    /// Reads of activity codes do.
    func holdCodes() { state.withLock { $0.holdsCodes = true } }
    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            state.holdsCodes = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func checks(_ policy: AdherencePolicy = AdherencePolicy()) -> AdherenceChecks {
        AdherenceChecks(
            policy: policy,
            effects: AdherenceChecks.Effects(
                read: { [self] ids throws(GenesysAPIError) in try await read(ids).get() },
                activityCodes: { [self] _ throws(GenesysAPIError) in
                    let codes = state.withLock { state in
                        state.codeReads += 1
                        return state.codes
                    }
                    await pass { $0.holdsCodes }
                    return try codes.get()
                },
                primarySource: { [self] id throws(GenesysAPIError) in
                    let source = state.withLock { state in
                        state.sourceReads.append(id)
                        return state.source
                    }
                    return try source.get()
                },
                definition: adherenceDefinition,
                report: { [self] report in state.withLock { $0.reports.append(report) } },
                observed: { [self] reads in state.withLock { $0.observed += reads } },
                now: { [self] in clock.now },
                sleep: { [self] in try await clock.sleep($0) },
                random: { 0 }
            ),
            logger: Logger(label: "test") { [self] _ in
                AdherenceLog { [self] line in state.withLock { $0.logs.append(line) } }
            }
        )
    }

    private func read(_ ids: [String]) async -> Answer {
        let answer = state.withLock { state in
            state.reads.append(ids)
            return state.answer(ids)
        }
        await pass { $0.isHeld }
        return answer
    }

    private func pass(unless isHeld: @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                let waits = isHeld(state)
                if waits { state.held.append(continuation) }
                return waits
            }
            if !waits { continuation.resume() }
        }
    }

    /// Waits, for a bounded time, until something holds.
    func until(
        _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: () async -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            if await condition() { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        Issue.record("not reached: \(what)", sourceLocation: sourceLocation)
    }

    /// Lets time go by once the checks wait for it.
    func pass(_ duration: Duration, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await until("the checks wait", sourceLocation: sourceLocation) { clock.sleeping > 0 }
        clock.pass(duration)
    }
}

/// Keeps warnings.
private struct AdherenceLog: LogHandler {
    var keep: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    init(_ keep: @escaping @Sendable (String) -> Void) { self.keep = keep }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { keep("\(event.message)") }
}

extension AdherenceChecks {
    /// Checks what the test has written and seen confirmed.
    func check(_ agentID: String = "a", _ definitionID: String = "break", revision: Int = 1) {
        check(
            AdherenceCheck(
                revision: revision,
                target: PresenceTarget(definitionID: definitionID),
                confirmedAt: .adherenceConfirmed,
                writtenAt: .adherenceWrite
            ),
            agentID: agentID
        )
    }
}
