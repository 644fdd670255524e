// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
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

/// A pipeline over a real journal and a clock of the test, in mode observe: only what it decides, and when, matters.
final class Clockwork: Sendable {
    let journal: Journal
    let pipeline: Pipeline
    let clock: ManualClock
    private let delivery: Delivery
    private let running: Task<Void, Never>

    init(_ folder: URL, _ clock: ManualClock, _ rules: String, conversationTimeout: Duration? = nil) async throws {
        let diagnostics = Diagnostics()
        let compiled = RuleSet.parse(rules, file: "rules.yaml", diagnostics: diagnostics)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let journal = try Journal(url: "sqlite:\(folder.path)/relay.db", logger: logger)
        let inbox = PipelineInbox()
        let delivery = Delivery(
            policy: DeliveryPolicy(),
            gate: CallGate(CallSchedule(budgets: [RequestBudget(requestsPerMinute: 300)]), now: { clock.now }),
            effects: .untouched,
            logger: logger
        )
        let read = ReadBox()
        let pipeline = Pipeline(
            journal: journal,
            delivery: delivery,
            inbox: inbox,
            engine: DecisionEngine(
                rules: try #require(compiled, "\(diagnostics.all)"),
                targets: RuleDesk.targets,
                policy: EpisodePolicy(conversationTimeout: conversationTimeout),
                mode: .observe
            ),
            now: { clock.now },
            logger: logger,
            rereadConversation: { conversation, agent in read.add("\(conversation) of \(agent)") },
            sleep: { try await clock.sleep(for: $0) }
        )
        try await pipeline.load()
        self.journal = journal
        self.clock = clock
        self.pipeline = pipeline
        self.delivery = delivery
        box = read
        running = Task { await pipeline.run() }
    }

    private let box: ReadBox
    /// The conversations that were asked for, with their agents.
    var asked: [String] { box.all }

    func append(
        _ agents: [String],
        at time: Timestamp,
        source: JournalSource = .webhook,
        _ body: (String) -> String
    ) async throws {
        _ = try await journal.append(agents.map { .heard(of: $0, at: time, source, body($0)) })
        await pipeline.waitUntilApplied(journal.lastSequence)
    }

    func status(_ agent: String) async -> String? { await pipeline.record(of: agent)?.episodes.episode?.status }

    func end() async {
        await delivery.stop()
        await pipeline.stop()
        await running.value
        await journal.close()
    }
}

final class ReadBox: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

extension JournalEntry {
    static func heard(
        of agent: String,
        at time: Timestamp,
        _ source: JournalSource,
        _ body: String
    ) -> JournalEntry {
        JournalEntry(
            key: UUID().uuidString,
            source: source,
            topic: "topic",
            agentID: agent,
            receivedAt: time,
            body: Array(body.utf8)
        )
    }
}

extension DeliveryEffects {
    /// Nothing may be called.
    static var untouched: DeliveryEffects {
        @Sendable func refuse() -> GenesysAPIError {
            Issue.record("a call in mode observe")
            return GenesysAPIError(.badRequest, message: "nothing may be called")
        }
        return DeliveryEffects(
            read: { _, _ throws(GenesysAPIError) in throw refuse() },
            readMany: { _, _ throws(GenesysAPIError) in throw refuse() },
            readWidely: { _, _ throws(GenesysAPIError) in throw refuse() },
            write: { _, _ throws(GenesysAPIError) in throw refuse() },
            writeMany: { _, _ throws(GenesysAPIError) in throw refuse() },
            report: { _ in },
            judged: {},
            observed: { _ in },
            now: { Timestamp(milliseconds: 0) }
        )
    }
}

extension Clockwork {
    static let start = Timestamp(milliseconds: 1_700_000_000_000)

    static let asleep = """
        statuses: { Break: { presence: Break } }
        rules:
          - name: asleep
            when: { routingStatus: NOT_RESPONDING, for: 5m }
            then: { status: Break }
        """

    static func presence(_ agent: String) -> String {
        #"{"topicName":"v2.users.\#(agent).presence","eventBody":{"presenceDefinition":{"id":"available","systemPresence":"AVAILABLE"},"modifiedDate":"\#(start)"}}"#
    }

    static func notResponding(_ agent: String) -> String {
        #"{"topicName":"v2.users.\#(agent).routingStatus","eventBody":{"routingStatus":{"status":"NOT_RESPONDING","startTime":"\#(start)"}}}"#
    }

    /// A call of the agent, flagged or not.
    static func call(_ agent: String, _ id: String = "c", flag: String = "", state: String = "connected") -> String {
        #"{"topicName":"v2.users.\#(agent).conversations","eventBody":{"id":"\#(id)","participants":[{"id":"p","userId":"\#(agent)","purpose":"agent","attributes":{"wfm_status":"\#(flag)"},"calls":[{"id":"k","state":"\#(state)"}]}]}}"#
    }
}

extension Clockwork {
    /// Moves the clock as the pipeline's alarms ask for it, as it would move by itself.
    func pass(_ duration: Duration) async throws {
        let end = clock.now.advanced(by: duration)
        while clock.now < end {
            try await eventually("an alarm is set") { clock.sleepers > 0 }
            clock.advance(by: min(.seconds(10), end.timeIntervalSince(clock.now)))
        }
    }

    /// The status changes at this time, and not a second before.
    func becomes(
        _ status: String?,
        at time: Timestamp
    ) async throws {
        let before = await self.status("a")
        #expect(before != status)
        try await pass(time.timeIntervalSince(clock.now) - .seconds(1))
        try await eventually("an alarm is set") { clock.sleepers > 0 }
        #expect(await self.status("a") == before)
        clock.advance(by: .seconds(1))
        try await eventually("\(status ?? "nothing") at \(time)") { await self.status("a") == status }
    }
}
