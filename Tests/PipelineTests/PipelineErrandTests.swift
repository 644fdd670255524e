// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Foundation
import GenesysAPI
import GenesysEvents
import Journal
import Logging
import StatusRules
import Synchronization
import Testing

@testable import Pipeline

/// A pipeline over a real journal whose delivery is never told anything true: only errands and adherence matter here.
private final class Workshop: Sendable {
    let journal: Journal
    let pipeline: Pipeline
    let inbox = PipelineInbox()
    private let delivery: Delivery
    private let running: Task<Void, Never>

    init(folder: URL) async throws {
        let journal = try Journal(url: "sqlite:\(folder.path)/relay.db", logger: .silent)
        let inbox = inbox
        let seen = SeenBox()
        let delivery = Delivery(
            policy: DeliveryPolicy(),
            gate: CallGate(CallSchedule(budgets: [RequestBudget(requestsPerMinute: 300)]), now: { .fixed }),
            effects: DeliveryEffects(
                read: { _, _ throws(GenesysAPIError) in throw await unanswered() },
                readMany: { _, _ throws(GenesysAPIError) in throw await unanswered() },
                readWidely: { _, _ throws(GenesysAPIError) in throw await unanswered() },
                write: { _, _ throws(GenesysAPIError) in throw await unanswered() },
                writeMany: { _, _ throws(GenesysAPIError) in throw await unanswered() },
                report: { inbox.put($0) },
                judged: { await inbox.waitUntilJudged() },
                observed: { _ in },
                now: { .fixed }
            ),
            logger: .silent
        )
        let pipeline = Pipeline(
            journal: journal,
            delivery: delivery,
            inbox: inbox,
            engine: try ErrandDesk().engine,
            now: { .fixed },
            logger: .silent,
            errands: { errands, _, checkFirst in seen.add(errands.map { ($0, checkFirst) }) },
            checkAdherence: { check, _ in seen.add(check) },
            adherenceObserved: { adherence, agent in seen.add("\(agent) \(adherence.state ?? "")") }
        )
        try await pipeline.load()
        self.journal = journal
        self.pipeline = pipeline
        self.delivery = delivery
        box = seen
        running = Task { await pipeline.run() }
    }

    private let box: SeenBox
    var handed: [(errand: Errand, checkFirst: Bool)] { box.state.withLock { $0.handed } }
    var checks: [AdherenceCheck] { box.state.withLock { $0.checks } }
    var adherence: [String] { box.state.withLock { $0.adherence } }

    func append(_ body: String) async throws {
        let entry = JournalEntry(
            key: UUID().uuidString,
            source: .webhook,
            topic: "topic",
            agentID: "agent",
            receivedAt: .fixed,
            body: Array(body.utf8)
        )
        _ = try await journal.append([entry])
        await pipeline.waitUntilApplied(journal.lastSequence)
    }

    func report(_ errand: Errand, _ state: ErrandState) {
        inbox.put(
            ErrandReport(agentID: "agent", errandID: errand.id, state: state, at: .fixed, summary: "it is \(state)")
        )
    }

    func confirmBreak() {
        inbox.put(
            DeliveryReport(
                agentID: "agent",
                revision: 1,
                status: DeliveryStatus(state: .confirmed, attempts: 1, at: .fixed),
                summary: "confirmed",
                news: .accepted(AcceptedWrite(definitionID: "break", modifiedAt: .fixed))
            )
        )
    }

    func failBreak() {
        inbox.put(
            DeliveryReport(
                agentID: "agent",
                revision: 1,
                status: DeliveryStatus(state: .failed, attempts: 1, at: .fixed),
                summary: "refused",
                news: .refused
            )
        )
    }

    func history() async throws -> [String] {
        try await journal.history(agentID: "agent", before: nil, limit: 100).map(\.summary)
    }

    func end() async {
        await delivery.stop()
        await pipeline.stop()
        await running.value
        await journal.close()
    }
}

private final class SeenBox: Sendable {
    struct State {
        var handed: [(errand: Errand, checkFirst: Bool)] = []
        var checks: [AdherenceCheck] = []
        var adherence: [String] = []
    }
    let state = Mutex(State())

    func add(_ errands: [(Errand, Bool)]) { state.withLock { $0.handed += errands.map { ($0.0, $0.1) } } }
    func add(_ check: AdherenceCheck) { state.withLock { $0.checks.append(check) } }
    func add(_ adherence: String) { state.withLock { $0.adherence.append(adherence) } }
}

extension Timestamp {
    fileprivate static let fixed = Timestamp(milliseconds: 1_700_000_000_000)
}

