// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Foundation
import GRDB
import GenesysEvents
import Journal
import Logging
import StatusRules
import Testing

@testable import Pipeline

@Suite("Stored states of agents, and events that are poison", .timeLimit(.minutes(1)))
struct AgentStorageTests {
    private static let versioned = "6a9f8821-9e0c-4c06-9951-783f9a74dfda"
    private static let unversioned = "00000000-0000-4000-8000-000000000002"
    private static let rules = """
        statuses: { Break: { presence: Break } }
        rules:
          - { name: flagged, when: { conversation: { attributes.wfm_status: Break } }, then: { status: Break } }
        """
    private let clock = ManualClock(Clockwork.start)

    /// Makes the journal that a file of `Tests/Fixtures/Journal` describes.
    private func restore(_ name: String, _ folder: URL, and more: String = "") throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/Journal/\(name)")
        let queue = try DatabaseQueue(path: folder.path + "/relay.db")
        let sql = try String(contentsOf: file, encoding: .utf8) + more
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test("states of version 1, with and without the number, are read with all they have, and written with the number")
    func versionOne() async throws {
        try await withFolder { folder in
            try restore("version-1.sql", folder)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let journal = try Journal(url: "sqlite:\(folder.path)/relay.db", logger: logger)
            var records: [String: AgentRecord] = [:]
            for try await stored in journal.agents { records[stored.id] = try AgentRecord(stored: stored.state) }
            #expect(Set(records.keys) == [Self.versioned, Self.unversioned])
            for (id, record) in records {
                #expect(record.facts.id == id)
                #expect(record.facts.presence?.system?.name == "BREAK")
                #expect(record.facts.conversations.first?.attributes["wfm_status"] == "Break")
                #expect(record.episode?.rule == "flagged")
                #expect(record.wish?.target.label == "Break")
                #expect(record.delivery?.state == .confirmed)
                #expect(record.acceptedWrites.count == 1)
                #expect(record.adherence != nil && record.wakeAt != nil)
                let stored = try record.stored()
                #expect(try AgentRecord(stored: stored) == record)
                let object = try JSONSerialization.jsonObject(with: Data(stored)) as? [String: Any]
                #expect(object?["version"] as? Int == 2)
            }
            await journal.close()
        }
    }

    @Test("what says nothing of an agent is not stored, and is nothing when it is read again")
    func nothingToSay() throws {
        var record = AgentRecord(id: "agent")
        let stored = try record.stored()
        let object = try JSONSerialization.jsonObject(with: Data(stored)) as? [String: Any]
        #expect(object?.keys.sorted() == ["facts", "revision", "version"])
        #expect(try AgentRecord(stored: stored) == record)
        record.writes.send("definition", at: Clockwork.start)
        #expect(try AgentRecord(stored: record.stored()) == record)
    }

    @Test("a relay goes on from a journal of version 1")
    func goesOn() async throws {
        try await withFolder { folder in
            try restore("version-1.sql", folder)
            let relay = try await Clockwork(folder, clock, Self.rules)
            #expect(await relay.status(Self.versioned) == "Break")
            #expect(await relay.pipeline.lag == 0)
            try await relay.append(["new"], at: Clockwork.start, Clockwork.presence)
            #expect(await relay.pipeline.record(of: "new")?.facts.presence != nil)
            await relay.end()
        }
    }

    @Test("a state of a newer version stops the start with what to do, and is left as it is")
    func newerVersion() async throws {
        try await withFolder { folder in
            let newer = #"INSERT INTO agents VALUES ('n', CAST('{"version":3,"all":"new"}' AS BLOB));"#
            try restore("version-1.sql", folder, and: newer)
            do {
                _ = try await Clockwork(folder, clock, Self.rules)
                Issue.record("it was taken")
            } catch let error as JournalError {
                #expect(error.code == .newerSchema)
                #expect(error.message.contains("version 3"))
                #expect(error.message.contains("run the newer version"))
            }
            let states = try await DatabaseQueue(path: folder.path + "/relay.db").read { database in
                try String.fetchAll(database, sql: "SELECT CAST(state AS TEXT) FROM agents WHERE id = 'n'")
            }
            #expect(states == [#"{"version":3,"all":"new"}"#])
        }
    }

    @Test("events that cannot be applied become dead letters, and those around them are applied at once")
    func poison() async throws {
        try await withFolder { folder in
            let relay = try await Clockwork(folder, clock, Self.rules)
            let bodies = [
                ("a", Clockwork.presence("a")), ("p1", "no JSON"), ("b", Clockwork.presence("b")),
                ("p2", #"{"topicName":"v2.users.p2.presence","eventBody":{"presenceDefinition":7}}"#),
                ("p3", #"{"topicName":"v2.users.p3.conversations"}"#), ("c", Clockwork.presence("c")),
            ]
            // In one append, so that they are in one batch of the pipeline.
            _ = try await relay.journal.append(
                bodies.map { .heard(of: $0.0, at: Clockwork.start, .webhook, $0.1) }
            )
            await relay.pipeline.waitUntilApplied(relay.journal.lastSequence)
            for id in ["a", "b", "c"] { #expect(await relay.pipeline.record(of: id)?.facts.presence != nil, "\(id)") }
            let letters = try await relay.journal.deadLetters(before: nil, limit: 9).reversed()
            #expect(letters.map(\.agentID) == ["p1", "p2", "p3"])
            #expect(letters.allSatisfy { !$0.reason.isEmpty })
            #expect(letters.map { String(decoding: $0.event, as: UTF8.self) } == [1, 3, 4].map { bodies[$0].1 })
            // And again after them, also over a restart.
            await relay.end()
            let next = try await Clockwork(folder, clock, Self.rules)
            #expect(await next.pipeline.lag == 0)
            try await next.append(["d"], at: Clockwork.start, Clockwork.presence)
            #expect(await next.pipeline.record(of: "d")?.facts.presence != nil)
            #expect(try await next.journal.deadLetters(before: nil, limit: 9).count == 3)
            await next.end()
        }
    }

    @Test("an event that is damaged on the disk becomes a dead letter with what is known of it; the next is applied")
    func damaged() async throws {
        try await withFolder { folder in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let journal = try Journal(url: "sqlite:\(folder.path)/relay.db", logger: logger)
            _ = try await journal.append(
                ["a", "b"].map { .heard(of: $0, at: Clockwork.start, .webhook, Clockwork.presence($0)) }
            )
            let first = try #require(try await journal.read(after: 0, limit: 1).first).entry
            await journal.close()
            let queue = try DatabaseQueue(path: folder.path + "/relay.db")
            try await queue.write { database in
                try database.execute(
                    sql: "UPDATE entries SET body = CAST(substr(body, 1, 20) AS BLOB) WHERE sequence = 1"
                )
            }
            try queue.close()

            let relay = try await Clockwork(folder, clock, Self.rules)
            await relay.pipeline.waitUntilApplied(2)
            #expect(await relay.pipeline.record(of: "b")?.facts.presence != nil)
            let letters = try await relay.journal.deadLetters(before: nil, limit: 9)
            #expect(letters.map(\.agentID) == ["a"])
            #expect(letters.first?.reason.contains("damaged") == true)
            let known = try #require(letters.first.map { String(decoding: $0.event, as: UTF8.self) })
            #expect(known == #"{"topic":"\#(first.topic)","key":"\#(first.key)"}"#)
            await relay.end()
        }
    }
}
