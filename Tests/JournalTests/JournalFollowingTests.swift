// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Synchronization
import Testing

@testable import Journal

@Suite("Following and closing a journal")
struct JournalFollowingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a follower wakes for an entry after its place, and sees it")
    func wakes() async throws {
        let journal = try folder.open()
        let follower = Task {
            var seen: [String] = []
            while seen.count < 50 {
                let place = Int64(seen.count)
                await journal.waitForEntries(after: place)
                let records = try await journal.read(after: place, limit: 7)
                #expect(!records.isEmpty)
                seen += records.map(\.entry.key)
            }
            return seen
        }
        for index in 0..<50 { _ = try await journal.append([.mock("eb:\(index)")]) }
        #expect(try await follower.value == (0..<50).map { "eb:\($0)" })
        await journal.close()
    }

    @Test("an entry at or before the place wakes nobody")
    func sleepsOn() async throws {
        let signal = EntrySignal(last: 4)
        let isAwake = Mutex(false)
        let waiting = Task {
            await signal.wait(after: 5)
            isAwake.withLock { $0 = true }
        }
        #expect(try await eventually { signal.waiting == 1 })
        signal.advance(to: 5)
        #expect(signal.waiting == 1)
        #expect(!isAwake.withLock { $0 })
        signal.advance(to: 6)
        await waiting.value
        #expect(signal.waiting == 0)
    }

    @Test("a cancelled follower returns, before and while it waits")
    func cancels() async throws {
        let signal = EntrySignal(last: 0)
        let waiting = Task { await signal.wait(after: 0) }
        #expect(try await eventually { signal.waiting == 1 })
        waiting.cancel()
        await waiting.value
        #expect(signal.waiting == 0)
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            for _ in 0..<20 { group.addTask { await signal.wait(after: 0) } }
        }
        #expect(signal.waiting == 0)
    }

    @Test("closing stores what waits, releases followers, and refuses everything after")
    func closes() async throws {
        let journal = try folder.open()
        let block = WriterBlock(journal)
        async let follower: Void = journal.waitForEntries(after: 99)
        async let append = journal.append([.mock("eb:1")])
        #expect(try await eventually { try journal.writable().pending == 1 })
        async let closing: Void = journal.close()
        #expect(try await eventually { journal.isClosed })
        block.release()
        #expect(try await append.accepted == 1)
        await closing
        await follower
        await journal.waitForEntries(after: 99)
        let calls: [@Sendable () async throws -> Void] = [
            { _ = try await journal.append([.mock("eb:2")]) },
            { try await journal.commit(JournalCommit()) },
            { _ = try await journal.read(after: 0, limit: 1) },
            { _ = try await journal.appliedPosition() },
            { _ = try await journal.allAgents() },
            { _ = try await journal.history(agentID: "a", before: nil, limit: 1) },
            { _ = try await journal.deadLetters(before: nil, limit: 1) },
            { try await journal.prune(now: .init(milliseconds: 0)) },
        ]
        for call in calls { await #expect { try await call() } throws: { ($0 as? JournalError)?.code == .closed } }
        await journal.close()
        let again = try folder.open()
        #expect(try await again.read(after: 0, limit: 9).map(\.entry.key) == ["eb:1"])
        await again.close()
    }
}
