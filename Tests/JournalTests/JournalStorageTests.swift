// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Testing

@testable import Journal

@Suite("What a journal takes and holds")
struct JournalStorageTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("an empty journal has no lag and no oldest entry")
    func empty() async throws {
        let journal = try folder.open()
        let storage = try await journal.measure(now: Timestamp(milliseconds: 1))
        #expect(storage.lag == .zero && storage.lagEntries == 0 && storage.oldestEntryAge == nil)
        #expect(storage.lastSequence == 0 && storage.deadLetters == 0)
        #expect(storage.databaseBytes > 0 && storage.usedBytes == storage.databaseBytes)
        #expect(try #require(storage.diskFreeBytes) > 0 && storage.diskFreeBytes ?? 0 < storage.diskBytes ?? 0)
        await journal.close()
    }

    @Test("lag, ages, letters and the log are those of now")
    func full() async throws {
        let journal = try folder.open()
        _ = try await journal.append((1...10).map { .mock("eb:\($0)", at: Int64($0) * 1000) })
        var commit = JournalCommit()
        commit.position = 4
        commit.deadLetters = [DeadLetter(at: .init(milliseconds: 1), reason: "", agentID: nil, event: [])]
        try await journal.commit(commit)
        let storage = try await journal.measure(now: Timestamp(milliseconds: 60_000))
        #expect((storage.lastSequence, storage.position, storage.lagEntries) == (10, 4, 6))
        #expect(storage.lag == .seconds(55))
        #expect(storage.oldestEntryAge == .seconds(59))
        #expect(storage.deadLetters == 1)
        #expect(storage.logBytes == Journal.fileSize(folder.file("relay.db-wal")) && storage.logBytes > 4096)
        // A clock that is set back is no age.
        #expect(try await journal.measure(now: Timestamp(milliseconds: 0)).lag == .zero)
        await journal.close()
    }

    @Test(
        "a disk is nearly full below 5 % or 5 GB of it, whichever is less, and below 128 MB",
        arguments: [
            (4_900_000_000, 1_000_000_000_000, true), (5_100_000_000, 1_000_000_000_000, false),
            (900_000_000, 20_000_000_000, true), (1_100_000_000, 20_000_000_000, false),
            (100_000_000, 500_000_000, true), (130_000_000, 500_000_000, false),
        ] as [(Int64, Int64, Bool)]
    )
    func nearlyFull(free: Int64, all: Int64, isNearlyFull: Bool) {
        var storage = JournalStorage(
            databaseBytes: 0,
            usedBytes: 0,
            freePages: 0,
            logBytes: 0,
            lastSequence: 0,
            position: 0,
            lag: .zero,
            deadLetters: 0
        )
        #expect(!storage.isDiskNearlyFull, "not known")
        (storage.diskFreeBytes, storage.diskBytes) = (free, all)
        #expect(storage.isDiskNearlyFull == isNearlyFull)
    }
}
