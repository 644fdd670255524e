// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import GenesysEvents
import Testing

@testable import Journal

@Suite("A journal after a crash")
struct JournalDurabilityTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("entries are in the files before append returns")
    func survives() async throws {
        let journal = try folder.open()
        for index in 0..<50 {
            _ = try await journal.append([.mock("eb:\(index)")])
            guard index % 10 == 0 else { continue }
            let copy = try folder.copyOfDatabase().open()
            #expect(copy.lastSequence == Int64(index + 1))
            #expect(try await copy.read(after: Int64(index), limit: 9).map(\.entry.key) == ["eb:\(index)"])
            await copy.close()
        }
        await journal.close()
    }

    @Test("appends are synced, commits of the pipeline are not")
    func syncs() async throws {
        let journal = try folder.open()
        func level() async throws -> Int? {
            try await journal.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        }
        let (full, normal) = (2, 1)
        #expect(try await level() == full)
        for index in 0..<3 {
            _ = try await journal.append([.mock("eb:\(index)")])
            #expect(try await level() == full)
            var commit = JournalCommit()
            commit.position = Int64(index)
            try await journal.commit(commit)
            #expect(try await level() == normal)
        }
        await journal.close()
    }

    @Test("a log that ends anywhere gives whole transactions in order: never a position beyond its entries")
    func recoversPrefix() async throws {
        let journal = try folder.open()
        let start = try FileManager.default.attributesOfItem(atPath: folder.file("relay.db-wal"))[.size] as? Int ?? 0
        for index in 1...20 {
            _ = try await journal.append([.mock("eb:\(index)a"), .mock("eb:\(index)b")])
            var commit = JournalCommit()
            commit.position = Int64(index * 2)
            commit.agents = [StoredAgent(id: "a", state: Array("\(index * 2)".utf8))]
            commit.history = [.mock("\(index)")]
            try await journal.commit(commit)
        }
        let log = try Data(contentsOf: URL(fileURLWithPath: folder.file("relay.db-wal")))
        var positions: Set<Int64> = []
        for end in stride(from: start, through: log.count, by: (log.count - start) / 40) {
            let cut = try folder.copyOfDatabase()
            try log.prefix(end).write(to: URL(fileURLWithPath: cut.file("relay.db-wal")))
            let copy = try cut.open()
            let (position, agents) = (try await copy.appliedPosition(), try await copy.allAgents())
            positions.insert(position)
            #expect(position <= copy.lastSequence)
            #expect(copy.lastSequence - position == 0 || copy.lastSequence - position == 2)
            #expect(agents.first.map { String(decoding: $0.state, as: UTF8.self) } ?? "0" == "\(position)")
            let history = try await copy.history(agentID: "a", before: nil, limit: 100)
            #expect(history.count == Int(position / 2))
            // And it goes on from there.
            #expect(try await copy.append([.mock("eb:next")]).accepted == 1)
            await copy.close()
        }
        #expect(positions.count > 10)
        await journal.close()
    }
}