extension Logger {
    fileprivate static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

private let presence =
    #"{"topicName":"v2.users.agent.presence","eventBody":{"presenceDefinition":{"id":"available","systemPresence":"AVAILABLE"},"modifiedDate":"2023-11-14T22:13:10.000Z"}}"#

private func call(flag: String = "Break") -> String {
    #"{"topicName":"v2.users.agent.conversations","eventBody":{"id":"c","participants":[{"id":"p","userId":"agent","purpose":"agent","attributes":{"wfm_status":"\#(flag)"},"calls":[{"id":"k","state":"connected"}]}]}}"#
}

/// A call that never ends: what becomes of a presence is told by the test.
private func unanswered() async -> GenesysAPIError {
    try? await Task.sleep(for: .seconds(3600))
    return GenesysAPIError(.timeout, message: "never")
}

@Suite("Pipeline: errands and adherence")
struct PipelineErrandTests {
    @Test("errands are handed out once, after they are stored, and reported back in the history")
    func story() async throws {
        try await withFolder { folder in
            let shop = try await Workshop(folder: folder)
            try await shop.append(presence)
            try await shop.append(call())
            let begun = shop.handed.filter { ["tag", "explain"].contains($0.errand.kind) }
            #expect(begun.map(\.errand.kind) == ["tag", "explain"])
            #expect(begun.allSatisfy { !$0.checkFirst })
            for (errand, _) in begun { shop.report(errand, .done) }
            try await eventually("reported") {
                try await shop.history().count { $0 == "it is done" } == 2
            }
            shop.confirmBreak()
            try await eventually("adherence is put") { shop.handed.last?.errand.kind == "putAdherence" }
            await shop.end()
        }
    }

    @Test("what was handed out and not reported before the process died is handed out again, to be checked first")
    func restart() async throws {
        try await withFolder { folder in
            let first = try await Workshop(folder: folder)
            try await first.append(presence)
            try await first.append(call())
            let tag = try #require(first.handed.first { $0.errand.kind == "tag" }?.errand)
            first.report(tag, .done)
            try await eventually("stored") { await first.pipeline.record(of: "agent")?.errands.contains(tag) == false }
            first.confirmBreak()
            try await eventually("confirmed") { first.checks.count == 1 }
            let check = first.checks
            await first.end()
            // More than once in a row: nothing changes between the starts.
            for _ in 1...3 {
                let next = try await Workshop(folder: folder)
                try await eventually("handed out again") { next.handed.count == 2 && next.checks.count == 1 }
                #expect(next.handed.map(\.errand.kind) == ["explain", "putAdherence"])
                #expect(next.handed.allSatisfy { $0.checkFirst })
                #expect(next.checks == check)
                await next.end()
            }
        }
    }

    @Test("a verdict is kept with the agent, and every adherence that is seen is handed on")
    func adherence() async throws {
        try await withFolder { folder in
            let shop = try await Workshop(folder: folder)
            try await shop.append(presence)
            try await shop.append(call())
            shop.confirmBreak()
            try await eventually("confirmed") { shop.checks.count == 1 }
            try await shop.append(
                #"{"topicName":"v2.users.agent.workforcemanagement.adherence","eventBody":{"user":{"id":"agent"},"adherenceState":"InAdherence"}}"#
            )
            #expect(shop.adherence == ["agent InAdherence"])
            let verdict = AdherenceVerdict(state: .differs, at: .fixed, reason: .schedule, message: "scheduled is Meal")
            shop.inbox.put(AdherenceReport(agentID: "agent", revision: 1, verdict: verdict))
            try await eventually("told") {
                try await shop.history().contains("presence confirmed, adherence differs: scheduled is Meal")
            }
            #expect(await shop.pipeline.record(of: "agent")?.adherence == verdict)
            await shop.end()
            let next = try await Workshop(folder: folder)
            #expect(await next.pipeline.record(of: "agent")?.adherence == verdict)
            await next.end()
            #expect(next.checks.isEmpty)
        }
    }

    @Test("an errand that fails for good is a dead letter, and is handed out again on request")
    func deadLetter() async throws {
        try await withFolder { folder in
            let shop = try await Workshop(folder: folder)
            try await shop.append(call())
            let tag = try #require(shop.handed.first?.errand)
            shop.report(tag, .failed)
            try await eventually("a letter") { try await shop.journal.deadLetters(before: nil, limit: 9).count == 1 }
            let letter = try #require(try await shop.journal.deadLetters(before: nil, limit: 9).first)
            #expect(letter.reason == "it is failed")
            #expect(await shop.pipeline.tryAgain("agent", eventKey: "k", letter: letter.event))
            #expect(shop.handed.last?.errand.work == tag.work)
            let call = encoded(CallDetail(status: DeliveryStatus(state: .failed, attempts: 1, at: .fixed), wish: nil))
            let isTried = await shop.pipeline.tryAgain("agent", eventKey: "k", letter: call)
            #expect(!isTried, "there is no presence to try again")
            await shop.end()
        }
    }

    @Test("a letter that is about no call does not become a try of the agent's newest one")
    func noCall() async throws {
        try await withFolder { folder in
            let shop = try await Workshop(folder: folder)
            try await shop.append(presence)
            try await shop.append(call())
            try await eventually("the write under way") {
                await shop.pipeline.record(of: "agent")?.delivery?.state == .sent
            }
            shop.failBreak()
            try await eventually("a letter") { try await shop.journal.deadLetters(before: nil, limit: 9).count == 1 }
            let letter = try #require(try await shop.journal.deadLetters(before: nil, limit: 9).first)
            for other in [#"{"topic":"v2.users.agent.presence","key":"k"}"#, "{", ""] {
                #expect(!(await shop.pipeline.tryAgain("agent", eventKey: "k", letter: Array(other.utf8))), "\(other)")
            }
            #expect(await shop.pipeline.tryAgain("agent", eventKey: "k", letter: letter.event))
            await shop.end()
        }
    }
}
