// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import PresenceRelay

@Suite("A thread that yields")
struct YieldingThreadTests {
    private struct Seen: Equatable {
        /// `PROCESS/task/THREAD`
        var thread = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
        var niceness = YieldingThread.niceness
    }

    private actor Counter {
        var count = 0
        var seen = Seen()
        func add() async {
            seen = Seen()
            await Task.yield()
            count += 1
        }
    }

    @Test("runs a task and the actors it calls, also after they were suspended, and ends after the last of it")
    func runs() async throws {
        let own = YieldingThread.niceness
        let thread = YieldingThread(name: "test", niceness: 3)
        let counter = Counter()
        let (first, last) = await withTaskExecutorPreference(thread) {
            let first = Seen()
            try? await Task.sleep(for: .milliseconds(1))
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { await counter.add() } }
            }
            return (first, Seen())
        }
        #expect(first.niceness == own + 3)
        #expect(last == first)
        #expect(await counter.seen == first)
        #expect(await counter.count == 100)
        // Those who only wait for it keep their own.
        #expect(YieldingThread.niceness == own)
        thread.end()
        let name = try #require(first.thread)
        #expect(name.contains("/task/"))
        #expect(try String(contentsOfFile: "/proc/\(name)/comm", encoding: .utf8) == "test\n")
        try await eventually("its end") { !FileManager.default.fileExists(atPath: "/proc/\(name)") }
    }
}
