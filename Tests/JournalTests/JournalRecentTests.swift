// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import Journal

/// What the one who applies entries gets from memory must be what is in the database.
@Suite("Entries that were appended just now")
struct JournalRecentTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Of every kind that rows differ by.
    private func kinds(_ number: Int) -> [JournalEntry] {
        var nobody = JournalEntry.mock("eb:nobody \(number)", body: [])
        nobody.agentID = nil
        nobody.source = .observation
        return [
            .mock("eb:\(number)", madeAt: 12_345), .mock("sha256:\(number)", body: .noise(3000), madeAt: 99), nobody,
            .mock(
                "wh:\(number).0",
                topic: "v2.users.ä.presence",
                body: Array(String(repeating: "ab", count: 5000).utf8)
            ),
        ]
    }

    /// All of them in steps, each asked for after the one before.
    private func next(_ journal: Journal, after first: Int64 = 0, limit: Int, bytes: Int = .max) async throws
        -> [String]
    {
        var (all, place) = ([String](), first)
        while let records = Optional(try await journal.readNext(after: place, limit: limit, bytes: bytes)),
            let last = records.last
        {
            #expect(records.count <= limit)
            all += records.map(Self.text)
            place = last.sequence
        }
        return all
    }

    private func stored(_ journal: Journal) async throws -> [String] {
        try await journal.read(after: 0, limit: 99_999).map(Self.text)
    }

    private static func text(_ record: JournalRecord) -> String { "\(record)" }

    @Test("are those of the database, in any steps, without duplicates", arguments: [1, 3, 1000])
    func same(limit: Int) async throws {
        let journal = try folder.open()
        for number in 1...5 {
            _ = try await journal.append(kinds(number) + kinds(number))
            _ = try await journal.append(kinds(number))
        }
        let stored = try await stored(journal)
        #expect(stored.count == 20)
        // Not even a look at the database.
        #expect(journal.recent.take(after: 0, limit: 99, bytes: .max)?.map(Self.text) == stored)
        #expect(try await next(journal, limit: limit) == stored)
        await journal.close()
    }

    @Test("end a step with the bytes that were asked for, as those of the database do")
    func bytes() async throws {
        let journal = try folder.open()
        _ = try await journal.append((1...9).map { .mock("eb:\($0)", body: .noise(1000)) })
        for bytes in [1, 1000, 1001, 2500] {
            let read = try await journal.read(after: 2, limit: 99, bytes: bytes).map(\.sequence)
            #expect(try await journal.readNext(after: 2, limit: 99, bytes: bytes).map(\.sequence) == read)
            #expect(journal.recent.take(after: 2, limit: 99, bytes: bytes)?.map(\.sequence) == read)
        }
        await journal.close()
    }

    @Test("are read from the database by who is behind, until they are not; the memory is bounded")
    func behind() async throws {
        let journal = try folder.open { $0.maxRecentBytes = 5000 }
        _ = try await journal.append((1...3).map { .mock("eb:\($0)", body: .noise(1000)) })
        #expect(journal.recent.take(after: 0, limit: 9, bytes: .max)?.count == 3)
        _ = try await journal.append((4...9).map { .mock("eb:\($0)", body: .noise(1000)) })
        #expect(journal.recent.take(after: 0, limit: 9, bytes: .max) == nil)
        #expect(try await next(journal, limit: 2) == stored(journal))
        // Back at the newest one.
        _ = try await journal.append([.mock("eb:10")])
        #expect(journal.recent.take(after: 9, limit: 9, bytes: .max)?.map(\.entry.key) == ["eb:10"])
        await journal.close()
    }

    @Test("go on where an earlier process has ended")
    func restart() async throws {
        var journal = try folder.open()
        _ = try await journal.append(kinds(1))
        await journal.close()
        journal = try folder.open()
        _ = try await journal.append(kinds(2))
        #expect(try await next(journal, limit: 3) == stored(journal))
        await journal.close()
    }

    @Test("of a dead letter that is tried again are among them, and those of a group that fails are not")
    func retried() async throws {
        let journal = try folder.open()
        var commit = JournalCommit()
        commit.deadLetters = [DeadLetter(at: Timestamp(milliseconds: 1), reason: "r", agentID: nil, event: [])]
        try await journal.commit(commit)
        let letter = try #require(try await journal.deadLetters(before: nil, limit: 1).first)
        #expect(try await journal.retryDeadLetter(id: letter.id, as: .mock("eb:again")))
        // A position beyond the last entry fails alone; what waits beside it is written by itself.
        let block = WriterBlock(journal)
        async let taken = journal.append([.mock("eb:beside")])
        #expect(try await eventually { try journal.writable().pending == 1 })
        var wrong = JournalCommit()
        wrong.position = 99
        let failing = Task { [wrong] in try await journal.commit(wrong) }
        block.release()
        #expect(try await taken.accepted == 1)
        await #expect(throws: JournalError.self) { try await failing.value }
        #expect(try await next(journal, limit: 9) == stored(journal))
        #expect(journal.lastSequence == 2)
        await journal.close()
    }
}
