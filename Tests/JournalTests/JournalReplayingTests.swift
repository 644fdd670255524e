// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import Journal

@Suite("Replaying a journal")
struct JournalReplayingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func entry(_ minute: Int64, agentID: String?, bytes: Int = 10) -> JournalEntry {
        JournalEntry(
            key: "eb:\(minute)",
            source: minute % 2 == 0 ? .observation : .webhook,
            topic: "v2.users.x.presence",
            agentID: agentID,
            receivedAt: Timestamp(milliseconds: minute * 60_000),
            body: [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
        )
    }

    @Test(
        "entries come in order with all they have, only those that are wanted, also through a reader beside the writer"
    )
    func walking() async throws {
        let writer = try folder.open()
        _ = try await writer.append([
            Self.entry(1, agentID: "a"), Self.entry(2, agentID: nil, bytes: 0),
            Self.entry(3, agentID: "b", bytes: 20_000),
            Self.entry(4, agentID: "a"), Self.entry(5, agentID: "a"),
        ])
        let reader = try folder.open { $0.access = .readOnly }
        let seen = try await reader.walk(after: 1, through: 4) { cursor in
            var records: [JournalRecord] = []
            while let record = try cursor.next(where: { $0.elementsEqual("a".utf8) || $0.isEmpty }) {
                records.append(record)
            }
            return records
        }
        #expect(seen.map(\.sequence) == [2, 4])
        #expect(seen.map(\.entry.agentID) == [nil, "a"])
        #expect(seen.map(\.entry.key) == ["eb:2", "eb:4"])
        #expect(seen.map(\.entry.source) == [.observation, .observation])
        #expect(seen.map(\.entry.body.count) == [0, 10])
        let all = try await reader.walk(after: 0, through: .max) { cursor in
            var bytes = 0
            while let record = try cursor.next() { bytes += record.entry.body.count }
            return bytes
        }
        #expect(all == 20_030)
        await reader.close()
        await writer.close()
    }

    @Test("the bounds are those of the oldest and the newest entry, and an empty journal has none")
    func bounds() async throws {
        let journal = try folder.open()
        let none = try await journal.entryBounds()
        #expect(none.last == 0 && none.firstReceivedAt == nil && none.lastReceivedAt == nil)
        _ = try await journal.append([Self.entry(3, agentID: "a"), Self.entry(9, agentID: "a")])
        let bounds = try await journal.entryBounds()
        #expect(bounds.last == 2)
        #expect(bounds.firstReceivedAt == Timestamp(milliseconds: 180_000))
        #expect(bounds.lastReceivedAt == Timestamp(milliseconds: 540_000))
        await journal.close()
    }

    @Test("lines of all histories, of the kinds that are asked for, since a time")
    func history() async throws {
        let journal = try folder.open()
        var commit = JournalCommit()
        for minute in 1...200 {
            commit.history.append(
                HistoryEntry(
                    agentID: "a\(minute % 3)",
                    at: Timestamp(milliseconds: Int64(minute) * 60_000),
                    kind: minute % 2 == 0 ? .call : .event,
                    summary: "\(minute)"
                )
            )
        }
        try await journal.commit(commit)
        let lines = try await journal.history(since: Timestamp(milliseconds: 190 * 60_000), kinds: [.call, .guarded]) {
            $0.summary
        }
        // A minute early.
        #expect(lines == ["190", "192", "194", "196", "198", "200"])
        let odd = try await journal.history(since: Timestamp(milliseconds: 0), kinds: [.event]) { line in
            line.agentID == "a0" ? line.summary : nil
        }
        #expect(odd.prefix(2) == ["3", "9"])
        let none = try await journal.history(since: Timestamp(milliseconds: 1 << 40), kinds: [.call]) { $0.summary }
        #expect(none.isEmpty)
        await journal.close()
    }
}
