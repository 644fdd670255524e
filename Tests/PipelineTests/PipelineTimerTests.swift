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
private final class Clockwork: Sendable {
    let journal: Journal
    let pipeline: Pipeline
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

private final class ReadBox: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

extension JournalEntry {
    fileprivate static func heard(
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
    fileprivate static var untouched: DeliveryEffects {
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

private let start = Timestamp(milliseconds: 1_700_000_000_000)

private let asleep = """
    statuses: { Break: { presence: Break } }
    rules:
      - name: asleep
        when: { routingStatus: NOT_RESPONDING, for: 5m }
        then: { status: Break }
    """

private func presence(_ agent: String) -> String {
    #"{"topicName":"v2.users.\#(agent).presence","eventBody":{"presenceDefinition":{"id":"available","systemPresence":"AVAILABLE"},"modifiedDate":"\#(start)"}}"#
}

private func notResponding(_ agent: String) -> String {
    #"{"topicName":"v2.users.\#(agent).routingStatus","eventBody":{"routingStatus":{"status":"NOT_RESPONDING","startTime":"\#(start)"}}}"#
}

/// A call of the agent, flagged or not.
private func call(_ agent: String, _ id: String = "c", flag: String = "", state: String = "connected") -> String {
    #"{"topicName":"v2.users.\#(agent).conversations","eventBody":{"id":"\#(id)","participants":[{"id":"p","userId":"\#(agent)","purpose":"agent","attributes":{"wfm_status":"\#(flag)"},"calls":[{"id":"k","state":"\#(state)"}]}]}}"#
}

private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("timers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
}

private func eventually(_ what: String, _ condition: () async -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < end {
        if await condition() { return }
        try await Task.sleep(for: .milliseconds(2))
    }
    Issue.record("not reached: \(what)")
}

@Suite("Pipeline timers")
struct PipelineTimerTests {
    /// Moves the clock as the pipeline's alarms ask for it, as it would move by itself.
    private func pass(_ duration: Duration, _ clock: ManualClock) async throws {
        let end = clock.now.advanced(by: duration)
        while clock.now < end {
            try await eventually("an alarm is set") { clock.sleepers > 0 }
            clock.advance(by: min(.seconds(10), end.timeIntervalSince(clock.now)))
        }
    }

    @Test("an agent is looked at when the time comes, although nothing is heard")
    func alarm() async throws {
        try await withFolder { folder in
            let clock = ManualClock(start)
            let clockwork = try await Clockwork(folder, clock, asleep)
            try await clockwork.append(["a"], at: start, presence)
            try await clockwork.append(["a"], at: start, notResponding)
            #expect(await clockwork.status("a") == nil)
            try await pass(.seconds(299), clock)
            try await eventually("an alarm is set") { clock.sleepers > 0 }
            #expect(await clockwork.status("a") == nil)
            clock.advance(by: .seconds(1))
            try await eventually("Break") { await clockwork.status("a") == "Break" }
            // Decided is not written yet.
            try await eventually("in the history") {
                let history = try? await clockwork.journal.history(agentID: "a", before: nil, limit: 10)
                return history?.contains { $0.summary == "rule 'asleep' wants Break" } == true
            }
            await clockwork.end()
            #expect(clock.sleepers == 0, "nobody is left to sleep")
        }
    }

    @Test("agents whose time comes together are all looked at")
    func manyAtOnce() async throws {
        try await withFolder { folder in
            let clock = ManualClock(start)
            let clockwork = try await Clockwork(folder, clock, asleep)
            let agents = (0..<1500).map { "agent-\($0)" }
            try await clockwork.append(agents, at: start, presence)
            try await clockwork.append(agents, at: start, notResponding)
            try await pass(.seconds(300), clock)
            for agent in agents {
                try await eventually("Break of \(agent)") { await clockwork.status(agent) == "Break" }
            }
            await clockwork.end()
        }
    }

    @Test("a time that came while the relay was down is found after the start, and counts with its age")
    func restart() async throws {
        for (late, status) in [(Duration.seconds(60), "Break"), (.seconds(600), nil)] {
            try await withFolder { folder in
                let first = ManualClock(start)
                let before = try await Clockwork(folder, first, asleep)
                try await before.append(["a", "b"], at: start, presence)
                try await before.append(["a"], at: start, notResponding)
                await before.end()
                let second = ManualClock(start.advanced(by: .seconds(300) + late))
                let after = try await Clockwork(folder, second, asleep)
                try await eventually("looked at") {
                    guard let record = await after.pipeline.record(of: "a") else { return false }
                    return record.wakeAt == nil
                }
                #expect(await after.status("a") == status)
                await after.end()
            }
        }
    }

    // MARK: Restarts

    /// What each flag asks for takes time in a way of its own.
    private static let lasting = """
        statuses: { Break: { presence: Break } }
        rules:
          - name: long
            when: { conversation: { attributes.wfm_status: Long }, for: 5m }
            then: { status: Break }
          - name: held
            when: { conversation: { attributes.wfm_status: Held } }
            then: { status: Break, minimum: 5m }
          - name: rested
            when: { conversation: { attributes.wfm_status: Rested } }
            then: { status: Break, cooldown: 5m }
          - name: later
            when: { conversation: { attributes.wfm_status: Later } }
            then: { status: Break, apply: afterInteraction }
        """

    /// Begins something, lets the relay be down for a minute and looks at what another one makes of it.
    private func overRestart(
        _ begin: (Clockwork, ManualClock) async throws -> Void,
        _ goOn: (Clockwork, ManualClock) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let clock = ManualClock(start)
            let before = try await Clockwork(folder, clock, Self.lasting)
            try await before.append(["a"], at: start, presence)
            try await begin(before, clock)
            await before.end()
            clock.advance(by: .seconds(60))
            let after = try await Clockwork(folder, clock, Self.lasting)
            try await goOn(after, clock)
            await after.end()
        }
    }

    /// The status changes at this time, and not a second before.
    private func becomes(
        _ status: String?,
        _ clockwork: Clockwork,
        at time: Timestamp,
        _ clock: ManualClock
    ) async throws {
        let before = await clockwork.status("a")
        #expect(before != status)
        try await pass(time.timeIntervalSince(clock.now) - .seconds(1), clock)
        try await eventually("an alarm is set") { clock.sleepers > 0 }
        #expect(await clockwork.status("a") == before)
        clock.advance(by: .seconds(1))
        try await eventually("\(status ?? "nothing") at \(time)") { await clockwork.status("a") == status }
    }

    @Test("a time of for: that had begun before a restart is reached when it would have been without it")
    func holdOverRestart() async throws {
        try await overRestart { relay, clock in
            // Genesys does not say since when a call is flagged: only the relay knows.
            try await relay.append(["a"], at: start) { call($0, flag: "Long") }
            try await pass(.seconds(100), clock)
        } _: { relay, clock in
            try await becomes("Break", relay, at: start.advanced(by: .seconds(300)), clock)
        }
    }

    @Test("a minimum that had begun before a restart ends when it would have ended without it")
    func minimumOverRestart() async throws {
        try await overRestart { relay, clock in
            try await relay.append(["a"], at: start) { call($0, flag: "Held") }
            // Nothing is waited for while the rule matches.
            clock.advance(by: .seconds(100))
            try await relay.append(["a"], at: clock.now) { call($0, flag: "Held", state: "terminated") }
            #expect(await relay.status("a") == "Break")
        } _: { relay, clock in
            try await becomes(nil, relay, at: start.advanced(by: .seconds(300)), clock)
        }
    }

    @Test("a rule that rested before a restart rests on, until its cooldown is over")
    func cooldownOverRestart() async throws {
        try await overRestart { relay, clock in
            try await relay.append(["a"], at: start) { call($0, flag: "Rested") }
            #expect(await relay.status("a") == "Break")
            try await relay.append(["a"], at: clock.now) { call($0, flag: "Rested", state: "terminated") }
            #expect(await relay.status("a") == nil)
        } _: { relay, clock in
            try await relay.append(["a"], at: clock.now) { call($0, "d", flag: "Rested") }
            try await becomes("Break", relay, at: start.advanced(by: .seconds(300)), clock)
        }
    }

    @Test("a status that was armed before a restart comes at the end of the call", arguments: [false, true])
    func armedOverRestart(endsWhileDown: Bool) async throws {
        try await withFolder { folder in
            let clock = ManualClock(start)
            let before = try await Clockwork(folder, clock, Self.lasting)
            try await before.append(["a"], at: start, presence)
            try await before.append(["a"], at: start) { call($0, flag: "Later") }
            #expect(await before.pipeline.record(of: "a")?.episodes.armed?.status == "Break")
            #expect(await before.status("a") == nil)
            await before.end()
            clock.advance(by: .seconds(60))
            let ended = clock.now
            // Taken by the webhook, and not applied before the relay was gone.
            if endsWhileDown {
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let journal = try Journal(url: "sqlite:\(folder.path)/relay.db", logger: logger)
                let body = call("a", flag: "Later", state: "terminated")
                _ = try await journal.append([.heard(of: "a", at: ended, .webhook, body)])
                await journal.close()
            }
            let after = try await Clockwork(folder, clock, Self.lasting)
            if !endsWhileDown {
                try await after.append(["a"], at: ended) { call($0, flag: "Later", state: "terminated") }
            }
            try await eventually("Break") { await after.status("a") == "Break" }
            #expect(await after.pipeline.record(of: "a")?.episodes.armed == nil)
            await after.end()
        }
    }

    // MARK: Conversations without news

    @Test("a conversation without news is asked for, once and again after a minute")
    func conversationTimeout() async throws {
        try await withFolder { folder in
            let clock = ManualClock(start)
            let clockwork = try await Clockwork(folder, clock, Self.flagged, conversationTimeout: .seconds(600))
            try await clockwork.append(["a"], at: start) { call($0) }
            #expect(clockwork.asked == [])
            try await pass(.seconds(600), clock)
            try await eventually("asked") { clockwork.asked == ["c of a"] }
            try await pass(.seconds(60), clock)
            try await eventually("asked again") { clockwork.asked == ["c of a", "c of a"] }
            await clockwork.end()
        }
    }

    private static let flagged = """
        statuses: { Break: { presence: Break } }
        rules:
          - name: flagged
            when: { conversation: { attributes.wfm_status: Break } }
            then: { status: Break }
        """

    /// What comes of it when a flagged call that holds Break is asked for after ten minutes.
    private func whenAsked(_ goOn: (Clockwork, ManualClock) async throws -> Void) async throws {
        try await withFolder { folder in
            let clock = ManualClock(start)
            let relay = try await Clockwork(folder, clock, Self.flagged, conversationTimeout: .seconds(600))
            try await relay.append(["a"], at: start, presence)
            try await relay.append(["a"], at: start) { call($0, flag: "Break") }
            #expect(await relay.status("a") == "Break")
            try await pass(.seconds(600), clock)
            try await eventually("asked") { relay.asked == ["c of a"] }
            #expect(await relay.status("a") == "Break", "it stays while that is read")
            try await goOn(relay, clock)
            await relay.end()
        }
    }

    @Test("a conversation that is read as over lets go of what it held")
    func readAsOver() async throws {
        try await whenAsked { relay, clock in
            try await relay.append(["a"], at: clock.now, source: .observation) { call($0, state: "terminated") }
            #expect(await relay.status("a") == nil)
            // There is nothing left to be asked for.
            try await pass(.seconds(600), clock)
            #expect(relay.asked.count == 1)
        }
    }

    @Test("a conversation that is read as going on holds on, and is asked for when it is silent again")
    func readAsGoingOn() async throws {
        try await whenAsked { relay, clock in
            try await relay.append(["a"], at: clock.now, source: .observation) { call($0, flag: "Break") }
            try await pass(.seconds(599), clock)
            try await eventually("an alarm is set") { clock.sleepers > 0 }
            #expect(await relay.status("a") == "Break")
            #expect(relay.asked.count == 1)
            clock.advance(by: .seconds(1))
            try await eventually("asked again") { relay.asked.count == 2 }
            #expect(await relay.status("a") == "Break")
        }
    }

    @Test("a conversation that cannot be read is asked for again, and holds on for five minutes and no longer")
    func notRead() async throws {
        try await whenAsked { relay, clock in
            try await becomes(nil, relay, at: start.advanced(by: .seconds(900)), clock)
            #expect(relay.asked.count == 3, "at once, after a minute, after two more")
        }
    }

    @Test("ended calls leave the records after their time of grace, although nothing is heard")
    func forgetsEnded() async throws {
        try await withFolder { folder in
            let clock = ManualClock(start)
            let clockwork = try await Clockwork(folder, clock, asleep)
            try await clockwork.append(["a"], at: start) { call($0, state: "terminated") }
            #expect(await clockwork.pipeline.record(of: "a")?.facts.conversations.count == 1)
            try await pass(.seconds(601), clock)
            try await eventually("forgotten") {
                await clockwork.pipeline.record(of: "a")?.facts.conversations.isEmpty == true
            }
            await clockwork.end()
        }
    }
}
