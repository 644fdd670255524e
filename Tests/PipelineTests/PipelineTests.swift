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

/// A pipeline over a real journal, with a Genesys of closures. Ends with its test.
private final class Plant: Sendable {
    let journal: Journal
    let pipeline: Pipeline
    let delivery: Delivery
    let writes = Mutex<[String]>([])
    private let running: Task<Void, Never>

    init(folder: URL, genesysAnswers: Bool = true, runs: Bool = true) async throws {
        let journal = try Journal(url: "sqlite:\(folder.path)/relay.db", logger: .quiet)
        let inbox = PipelineInbox()
        let present = Mutex([String: String]())
        let first = Timestamp("2023-11-14T22:13:10.000Z")
        let log = WriteLog()
        let read: @Sendable (String) -> UserPresence = { id in
            let written = present.withLock { $0[id] }
            return UserPresence(
                userID: id,
                definitionID: written ?? "available",
                system: nil,
                message: "",
                modifiedAt: written == nil ? first : .test
            )
        }
        let written: @Sendable (PresenceWrite) -> UserPresence = { write in
            present.withLock { $0[write.userID] = write.definitionID }
            log.add("\(write.userID) \(write.definitionID)")
            return UserPresence(
                userID: write.userID,
                definitionID: write.definitionID,
                system: write.definitionID == "break" ? .break : nil,
                message: "",
                modifiedAt: .test
            )
        }
        let delivery = Delivery(
            policy: DeliveryPolicy(),
            gate: CallGate(CallSchedule(budgets: [RequestBudget(requestsPerMinute: 300)]), now: { .test }),
            effects: DeliveryEffects(
                read: { _, id throws(GenesysAPIError) in read(id) },
                readMany: { _, ids throws(GenesysAPIError) in ids.map(read) },
                readWidely: { _, ids throws(GenesysAPIError) in ids.map(read) },
                write: { _, write throws(GenesysAPIError) in
                    guard genesysAnswers else {
                        // A call that never ends, as when the process is killed in the middle of it.
                        try? await Task.sleep(for: .seconds(3600))
                        throw GenesysAPIError(.timeout, message: "never")
                    }
                    return written(write)
                },
                writeMany: { _, writes throws(GenesysAPIError) in writes.map(written) },
                report: { inbox.put($0) },
                judged: { await inbox.waitUntilJudged() },
                observed: { presences in
                    let entries = presences.map { presence in
                        var body =
                            #"{"topicName":"v2.users.\#(presence.userID).presence","eventBody":{"presenceDefinition":"#
                        body +=
                            #"{"id":"\#(presence.definitionID)"},"modifiedDate":"\#(presence.modifiedAt?.description ?? "")"}}"#
                        return JournalEntry(
                            key: UUID().uuidString,
                            source: .observation,
                            topic: "presence",
                            agentID: presence.userID,
                            receivedAt: .test,
                            body: Array(body.utf8)
                        )
                    }
                    _ = try? await journal.append(entries)
                    await inbox.waitUntilApplied(journal.lastSequence)
                },
                now: { .test }
            ),
            logger: .quiet
        )
        let pipeline = Pipeline(
            journal: journal,
            delivery: delivery,
            inbox: inbox,
            engine: try .flagged(),
            now: { .test },
            logger: .quiet
        )
        try await pipeline.load()
        self.journal = journal
        self.pipeline = pipeline
        self.delivery = delivery
        self.log = log
        running = Task { if runs { await pipeline.run() } }
    }

    private let log: WriteLog
    var written: [String] { log.all }

    func append(_ body: String, key: String = UUID().uuidString, madeAt: Timestamp? = nil) async throws {
        let entry = JournalEntry(
            key: key,
            source: .webhook,
            topic: "topic",
            agentID: "agent",
            receivedAt: .test,
            body: Array(body.utf8),
            madeAt: madeAt
        )
        _ = try await journal.append([entry])
    }

    func end() async {
        await delivery.stop()
        await pipeline.stop()
        await running.value
        await journal.close()
    }
}

private final class WriteLog: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

extension Timestamp {
    fileprivate static let test = Timestamp(milliseconds: 1_700_000_000_000)
}

extension Logger {
    fileprivate static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

private let presence =
    #"{"topicName":"v2.users.agent.presence","eventBody":{"presenceDefinition":{"id":"available","systemPresence":"AVAILABLE"},"modifiedDate":"2023-11-14T22:13:10.000Z"}}"#

private func call(_ state: String = "connected", flag: String = "Break") -> String {
    #"{"topicName":"v2.users.agent.conversations","eventBody":{"id":"c","participants":[{"id":"p","userId":"agent","purpose":"agent","attributes":{"wfm_status":"\#(flag)"},"calls":[{"id":"k","state":"\#(state)"}]}]}}"#
}

@Suite("Pipeline")
struct PipelineTests {
    @Test("journalled events become a write, and the end of the call undoes it")
    func story() async throws {
        try await withFolder { folder in
            let plant = try await Plant(folder: folder)
            try await plant.append(presence)
            try await plant.append(call())
            try await eventually("Break written") { plant.written == ["agent break"] }
            try await plant.append(call("terminated"))
            try await eventually("restored") { plant.written == ["agent break", "agent available"] }
            #expect(await plant.pipeline.record(of: "agent")?.episodes.episode == nil)
            await plant.end()
        }
    }

