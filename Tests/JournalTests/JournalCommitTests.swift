// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
import GenesysEvents
import Testing

@testable import Journal

@Suite("Commits to a journal")
struct JournalCommitTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("position, agents, history and dead letters come back as committed")
    func keeps() async throws {
        var journal = try folder.open()
        _ = try await journal.append([.mock("eb:1"), .mock("eb:2")])
        var commit = JournalCommit()
        commit.position = 1
        commit.agents = [StoredAgent(id: "b", state: [1]), StoredAgent(id: "a", state: [2, 0, 3])]
        commit.history = [
            HistoryEntry(
                agentID: "a",
                at: Timestamp(milliseconds: 5),
                kind: .guarded,
                summary: "held back",
                detail: Array(#"{"why":"offline"}"#.utf8)
            )
        ]
        commit.deadLetters = [
            DeadLetter(at: Timestamp(milliseconds: 6), reason: "no user", agentID: nil, event: Array("[]".utf8))
        ]
        try await journal.commit(commit)
        var next = JournalCommit()
        next.agents = [StoredAgent(id: "b", state: [])]
        try await journal.commit(next)
        await journal.close()

        journal = try folder.open()
        let agents = try await journal.allAgents()
        #expect(try await journal.appliedPosition() == 1)
        #expect(agents.map(\.id) == ["a", "b"])
        #expect(agents.map(\.state) == [[2, 0, 3], []])
        let line = try #require(try await journal.history(agentID: "a", before: nil, limit: 9).first)
        #expect(line.kind == .guarded && line.summary == "held back" && line.at.milliseconds == 5)
        #expect(line.detail == Array(#"{"why":"offline"}"#.utf8))
        let letter = try #require(try await journal.deadLetters(before: nil, limit: 9).first)
        #expect(letter.reason == "no user" && letter.agentID == nil && letter.at.milliseconds == 6)
        #expect(letter.event == Array("[]".utf8))
        await journal.close()
    }

    @Test("the position never goes back, and never beyond the last entry")
    func guardsPosition() async throws {
        let journal = try folder.open()
        _ = try await journal.append([.mock("eb:1"), .mock("eb:2")])
        for (position, expected) in [(2, 2), (1, 2)] as [(Int64, Int64)] {
            var commit = JournalCommit()
            commit.position = position
            try await journal.commit(commit)
            #expect(try await journal.appliedPosition() == expected)
        }
        var beyond = JournalCommit()
        beyond.position = 3
        beyond.agents = [StoredAgent(id: "a", state: [])]
        await #expect { try await journal.commit(beyond) } throws: { ($0 as? JournalError)?.code == .other }
        // All or nothing.
        #expect(try await journal.allAgents().isEmpty)
        await journal.close()
    }

    @Test(
        "agents are read in the order of their ids, each once, whatever the size of the parts",
        arguments: [0, 1000, 2001]
    )
    func manyAgents(count: Int) async throws {
        let journal = try folder.open()
        var commit = JournalCommit()
        let ids = (0..<count).map { "agent \($0)" }
        commit.agents = ids.map { StoredAgent(id: $0, state: Array($0.utf8)) }
        try await journal.commit(commit)
        let read = try await journal.allAgents()
        #expect(read.map(\.id) == ids.sorted())
        #expect(read.allSatisfy { $0.state == Array($0.id.utf8) })
        await journal.close()
    }

    @Test("history pages from the newest, per agent, with ids that grow")
    func pages() async throws {
        let journal = try folder.open()
        for index in 0..<25 {
            var commit = JournalCommit()
            commit.history = [.mock("a\(index)"), .mock("b\(index)", agent: "b")]
            try await journal.commit(commit)
        }
        var seen: [HistoryEntry] = []
        var cursor: Int64?
        repeat {
            let page = try await journal.history(agentID: "a", before: cursor, limit: 10)
            #expect(page.count <= 10)
            seen += page
            cursor = page.last?.id
        } while cursor != nil
        #expect(seen.map(\.summary) == (0..<25).reversed().map { "a\($0)" })
        #expect(seen.map(\.id) == seen.map(\.id).sorted(by: >))
        #expect(try await journal.history(agentID: "nobody", before: nil, limit: 10).isEmpty)
        #expect(try await journal.history(agentID: "a", before: nil, limit: -1).isEmpty)
        await journal.close()
    }

    @Test("history is found over many blocks of lines, also where whole blocks have nothing of the agent or are gone")
    func blocks() async throws {
        let journal = try folder.open()
        var expected: [String] = []
        for round in 0..<6 {
            var commit = JournalCommit()
            // A block and a half of others between two lines of the agent.
            let others = (0..<1536).map { HistoryEntry.mock("b\($0)", agent: "b") }
            commit.history = [.mock("a\(round)")] + others + [.mock("c\(round)")]
            expected += ["a\(round)", "c\(round)"]
            try await journal.commit(commit)
        }
        func lines(_ limit: Int, before: Int64? = nil) async throws -> [String] {
            try await journal.history(agentID: "a", before: before, limit: limit).map(\.summary)
        }
        #expect(try await lines(99) == expected.reversed())
        #expect(try await lines(5) == expected.reversed().prefix(5).map { $0 })
        let third = try await journal.history(agentID: "a", before: nil, limit: 3)[2].id
        #expect(try await lines(99, before: third) == expected.reversed().dropFirst(3).map { $0 })
        #expect(try await lines(99, before: 1).isEmpty)
        await journal.close()
        try folder.run("DELETE FROM history WHERE id < 5000")
        let after = try folder.open()
        let kept = try await after.history(agentID: "a", before: nil, limit: 99)
        #expect(kept.map(\.summary) == expected.reversed().prefix(kept.count).map { $0 } && kept.count == 5)
        await after.close()
        // By the index, block and agent together: anything else reads what is not the agent's.
        let queue = try DatabaseQueue(path: folder.file())
        let plan = try await queue.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    EXPLAIN QUERY PLAN SELECT id FROM history
                    WHERE \(Schema.historyBlock) = 1 AND agent_id = 'a' AND id < 9 ORDER BY id DESC LIMIT 3
                    """
            ).map { $0["detail"] as String }
        }
        #expect(plan.count == 1 && plan[0].contains("history_agent (<expr>=? AND agent_id=? AND rowid<?)"), "\(plan)")
    }

    @Test("a letter that is tried again becomes the next entry and is gone, once, and both survive a power cut")
    func retriesLetters() async throws {
        let journal = try folder.open()
        _ = try await journal.append([.mock("eb:1")])
        var commit = JournalCommit()
        commit.deadLetters = [DeadLetter(at: Timestamp(milliseconds: 1), reason: "no", agentID: "a", event: [])]
        try await journal.commit(commit)
        let id = try #require(try await journal.deadLetters(before: nil, limit: 1).first?.id)
        async let first = journal.retryDeadLetter(id: id, as: .mock("retry:1"))
        async let second = journal.retryDeadLetter(id: id, as: .mock("retry:1"))
        #expect(try await [first, second].count(where: { $0 }) == 1)
        #expect(try await !journal.retryDeadLetter(id: id + 1, as: .mock("retry:2")))
        #expect(journal.lastSequence == 2)

        let copy = try folder.copyOfDatabase().open()
        #expect(try await copy.read(after: 0, limit: 9).map(\.entry.key) == ["eb:1", "retry:1"])
        #expect(try await copy.deadLetter(id: id) == nil)
        await copy.close()
        await journal.close()
        await #expect(throws: JournalError.self) { try await journal.retryDeadLetter(id: id, as: .mock("retry:1")) }
    }

    @Test("a dead letter can be looked up and forgotten, and its id is not used again")
    func forgetsLetters() async throws {
        let journal = try folder.open()
        var commit = JournalCommit()
        commit.deadLetters = (1...3).map {
            DeadLetter(at: Timestamp(milliseconds: 1), reason: "\($0)", agentID: "a", event: [])
        }
        try await journal.commit(commit)
        let ids = try await journal.deadLetters(before: nil, limit: 9).map(\.id)
        #expect(ids == ids.sorted(by: >))
        #expect(try await journal.deadLetters(before: ids[0], limit: 1).map(\.reason) == ["2"])
        #expect(try await journal.deadLetter(id: ids[0])?.reason == "3")
        #expect(try await journal.removeDeadLetter(id: ids[0]))
        #expect(try await !journal.removeDeadLetter(id: ids[0]))
        #expect(try await journal.deadLetter(id: ids[0]) == nil)
        try await journal.commit(commit)
        #expect(try await journal.deadLetters(before: nil, limit: 1)[0].id > ids[0])
        await journal.close()
    }

    @Test("a page of dead letters ends with its bytes, after one letter at the least, and the next page goes on there")
    func boundsLetters() async throws {
        let journal = try folder.open()
        var commit = JournalCommit()
        commit.deadLetters = (1...5).map {
            DeadLetter(
                at: Timestamp(milliseconds: 1),
                reason: "\($0)",
                agentID: nil,
                event: [UInt8](repeating: 32, count: 1000)
            )
        }
        try await journal.commit(commit)
        var pages: [[String]] = []
        var before: Int64?
        while let page = Optional(try await journal.deadLetters(before: before, limit: 4, bytes: 1500)), !page.isEmpty {
            pages.append(page.map(\.reason))
            before = page.last?.id
        }
        #expect(pages == [["5", "4"], ["3", "2"], ["1"]])
        #expect(try await journal.deadLetters(before: nil, limit: 4, bytes: 1).map(\.reason) == ["5"])
        #expect(try await journal.deadLetters(before: nil, limit: 4).count == 4)
        await journal.close()
    }
}
