// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import GenesysEvents
import Testing

@testable import Journal

@Suite("The log of a journal", .timeLimit(.minutes(2)))
struct JournalLogTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Limits that a test reaches soon: 100, 400 and 1600 KB.
    private func open() throws -> Journal {
        try folder.open { $0.checkpoints = .init(pass: 25, restart: 100, truncate: 400) }
    }

    private func logSize() -> Int64 { Journal.fileSize(folder.file("relay.db-wal")) }

    /// Entries of 8 KB; the log takes some 12 KB for each.
    private func append(_ range: Range<Int>, to journal: Journal) async throws {
        for index in range {
            _ = try await journal.append([.mock("eb:\(index)", body: .noise(8000))])
        }
    }

    /// The largest that the log was while so many entries were appended.
    private func largest(appending range: Range<Int>, to journal: Journal) async throws -> Int64 {
        var largest: Int64 = 0
        for index in range {
            try await append(index..<index + 1, to: journal)
            largest = max(largest, logSize())
        }
        return largest
    }

    /// A kill leaves both files as they are at one moment: the log was not cut while the database was copied.
    private func copyAtOneMoment() throws -> TemporaryFolder {
        let log = URL(fileURLWithPath: folder.file("relay.db-wal"))
        while true {
            let before = try Data(contentsOf: log)
            let copy = try folder.copyOfDatabase()
            if try Data(contentsOf: URL(fileURLWithPath: copy.file("relay.db-wal"))) == before { return copy }
        }
    }

    @Test("SQLite's own checkpoint in the writer's commit is off")
    func noAutomaticCheckpoint() async throws {
        let journal = try folder.open { $0.checkpoints = .init(pass: .max, restart: .max, truncate: .max) }
        try await append(0..<600, to: journal)
        // It would have begun anew after 1000 frames.
        #expect(try #require(journal.log).length > 1300)
        #expect(logSize() > 1300 * 4096)
        await journal.close()
        #expect(logSize() == 0)
    }

    @Test("after an I/O error pages that count as copied are copied again, before the log begins anew")
    func copiesAgain() async throws {
        let journal = try folder.open { $0.checkpoints = .init(pass: .max, restart: .max, truncate: .max) }
        try await append(0..<1, to: journal)
        let file = URL(fileURLWithPath: folder.file())
        let synced = try Data(contentsOf: file)
        try await append(1..<50, to: journal)
        try await journal.pool.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
        // As if their sync had failed, and the kernel had dropped them. In place: the journal has it open.
        let copied = try Data(contentsOf: file)
        #expect(copied.count > synced.count + 49 * 8000)
        let handle = try FileHandle(forWritingTo: file)
        try handle.write(contentsOf: synced + Data(count: copied.count - synced.count))
        try handle.close()
        try #require(journal.log).distrust()
        try await append(50..<51, to: journal)
        await journal.close()

        let again = try folder.open()
        #expect(try await again.read(after: 0, limit: 100).map(\.entry.body) == (0..<51).map { _ in .noise(8000) })
        await again.close()
        let queue = try DatabaseQueue(path: folder.file())
        #expect(try await queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
        try queue.close()
    }

    @Test("under load the log stays short, and everything is in the database in the end")
    func staysShort() async throws {
        let journal = try open()
        // Some 18 MB go through it.
        let most = try await largest(appending: 0..<1500, to: journal)
        #expect(most < 4_000_000, "\(most)")
        #expect(try await journal.read(after: 0, limit: 9999).count == 1500)
        await journal.close()
        #expect(logSize() == 0)
        let again = try folder.open()
        #expect(try await again.read(after: 0, limit: 9999).count == 1500)
        await again.close()
    }

    @Test("readers that overlap, so that there always is one, do not let it grow for ever")
    func overlappingReaders() async throws {
        let journal = try open()
        let ended = SharedCount()
        let most = try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    while ended.value == 0 { _ = try await journal.read(after: 0, limit: 20) }
                }
            }
            let most = try await largest(appending: 0..<700, to: journal)
            ended.add()
            try await group.waitForAll()
            return most
        }
        #expect(most < 6_000_000, "\(most)")
        await journal.close()
    }

    @Test("a replay, however long it rests between two events, does not let it grow")
    func slowWalk() async throws {
        let journal = try open()
        try await append(0..<20, to: journal)
        let reader = try folder.open { $0.access = .readOnly }
        let goOn = DispatchSemaphore(value: 0)
        async let walked = reader.walk(after: 0, through: .max) { cursor in
            var count = 0
            while try cursor.next() != nil {
                count += 1
                if count == 10 {
                    cursor.pause()
                    goOn.wait()
                }
            }
            return count
        }
        let most = try await largest(appending: 20..<1000, to: journal)
        goOn.signal()
        #expect(most < 4_000_000, "\(most)")
        // What came meanwhile is seen as well.
        #expect(try await walked == 1000)
        await reader.close()
        await journal.close()
    }

    @Test("a snapshot that is held lets it grow, holds up no append, and when it ends the file is cut")
    func heldSnapshot() async throws {
        let journal = try open()
        try await append(0..<5, to: journal)
        var settings = GRDB.Configuration()
        settings.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: folder.file(), configuration: settings)
        try await reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM entries") == 5)
        }
        try await append(5..<800, to: journal)
        #expect(logSize() > 3_000_000)
        #expect(journal.writeFailure == nil)
        let seen = try await reader.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM entries")
        }
        #expect(seen == 5)
        try await reader.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try reader.close()
        // Although nothing more is written.
        #expect(try await eventually { logSize() == 0 })
        #expect(try await largest(appending: 800..<1500, to: journal) < 4_000_000)
        #expect(try await journal.read(after: 0, limit: 9999).count == 1500)
        await journal.close()
    }

    @Test("files as they are at any moment of the copying, as a kill leaves them, have all that was acknowledged")
    func killed() async throws {
        let journal = try open()
        for round in 1...25 {
            try await append(round * 20 - 20..<round * 20, to: journal)
            let copy = try copyAtOneMoment().open()
            #expect(copy.lastSequence == Int64(round * 20))
            #expect(try await copy.damage().isEmpty)
            await copy.close()
        }
        await journal.close()
    }

    /// The log of a process that was killed, 50 entries long.
    private func inherited() async throws -> TemporaryFolder {
        let journal = try folder.open { $0.checkpoints = .init(pass: .max, restart: .max, truncate: .max) }
        try await append(0..<50, to: journal)
        let copy = try copyAtOneMoment()
        await journal.close()
        return copy
    }

    @Test("the log of another process is begun anew before anything is promised")
    func inherits() async throws {
        let copy = try await inherited()
        let before = Journal.fileSize(copy.file("relay.db-wal"))
        let journal = try copy.open { $0.checkpoints = .init(pass: .max, restart: .max, truncate: .max) }
        #expect(Journal.fileSize(copy.file("relay.db-wal")) >= before)
        try await append(50..<51, to: journal)
        #expect(Journal.fileSize(copy.file("relay.db-wal")) < before / 4)
        #expect(try await journal.read(after: 0, limit: 99).count == 51)
        await journal.close()
    }

    @Test("a snapshot that was held before the relay started keeps no event out")
    func inheritsUnderReader() async throws {
        let copy = try await inherited()
        var settings = GRDB.Configuration()
        settings.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: copy.file(), configuration: settings)
        try await reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM entries") == 50)
        }
        let journal = try copy.open()
        try await append(50..<100, to: journal)
        #expect(journal.writeFailure == nil)
        try await reader.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try reader.close()
        try await append(100..<101, to: journal)
        #expect(try await journal.read(after: 0, limit: 199).count == 101)
        await journal.close()
    }

    @Test("after an I/O error beside the writer the log is begun anew before anything is promised")
    func distrusts() async throws {
        let journal = try folder.open { $0.checkpoints = .init(pass: .max, restart: .max, truncate: .max) }
        try await append(0..<50, to: journal)
        let before = logSize()
        try #require(journal.log).distrust()
        try await append(50..<51, to: journal)
        #expect(logSize() < before / 4)
        try await append(51..<60, to: journal)
        #expect(try await journal.read(after: 0, limit: 99).count == 60)
        await journal.close()
    }
}