    @Test("an event whose time stands beside its body is as old as that says")
    func timeBeside() async throws {
        try await withFolder { folder in
            let plant = try await Plant(folder: folder)
            try await plant.append(presence)
            let ago: (Int) -> Timestamp = { Timestamp.test.advanced(by: .seconds(-$0)) }
            try await plant.append(call(), madeAt: ago(3600))
            try await eventually("applied") {
                await plant.pipeline.record(of: "agent")?.facts.conversations.isEmpty == false
            }
            #expect(await plant.pipeline.record(of: "agent")?.heardAt == ago(10))
            #expect(await plant.pipeline.record(of: "agent")?.wish == nil)
            try await plant.append(call(), madeAt: ago(1))
            try await eventually("Break written") { plant.written == ["agent break"] }
            #expect(await plant.pipeline.record(of: "agent")?.heardAt == ago(1))
            await plant.end()
        }
    }

    @Test("a wish that was under way when the process died is taken up again, and not forgotten")
    func restart() async throws {
        try await withFolder { folder in
            let first = try await Plant(folder: folder, genesysAnswers: false)
            try await first.append(presence)
            try await first.append(call())
            try await eventually("sent") { await first.pipeline.record(of: "agent")?.delivery?.state == .sent }
            await first.end()
            let second = try await Plant(folder: folder)
            try await eventually("Break written") { second.written == ["agent break"] }
            await second.end()
        }
    }

    @Test("entries that were journalled and never applied are applied after a restart")
    func unapplied() async throws {
        try await withFolder { folder in
            let journal = try Journal(url: "sqlite:\(folder.path)/relay.db", logger: .quiet)
            for (key, body) in [("a", presence), ("b", call())] {
                let entry = JournalEntry(
                    key: key,
                    source: .webhook,
                    topic: "topic",
                    agentID: "agent",
                    receivedAt: .test,
                    body: Array(body.utf8)
                )
                _ = try await journal.append([entry])
            }
            await journal.close()
            let plant = try await Plant(folder: folder)
            try await eventually("Break written") { plant.written == ["agent break"] }
            await plant.end()
        }
    }

    @Test("what cannot be applied becomes a dead letter, and the others go on")
    func deadLetter() async throws {
        try await withFolder { folder in
            let plant = try await Plant(folder: folder)
            try await plant.append(#"{"topicName":"v2.users.agent.conversations","eventBody":{"participants":[]}}"#)
            try await plant.append(presence)
            try await plant.append(call())
            try await eventually("Break written") { plant.written == ["agent break"] }
            #expect(try await plant.journal.deadLetters(before: nil, limit: 10).count == 1)
            await plant.end()
        }
    }

    @Test("a conversation of a queue is about every agent in it, and its wrap-up about those who are known to be")
    func queueConversation() async throws {
        try await withFolder { folder in
            let plant = try await Plant(folder: folder)
            let parts = ["one", "two"].map {
                #"{"id":"\#($0)","userId":"agent-\#($0)","purpose":"agent","#
                    + #""calls":[{"id":"k-\#($0)","state":"connected"}]}"#
            }
            try await plant.append(
                #"{"topicName":"v2.routing.queues.q.conversations","eventBody":{"id":"c","participants":["#
                    + #"{"id":"customer","purpose":"customer","calls":[{"id":"k","state":"connected"}]},"#
                    + parts.joined(separator: ",") + "]}}"
            )
            try await plant.append(
                #"{"topicName":"v2.detail.events.conversation.c.wrapup","eventBody":{"eventTime":1700000000000,"#
                    + #""conversationId":"c","participantId":"two","sessionId":"k-two","wrapupCode":"w"}}"#
            )
            await plant.pipeline.waitUntilApplied(plant.journal.lastSequence)
            #expect(await plant.pipeline.agentIDs.sorted() == ["agent-one", "agent-two"])
            let one = await plant.pipeline.record(of: "agent-one")?.facts.conversations.first
            let two = await plant.pipeline.record(of: "agent-two")?.facts.conversations.first
            #expect(one?.participantID == "one" && one?.wrapupCode == nil && one?.participants == 3)
            #expect(two?.participantID == "two" && two?.wrapupCode == "w")
            await plant.end()
        }
    }

    @Test("an attribute event names no agent and still finds theirs")
    func attributes() async throws {
        try await withFolder { folder in
            let plant = try await Plant(folder: folder)
            try await plant.append(presence)
            try await plant.append(call(flag: ""))
            try await plant.append(
                #"{"topicName":"v2.detail.events.conversation.c.attributes","eventBody":{"eventTime":1700000000000,"conversationId":"c","participantId":"p","attributes":{"wfm_status":"Break"}}}"#
            )
            try await eventually("Break written") { plant.written == ["agent break"] }
            await plant.end()
        }
    }

    @Test("whoever asks a pipeline that never runs is let go when it is stopped, and later at once")
    func neverRuns() async throws {
        try await withFolder { folder in
            let plant = try await Plant(folder: folder, runs: false)
            let looking = Task { await plant.pipeline.look(at: ["agent"], eventKey: "test") }
            let waiting = Task { await plant.pipeline.waitUntilApplied(1) }
            try await plant.append(presence)
            await plant.pipeline.stop()
            await looking.value
            await waiting.value
            await plant.pipeline.look(at: ["agent"], eventKey: "test")
            await plant.pipeline.waitUntilApplied(1)
            for await _ in await plant.pipeline.changes() {}
            await plant.end()
        }
    }

    @Test("a pipeline ends although its decisions cannot be written, and takes them up after the next start")
    func unwritable() async throws {
        try await withFolder { folder in
            let first = try await Plant(folder: folder)
            try await first.append(presence)
            try await eventually("applied") { await first.pipeline.lag == 0 }
            await first.journal.close()
            // Decided in memory, and never stored.
            let looking = Task { await first.pipeline.look(at: ["agent"], eventKey: "test") }
            await first.end()
            await looking.value
            let second = try await Plant(folder: folder)
            #expect(await second.pipeline.record(of: "agent")?.facts.presence?.definitionID == "available")
            await second.end()
        }
    }
}
