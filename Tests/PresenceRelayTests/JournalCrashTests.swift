// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("Power cuts of a journal", .serialized)
struct JournalCrashTests {
    /// Short lives with everything in them, also the making of the database, retention, and closes with their checkpoint.
    @Test(
        "cut at any moment, it has all that was taken, once, and has applied it once",
        arguments: Soak.seeds(40)
    )
    func cut(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            var random = SeededGenerator(seed: seed)
            let run = try DriverRun(in: folder, losesUnsynced: true)
            run.disk.writeEarly(150, seed: seed)
            var taken: Set<Int> = [], unsure: Set<Int> = []
            var next = 1
            for life in 0..<10 {
                let child = try run.start(from: next, rounds: 20, bytes: random.chance(20) ? 60_000 : 300)
                let end = ContinuousClock.now + .milliseconds(Int.random(in: 20...300, using: &random))
                try await eventually("its moment") { ContinuousClock.now > end || child.hasEnded }
                child.kill()
                let story = try await run.story(child)
                taken.formUnion(story.taken)
                // The rounds are of four; of the one under way nobody knows.
                let rounds = ((story.taken.max() ?? next - 1) - next + 1 + 3) / 4
                let after = next + rounds * 4 + 4
                unsure.formUnion(next..<after)
                next = after
                var cut = PowerCut(random: random)
                try cut.strike(run.disk)
                random = cut.random
                let wrong = try await run.wrong(taken: taken, unsure: unsure)
                #expect(wrong.isEmpty, "CRASH_SEED=\(seed), life \(life): \(wrong)")
            }
            #expect(taken.count > 20)
        }
    }
}
