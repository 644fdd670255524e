// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
import GenesysEvents
import Synchronization
import Testing

@testable import Journal

@Suite("Appending to a journal")
struct JournalAppendTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("64 callers at once: every entry is there once, in the order of its caller")
    func appendsConcurrently() async throws {
        let journal = try folder.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<64 {
                group.addTask {
                    for index in 0..<20 {
                        let result = try await journal.append([.mock("eb:\(caller)-\(index)")])
                        #expect(result == AppendResult(accepted: 1, duplicate: 0))
                        #expect(journal.lastSequence > 0)
                    }
                }
            }
            try await group.waitForAll()
        }
        let records = try await journal.read(after: 0, limit: 5000)
        #expect(records.map(\.sequence) == Array(1...1280))
        #expect(journal.lastSequence == 1280)
        for caller in 0..<64 {
            let own = records.map(\.entry.key).filter { $0.hasPrefix("eb:\(caller)-") }
            #expect(own == (0..<20).map { "eb:\(caller)-\($0)" })
        }
        await journal.close()
    }

    @Test("callers that wait while the disk is busy share one transaction")
    func groups() async throws {
        let journal = try folder.open()
        let commits = CommitCount()
        try await journal.pool.write { $0.add(transactionObserver: commits, extent: .databaseLifetime) }
        let before = commits.value
        let block = WriterBlock(journal)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<64 { group.addTask { _ = try await journal.append([.mock("eb:\(index)")]) } }
            #expect(try await eventually { try journal.writable().pending == 64 })
            block.release()
            try await group.waitForAll()
        }
        #expect(commits.value - before == 1)
        #expect(journal.lastSequence == 64)
        await journal.close()
    }

    @Test("the same key is stored once: in one append, across appends, across a restart")
    func findsDuplicates() async throws {
        var journal = try folder.open()
        #expect(
            try await journal.append([.mock("eb:1"), .mock("eb:2"), .mock("eb:1")])
                == AppendResult(accepted: 2, duplicate: 1)
        )
        #expect(try await journal.append([.mock("eb:2")]) == AppendResult(accepted: 0, duplicate: 1))
        await journal.close()
        journal = try folder.open()
        #expect(
            try await journal.append([.mock("eb:1", at: 9_000_000_000), .mock("eb:3")])
                == AppendResult(accepted: 1, duplicate: 1)
        )
        #expect(try await journal.read(after: 0, limit: 9).map(\.entry.key) == ["eb:1", "eb:2", "eb:3"])
        await journal.close()
    }

    @Test("the time an event was made is kept, and found again with its key")
    func keepsMadeAt() async throws {
        let journal = try folder.open()
        let entries = [
            JournalEntry.mock("eb:1", madeAt: 77), .mock("eb:1", at: 2_000_000, madeAt: 77), .mock("eb:2", madeAt: 77),
            .mock("eb:3"), .mock("eb:3", at: 2_000_000), .mock("sha256:ab", madeAt: 78), .mock("sha256:ab", madeAt: 79),
            .mock("eb:4", madeAt: -5),
        ]
        #expect(try await journal.append(entries) == AppendResult(accepted: 5, duplicate: 3))
        let stored = try await journal.read(after: 0, limit: 9).map(\.entry)
        #expect(stored.map(\.key) == ["eb:1", "eb:2", "eb:3", "sha256:ab", "eb:4"])
        #expect(stored.map(\.madeAt?.milliseconds) == [77, 77, nil, nil, nil])
        await journal.close()
    }

    @Test("the same content is a duplicate for ten minutes after its last coming, then a new event")
    func forgetsContent() async throws {
        let journal = try folder.open()
        let minute: Int64 = 60_000
        func accepted(atMinute time: Int64) async throws -> Bool {
            try await journal.append([.mock("sha256:ab", at: time * minute)]).accepted == 1
        }
        #expect(try await accepted(atMinute: 100))
        #expect(try await !accepted(atMinute: 109))
        #expect(try await !accepted(atMinute: 91))
        #expect(try await accepted(atMinute: 110))
        // Measured from the newest, not from the first, and across the borders of slots.
        #expect(try await !accepted(atMinute: 119))
        #expect(try await accepted(atMinute: 125))
        #expect(try await !accepted(atMinute: 134))
        #expect(try await journal.append([.mock("sha256:ac", at: 125 * minute)]).accepted == 1)
        #expect(
            try await journal.read(after: 0, limit: 9).map(\.entry.key)
                == ["sha256:ab", "sha256:ab", "sha256:ab", "sha256:ac"]
        )
        await journal.close()
    }

    @Test("an append that cannot be written fails alone and whole")
    func isolatesFailures() async throws {
        let journal = try folder.open()
        try await journal.pool.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    CREATE TEMP TRIGGER poison BEFORE INSERT ON entries WHEN NEW.topic = 'poison'
                    BEGIN SELECT RAISE(ABORT, 'poison'); END
                    """
            )
        }
        let block = WriterBlock(journal)
        async let good = journal.append([.mock("eb:1"), .mock("eb:2")])
        async let bad = journal.append([.mock("eb:3"), .mock("eb:4", topic: "poison")])
        async let other = journal.append([.mock("eb:5")])
        #expect(try await eventually { try journal.writable().pending == 5 })
        block.release()
        #expect(try await good.accepted == 2)
        #expect(try await other.accepted == 1)
        do {
            _ = try await bad
            Issue.record("the bad append was taken")
        } catch {
            #expect((error as? JournalError)?.code == .other)
        }
        #expect(Set(try await journal.read(after: 0, limit: 9).map(\.entry.key)) == ["eb:1", "eb:2", "eb:5"])
        #expect(journal.lastSequence == 3)
        // Not the disk's fault.
        #expect(journal.writeFailure == nil)
        await journal.close()
    }

    @Test("too many waiting entries or bytes are refused, and those waiting are stored")
    func overloads() async throws {
        let journal = try folder.open {
            $0.maxPending = 3
            $0.maxPendingBytes = 100
        }
        let block = WriterBlock(journal)
        async let first = journal.append([.mock("eb:1"), .mock("eb:2")])
        #expect(try await eventually { try journal.writable().pending == 2 })
        for entries in [
            [JournalEntry.mock("eb:3"), .mock("eb:4")],
            [.mock("eb:5", body: .noise(97))],
            // Held as it is until it is answered, however little the row takes.
            [.mock("eb:6", body: Array(repeating: 0x20, count: 1000))],
        ] {
            await #expect { try await journal.append(entries) } throws: { ($0 as? JournalError)?.code == .overloaded }
        }
        // A few bytes out of a large request, which stays in memory as long.
        await #expect { try await journal.append([.mock("eb:7")], holding: 1000) } throws: {
            ($0 as? JournalError)?.code == .overloaded
        }
        // The pipeline's own commits are not refused: they make room.
        async let commit: Void = journal.commit(JournalCommit())
        block.release()
        #expect(try await first.accepted == 2)
        try await commit
        #expect(try await eventually { try journal.writable().pending == 0 })
        // Larger than the limit by itself: nothing else waits, so it is taken.
        let large = (10..<20).map { JournalEntry.mock("eb:\($0)") }
        #expect(try await journal.append(large).accepted == 10)
        #expect(journal.writeFailure == nil)
        await journal.close()
    }

    @Test("an entry that is kept out by anything but its key is refused, not taken for a duplicate")
    func namesConflicts() async throws {
        let journal = try folder.open()
        _ = try await journal.append([.mock("eb:1")])
        // Another program has taken the sequence that comes next.
        try folder.run("UPDATE entries SET sequence = 2, key = 'other'")
        await #expect { try await journal.append([.mock("eb:2")]) } throws: { ($0 as? JournalError)?.code == .other }
        #expect(try await journal.read(after: 0, limit: 9).map(\.entry.key) == ["other"])
        await journal.close()
    }

    @Test("nothing to append is no write")
    func appendsNothing() async throws {
        let journal = try folder.open()
        #expect(try await journal.append([]) == AppendResult(accepted: 0, duplicate: 0))
        #expect(journal.lastSequence == 0)
        await journal.close()
    }
}

/// Counts transactions that changed something; used on the writer's queue only.
private final class CommitCount: TransactionObserver, Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { count.withLock { $0 += 1 } }
    func databaseDidRollback(_ db: Database) {}
}
