// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import GenesysEvents
import Testing

@testable import Journal

@Suite("Backups, checks and compaction of a journal", .timeLimit(.minutes(2)))
struct JournalBackupTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func openBackup(_ path: String) throws -> Journal {
        var configuration = Journal.Configuration()
        configuration.access = .readOnly
        return try Journal(url: "sqlite:" + path, configuration: configuration, logger: .silent)
    }

    @Test("a copy made by another process's reader under load has all that was acknowledged before it, and is sound")
    func underLoad() async throws {
        let journal = try folder.open { $0.checkpoints = .init(pass: 25, restart: 100, truncate: 400) }
        let acknowledged = SharedCount(), ended = SharedCount()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<8 {
                group.addTask {
                    var index = 0
                    while ended.value == 0 {
                        let body = [UInt8].noise(4000)
                        _ = try await journal.append([.mock("eb:\(caller)-\(index)", body: body)])
                        acknowledged.add()
                        index += 1
                    }
                }
            }
            for round in 1...4 {
                #expect(try await eventually { acknowledged.value > round * 400 })
                let reader = try folder.open { $0.access = .readOnly }
                let before = Int64(acknowledged.value)
                let path = folder.file("backup-\(round).db")
                let backup = try await reader.backup(to: path)
                await reader.close()
                #expect(backup.lastSequence >= before)
                #expect(backup.bytes == Journal.fileSize(path))
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                let copy = try openBackup(path)
                #expect(try await copy.damage().isEmpty)
                #expect(try await copy.contradictions().isEmpty)
                let records = try await copy.read(after: 0, limit: .max)
                #expect(records.map(\.sequence) == Array(1...backup.lastSequence))
                await copy.close()
            }
            ended.add()
            try await group.waitForAll()
        }
        await journal.close()
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("backup") }
        #expect(left.sorted() == (1...4).map { "backup-\($0).db" })
    }

    @Test("a backup is one file, from which a relay goes on")
    func restores() async throws {
        let journal = try folder.open()
        _ = try await journal.append([.mock("eb:1"), .mock("eb:2")])
        _ = try await journal.backup(to: folder.file("copy.db"))
        await journal.close()
        let restored = try Journal(url: "sqlite:" + folder.file("copy.db"), logger: .silent)
        #expect(restored.lastSequence == 2)
        #expect(try await restored.append([.mock("eb:2"), .mock("eb:3")]) == AppendResult(accepted: 1, duplicate: 1))
        await restored.close()
    }

    @Test("a file that is there is never overwritten, and what fails leaves nothing behind")
    func neverOverwrites() async throws {
        let journal = try folder.open()
        _ = try await journal.append([.mock("eb:1")])
        let file = folder.file("precious")
        try Data("mine".utf8).write(to: URL(fileURLWithPath: file))
        for (path, advice) in [(file, "never overwrites"), (folder.file("none/x.db"), "No such file")] {
            await #expect { try await journal.backup(to: path) } throws: { error in
                (error as? JournalError)?.message.contains(advice) == true
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == Data("mine".utf8))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix("relay.db") }
        #expect(left == ["precious"])
        await journal.close()
    }

    @Test("compaction gives free pages back, and keeps everything else")
    func vacuums() async throws {
        let journal = try folder.open { $0.keep = .seconds(1) }
        for index in 0..<50 {
            let body = [UInt8].noise(40_000)
            _ = try await journal.append([.mock("eb:\(index)", at: Int64(index), body: body)])
        }
        var commit = JournalCommit()
        commit.position = 48
        try await journal.commit(commit)
        try await journal.prune(now: Timestamp(milliseconds: 9_999_999))
        let sizes = try await journal.vacuum()
        #expect(sizes.before > 2_000_000 && sizes.after < 300_000, "\(sizes)")
        #expect(try await journal.measure(now: .init(milliseconds: 0)).freePages == 0)
        #expect(try await journal.read(after: 0, limit: 99).map(\.sequence) == [49, 50])
        #expect(try await journal.append([.mock("eb:49", at: 49), .mock("eb:new")]).accepted == 1)
        await journal.close()
        let reader = try folder.open { $0.access = .readOnly }
        await #expect { try await reader.vacuum() } throws: { ($0 as? JournalError)?.code == .notWritable }
        await reader.close()
    }

    @Test("a sound journal has no findings, and everything is counted")
    func sound() async throws {
        let journal = try folder.open()
        let window: Int64 = 600_000
        _ = try await journal.append([
            .mock("eb:1"), .mock("sha256:a", at: window), .mock("sha256:a", at: 2 * window),
            .mock("sha256:b", at: window),
        ])
        var commit = JournalCommit()
        commit.position = 2
        commit.agents = [StoredAgent(id: "a", state: [])]
        commit.history = [.mock("1"), .mock("2"), .mock("3")]
        commit.deadLetters = [DeadLetter(at: .init(milliseconds: 1), reason: "", agentID: nil, event: [])]
        try await journal.commit(commit)
        #expect(try await journal.damage().isEmpty)
        #expect(try await journal.contradictions() == [])
        let counts = try await journal.counts()
        #expect((counts.entries, counts.history, counts.agents, counts.deadLetters) == (4, 3, 1, 1))
        #expect((counts.position, counts.lastSequence) == (2, 4))
        await journal.close()
    }

    @Test(
        "what contradicts itself is told",
        arguments: [
            ("UPDATE progress SET position = 9", "position 9 is beyond the newest entry, 3"),
            ("DELETE FROM progress", "progress has 0 rows"),
            (
                "UPDATE entries SET key = 'sha256:a', received_at = 1100000, slot = 2 WHERE sequence = 3",
                "1 and 3 are the same"
            ),
            ("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'history'", "history has ids up to 2, but only 1"),
        ]
    )
    func contradictions(sql: String, finding: String) async throws {
        let journal = try folder.open()
        _ = try await journal.append([.mock("sha256:a"), .mock("eb:2"), .mock("eb:3")])
        var commit = JournalCommit()
        commit.history = [.mock("1"), .mock("2")]
        try await journal.commit(commit)
        await journal.close()
        try folder.run(sql)
        let broken = try folder.open { $0.access = .readOnly }
        #expect(try await broken.contradictions().contains { $0.contains(finding) })
        await broken.close()
    }

    @Test("a damaged page is found")
    func damage() async throws {
        let journal = try folder.open()
        let body = [UInt8].noise(500)
        for index in 0..<200 { _ = try await journal.append([.mock("eb:\(index)", body: body)]) }
        await journal.close()
        let file = try #require(FileHandle(forUpdatingAtPath: folder.file()))
        let size = try file.seekToEnd()
        try file.seek(toOffset: size - 4096 * 3)
        try file.write(contentsOf: Data(repeating: 0xAB, count: 4096))
        try file.close()
        let broken = try folder.open { $0.access = .readOnly }
        let findings = try await broken.damage()
        #expect(!findings.isEmpty)
        await broken.close()
    }
}
