// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Delivery
import Foundation
import GenesysAPI
import GenesysEvents
import Journal
import Logging
import Testing

@testable import Pipeline

@Suite("What was given up", .timeLimit(.minutes(1)))
struct DeadLetterTests {
    private let now = Timestamp(milliseconds: 1_700_000_000_000)
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func letter(_ event: String, age: Int64 = 0) -> DeadLetter {
        DeadLetter(
            at: now.advanced(by: .seconds(-age)),
            reason: "why",
            agentID: "agent",
            event: Array(event.utf8)
        )
    }

    @Test(
        "the letter's content tells what it is about",
        arguments: [
            (#"{"state":"failed","attempts":3}"#, DeadLetterKind.failed),
            (#"{"state":"notApplied","attempts":3}"#, .notApplied),
            (#"{"errand":"tag","state":"failed","rule":"r"}"#, .errand),
            (#"{"topicName":"v2.users.a.presence","eventBody":{}}"#, .event),
            // What others send is never taken for our own.
            (#"{"topicName":"v2.users.a.presence","errand":"tag","state":"failed"}"#, .event),
            ("[]", .event), ("no JSON", .event),
        ]
    )
    func kind(event: String, kind: DeadLetterKind) {
        #expect(DeadLetterKind(letter(event)) == kind)
    }

    @Test("the detail of a call and of an errand is told apart as the engine writes it")
    func ownDetails() {
        let status = DeliveryStatus(state: .notApplied, attempts: 3, at: now)
        let call = encoded(CallDetail(status: status, wish: nil))
        #expect(DeadLetterKind(letter(String(decoding: call, as: UTF8.self))) == .notApplied)
        let errand = Errand(id: "1", rule: "r", work: .routingStatus("IDLE"), since: now)
        var detail = ErrandDetail(errand)
        detail.take(ErrandReport(agentID: "a", errandID: "1", state: .failed, at: now, summary: "no"))
        #expect(DeadLetterKind(letter(String(decoding: encoded(detail), as: UTF8.self))) == .errand)
    }

    @Test("only what is recent is counted, and a day at most is remembered")
    func recent() {
        var givenUp = GivenUp()
        givenUp.remember([letter(#"{"state":"failed"}"#, age: 700)])
        givenUp.remember([letter(#"{"state":"failed"}"#, age: 90_000)])
        givenUp.note([letter(#"{"state":"failed"}"#, age: 60), letter("{}"), letter(#"{"state":"notApplied"}"#)])
        let tenMinutesAgo = now.advanced(by: .seconds(-600))
        #expect(givenUp.count(since: tenMinutesAgo) == [.failed: 1, .notApplied: 1, .event: 1])
        #expect(givenUp.count(since: Timestamp(milliseconds: 0))[.failed] == 2)
    }

    /// A pipeline that is never asked to call Genesys.
    private func pipeline(_ journal: Journal) throws -> Pipeline {
        let inbox = PipelineInbox()
        let delivery = Delivery(
            policy: DeliveryPolicy(),
            gate: CallGate(CallSchedule(budgets: [RequestBudget(requestsPerMinute: 300)]), now: { [now] in now }),
            effects: DeliveryEffects(
                read: { _, _ throws(GenesysAPIError) in throw GenesysAPIError(.timeout, message: "no call expected") },
                readMany: { _, _ throws(GenesysAPIError) in [] },
                readWidely: { _, _ throws(GenesysAPIError) in [] },
                write: { _, _ throws(GenesysAPIError) in throw GenesysAPIError(.timeout, message: "no call expected") },
                writeMany: { _, _ throws(GenesysAPIError) in [] },
                report: { inbox.put($0) },
                judged: { await inbox.waitUntilJudged() },
                observed: { _ in },
                now: { [now] in now }
            ),
            logger: logger
        )
        return Pipeline(
            journal: journal,
            delivery: delivery,
            inbox: inbox,
            engine: try .flagged(),
            now: { [now] in now },
            logger: logger
        )
    }

    @Test(
        "readers get the letters of from now on as the journal has them, and the next start knows how many there were"
    )
    func feed() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("letters-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let journal = try Journal(url: "sqlite:\(folder.path)/relay.db", logger: logger)
        let pipeline = try pipeline(journal)
        try await pipeline.load()
        let running = Task { await pipeline.run() }
        func append(_ user: String) async throws {
            // More than a page of what is read at a start has room for, three of them.
            let filling = String(repeating: " ", count: 700_000)
            let body = #"{"topicName":"v2.users.\#(user).presence","eventBody":{\#(filling)}}"#
            let entry = JournalEntry(
                key: user,
                source: .webhook,
                topic: "presence",
                agentID: user,
                receivedAt: now,
                body: Array(body.utf8)
            )
            _ = try await journal.append([entry])
            await pipeline.waitUntilApplied(journal.lastSequence)
        }
        try await append("before")
        var letters = await pipeline.deadLetters().makeAsyncIterator()
        try await append("first")
        try await append("second")
        let first = try #require(await letters.next())
        let second = try #require(await letters.next())
        #expect([first.agentID, second.agentID] == ["first", "second"])
        #expect(try await journal.deadLetter(id: first.id)?.agentID == "first")
        #expect(try await journal.deadLetter(id: second.id)?.agentID == "second")

        await pipeline.stop()
        await running.value
        #expect(await letters.next() == nil, "the end of the pipeline ends the feed")
        let next = try self.pipeline(journal)
        try await next.load()
        #expect(await next.givenUp(since: now) == [.event: 3])
        #expect(await next.givenUp(since: now.advanced(by: .seconds(1))).isEmpty)
        await next.stop()
        await journal.close()
    }
}
