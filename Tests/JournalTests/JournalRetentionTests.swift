// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import Journal

@Suite("Retention of a journal")
struct JournalRetentionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let keep: Int64 = 1_000_000

    private func filled(entries: Int) async throws -> Journal {
        let keep = keep
        let journal = try folder.open { $0.keep = .milliseconds(keep) }
        _ = try await journal.append((1...entries).map { .mock("eb:\($0)", at: Int64($0)) })
        var commit = JournalCommit()
        commit.history = (1...entries).map { .mock("\($0)", at: Int64($0)) }
        commit.deadLetters = (1...3).map {
            DeadLetter(at: Timestamp(milliseconds: Int64($0)), reason: "\($0)", agentID: nil, event: [])
        }
        try await journal.commit(commit)
        return journal
    }

    private func apply(_ position: Int64, _ journal: Journal) async throws {
        var commit = JournalCommit()
        commit.position = position
        try await journal.commit(commit)
    }

    @Test("what is older than keep goes, what is younger stays")
    func prunes() async throws {
        let journal = try await filled(entries: 1300)
        try await apply(1300, journal)
        try await journal.prune(now: Timestamp(milliseconds: keep + 1201))
        #expect(try await journal.read(after: 0, limit: 9999).map(\.sequence) == Array(1201...1300))
        let history = try await journal.history(agentID: "a", before: nil, limit: 9999)
        #expect(history.map(\.summary) == (1201...1300).reversed().map { "\($0)" })
        #expect(try await journal.deadLetters(before: nil, limit: 9).isEmpty)
        await journal.close()
    }

    @Test("what was taken while the clock was ahead does not keep what is old; it goes when its time comes")
    func clockAhead() async throws {
        let journal = try folder.open { $0.keep = .milliseconds(1000) }
        _ = try await journal.append((1...600).map { .mock("eb:ahead\($0)", at: 1_000_000) })
        _ = try await journal.append((1...700).map { .mock("eb:\($0)", at: Int64($0)) })
        try await apply(1300, journal)
        try await journal.prune(now: Timestamp(milliseconds: 1601))
        #expect(try await journal.read(after: 0, limit: 9999).map(\.sequence) == Array(1...600) + Array(1201...1300))
        try await journal.prune(now: Timestamp(milliseconds: 1_001_001))
        #expect(try await journal.read(after: 0, limit: 9999).isEmpty)
        await journal.close()
    }

    @Test("the newest stays as long as an older one does, so that nothing seems to be missing after it")
    func keepsNewest() async throws {
        let journal = try folder.open { $0.keep = .milliseconds(1000) }
        _ = try await journal.append((1...5).map { .mock("eb:ahead\($0)", at: 1_000_000) })
        _ = try await journal.append((1...5).map { .mock("eb:\($0)", at: Int64($0)) })
        try await apply(10, journal)
        try await journal.prune(now: Timestamp(milliseconds: 500_000))
        #expect(try await journal.read(after: 0, limit: 99).map(\.sequence) == Array(1...5) + [10])
        #expect(try await journal.contradictions().isEmpty)
        try await journal.prune(now: Timestamp(milliseconds: 1_001_001))
        #expect(try await journal.read(after: 0, limit: 99).isEmpty)
        #expect(try await journal.contradictions().isEmpty)
        await journal.close()
    }

    @Test("entries that are not applied stay, however old")
    func keepsUnapplied() async throws {
        let journal = try await filled(entries: 20)
        try await apply(5, journal)
        try await journal.prune(now: Timestamp(milliseconds: .max / 2))
        #expect(try await journal.read(after: 0, limit: 99).map(\.sequence) == Array(6...20))
        await journal.close()
    }

    @Test("sequences and ids go on after everything was deleted, also after a restart")
    func neverReuses() async throws {
        var journal = try await filled(entries: 10)
        let newest = try await journal.history(agentID: "a", before: nil, limit: 1)[0].id
        try await apply(10, journal)
        try await journal.prune(now: Timestamp(milliseconds: .max / 2))
        #expect(try await journal.read(after: 0, limit: 99).isEmpty)
        await journal.close()
        journal = try folder.open()
        #expect(journal.lastSequence == 10)
        _ = try await journal.append([.mock("eb:new")])
        #expect(try await journal.read(after: 10, limit: 9).map(\.sequence) == [11])
        var commit = JournalCommit()
        commit.history = [.mock("new")]
        try await journal.commit(commit)
        #expect(try await journal.history(agentID: "a", before: nil, limit: 1)[0].id > newest)
        await journal.close()
    }

    @Test("appends are taken while old entries are deleted")
    func letsAppendsThrough() async throws {
        let journal = try await filled(entries: 3000)
        try await apply(3000, journal)
        let now = Timestamp(milliseconds: keep * 2)
        async let pruning: Void = journal.prune(now: now)
        for index in 0..<20 { _ = try await journal.append([.mock("eb:new\(index)", at: now.milliseconds)]) }
        try await pruning
        #expect(try await journal.read(after: 0, limit: 9999).map(\.sequence) == Array(3001...3020))
        await journal.close()
    }

    @Test("the place of a time in the journal is found")
    func findsTime() async throws {
        let journal = try folder.open()
        #expect(try await journal.sequence(before: Timestamp(milliseconds: 0)) == 0)
        let hour: Int64 = 3_600_000
        _ = try await journal.append((1...10).map { .mock("eb:\($0)", at: Int64($0) * hour) })
        #expect(try await journal.sequence(before: Timestamp(milliseconds: 0)) == 0)
        #expect(try await journal.sequence(before: Timestamp(milliseconds: 4 * hour)) == 3)
        #expect(try await journal.sequence(before: Timestamp(milliseconds: 4 * hour + hour / 2)) == 4)
        #expect(try await journal.sequence(before: Timestamp(milliseconds: 99 * hour)) == 10)
        await journal.close()
    }

    /// Entries of a kilobyte at `1...count`, two lines of history each, applied up to `position`.
    private func large(_ count: Int, applied position: Int64, maxSize: Int64) async throws -> Journal {
        let journal = try folder.open { $0.maxSize = maxSize }
        let body = [UInt8].noise(1000)
        for start in stride(from: 1, through: count, by: 500) {
            let range = start..<min(start + 500, count + 1)
            _ = try await journal.append(range.map { .mock("eb:\($0)", at: Int64($0), body: body) })
            var commit = JournalCommit()
            commit.history = range.flatMap { [.mock("\($0)", at: Int64($0)), .mock("\($0)", at: Int64($0))] }
            commit.deadLetters = range.filter { $0 % 100 == 0 }.map {
                DeadLetter(at: Timestamp(milliseconds: Int64($0)), reason: "\($0)", agentID: nil, event: [])
            }
            try await journal.commit(commit)
        }
        try await apply(position, journal)
        return journal
    }

    @Test("above maxSize the oldest go until it is kept, entries, history and letters of the same age, and no more")
    func keepsSize() async throws {
        let journal = try await large(4000, applied: 4000, maxSize: 2_000_000)
        let before = try await journal.measure(now: .init(milliseconds: 5000))
        #expect(before.usedBytes > 4_000_000)
        let result = try await journal.enforceMaxSize()
        let after = try await journal.measure(now: .init(milliseconds: 5000))
        #expect(!result.isOver && result.usedBytes == after.usedBytes)
        #expect((1_000_000...2_000_000).contains(after.usedBytes), "\(after.usedBytes)")
        // The file keeps its size, and its free pages are used before it grows.
        #expect(after.databaseBytes == before.databaseBytes && after.freePages > 400)
        let left = try await journal.read(after: 0, limit: 9999).map(\.sequence)
        let first = try #require(left.first)
        #expect(left == Array(first...4000))
        let lines = try await journal.history(agentID: "a", before: nil, limit: 9999).compactMap { Int64($0.summary) }
        let letters = try await journal.deadLetters(before: nil, limit: 99).compactMap { Int64($0.reason) }
        for oldest in [lines.last, letters.last] { #expect(abs(try #require(oldest) - first) <= 500) }
        let entries = result.deleted - (8000 - lines.count) - (40 - letters.count)
        #expect(entries == 4000 - left.count)
        #expect(try await journal.enforceMaxSize().deleted == 0)
        await journal.close()
    }

    @Test("entries that are not applied stay, whatever the size, and that is told")
    func keepsUnappliedBySize() async throws {
        let journal = try await large(1000, applied: 100, maxSize: 100_000)
        let result = try await journal.enforceMaxSize()
        #expect(result.isOver)
        #expect(try await journal.read(after: 0, limit: 9999).map(\.sequence) == Array(101...1000))
        await journal.close()
    }

    @Test("a few large entries go one by one: no more than has to")
    func fewLarge() async throws {
        let journal = try folder.open { $0.maxSize = 3_000_000 }
        for index in 1...10 {
            _ = try await journal.append([
                .mock("eb:\(index)", at: Int64(index), body: .noise(500_000))
            ])
        }
        try await apply(10, journal)
        try await journal.enforceMaxSize()
        #expect(try await journal.read(after: 0, limit: 99).map(\.sequence) == Array(6...10))
        await journal.close()
    }

    @Test("without a limit nothing goes, and appends are taken while old entries go")
    func sizeUnderLoad() async throws {
        var journal = try await large(2000, applied: 2000, maxSize: .max)
        #expect(try await journal.enforceMaxSize().deleted == 0)
        await journal.close()
        journal = try folder.open { $0.maxSize = 500_000 }
        async let result = journal.enforceMaxSize()
        for index in 0..<20 { _ = try await journal.append([.mock("eb:new\(index)", at: 9_000_000)]) }
        #expect(try await result.deleted > 1000)
        #expect(try await journal.read(after: 2000, limit: 9999).count == 20)
        await journal.close()
    }
}
