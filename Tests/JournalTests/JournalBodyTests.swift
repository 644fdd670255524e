// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import GenesysEvents
import Testing

@testable import Journal

@Suite("Bodies in a journal")
struct JournalBodyTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let text = Array(String(repeating: #"{"wfm_status":"Break"}"#, count: 200).utf8)

    private func rows() throws -> [Data] {
        let queue = try DatabaseQueue(path: folder.file())
        defer { try? queue.close() }
        return try queue.read { try Data.fetchAll($0, sql: "SELECT body FROM entries ORDER BY sequence") }
    }

    /// What both ways of reading make of the journal.
    private func bodies(_ journal: Journal) async throws -> [[UInt8]] {
        let read = try await journal.read(after: 0, limit: 100)
        let walked = try await journal.walk(after: 0, through: .max) { cursor in
            var records: [JournalRecord] = []
            while let record = try cursor.next() { records.append(record) }
            return records
        }
        #expect(read.map(\.entry.body) == walked.map(\.entry.body))
        #expect(read.map(\.damage) == walked.map(\.damage))
        return read.map(\.entry.body)
    }

    @Test("they are compressed on the disk, and come back as they were, also from a dead letter that is tried again")
    func compresses() async throws {
        var journal = try folder.open()
        let given = [Self.text, .noise(3000), Array("{}".utf8), [], [0x01, 0x02, 0x03]]
        _ = try await journal.append(given.enumerated().map { .mock("eb:\($0.offset)", body: $0.element) })
        var commit = JournalCommit()
        commit.deadLetters = [.init(at: .init(milliseconds: 1), reason: "why", agentID: "a", event: Self.text)]
        try await journal.commit(commit)
        let letter = try #require(try await journal.deadLetters(before: nil, limit: 1).first)
        #expect(letter.event == Self.text)
        #expect(try await journal.retryDeadLetter(id: letter.id, as: .mock("retry:1", body: letter.event)))
        #expect(try await bodies(journal) == given + [Self.text])
        await journal.close()
        #expect(try rows().map(\.count) == [rows()[0].count, 3000, 2, 0, 4, rows()[0].count])
        #expect(try rows()[0].count < 100)
        journal = try folder.open()
        #expect(try await bodies(journal) == given + [Self.text])
        await journal.close()
    }

    @Test("rows of before, as they came, and new ones lie side by side; a version that does not know them is told")
    func mixes() async throws {
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/Journal/version-1.sql")
        try folder.run(try String(contentsOf: fixture, encoding: .utf8))
        let old = try rows()
        var journal = try folder.open()
        _ = try await journal.append([.mock("eb:new", body: Self.text)])
        #expect(try await bodies(journal) == old.map { Array($0) } + [Self.text])
        await journal.close()
        #expect(try Array(rows().dropLast()) == old, "nothing was written anew")
        // What the version before looks at.
        let queue = try DatabaseQueue(path: folder.file())
        let steps = try await queue.read { try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations") }
        #expect(steps.prefix(2) == ["1 inbox, agents, history", "2 compressed bodies"])
        try queue.close()
        journal = try folder.open { $0.access = .readOnly }
        #expect(try await bodies(journal).last == Self.text)
        await journal.close()
    }

    @Test("a damaged body is told with its entry, and holds up no other")
    func damaged() async throws {
        var journal = try folder.open()
        _ = try await journal.append((1...3).map { .mock("eb:\($0)", body: Self.text) })
        await journal.close()
        let frame = Array(try rows()[1])
        try folder.run("UPDATE entries SET body = CAST(substr(body, 1, \(frame.count - 1)) AS BLOB) WHERE sequence = 2")
        try folder.run("UPDATE entries SET body = CAST(x'08' || substr(body, 2) AS BLOB) WHERE sequence = 3")
        journal = try folder.open()
        #expect(try await bodies(journal) == [Self.text, [], []])
        let damage = try await journal.read(after: 0, limit: 9).map(\.damage)
        #expect(damage[0] == nil)
        #expect(damage[1]?.contains("damaged") == true && damage[2]?.contains("does not know") == true)
        #expect(try await journal.append([.mock("eb:4")]).accepted == 1)
        await journal.close()
    }

    @Test("a batch ends with so many bytes as they come from the disk, after one entry at the least")
    func bounded() async throws {
        let journal = try folder.open()
        _ = try await journal.append((1...5).map { JournalEntry.mock("eb:\($0)", body: Self.text) })
        let counts = [1, Self.text.count, Self.text.count + 1, .max]
        for (bytes, count) in zip(counts, [1, 1, 2, 5]) {
            #expect(try await journal.read(after: 0, limit: 100, bytes: bytes).count == count)
        }
        await journal.close()
    }
}
