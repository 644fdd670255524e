// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

/// `JournalDriver` makes a run with everything in it: a new database, appends of several at once, commits, retention, a
/// close with its checkpoint, and all of it again on what is there. Every call of it that writes fails once.
@Suite("A journal whose n-th write or sync fails", .serialized)
struct JournalFaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var error: Int32
        /// `nil` = until it was noticed.
        var count: UInt64?
        var testDescription: String { "\(error == EIO ? "EIO" : "ENOSPC") \(count == nil ? "until noticed" : "once")" }
    }

    static let faults = [
        Fault(error: EIO, count: 1), Fault(error: ENOSPC, count: 1), Fault(error: EIO, count: nil),
        Fault(error: ENOSPC, count: nil),
    ]

    @Test("whichever call fails, all that was taken is there once, and it goes on by itself", arguments: faults)
    func everyCall(fault: Fault) async throws {
        // Every call for one kind of fault, some for the others; the long form does all. Another offset in each run.
        let isWhole = Soak.isOn || (fault.error == EIO && fault.count == 1)
        let stride = isWhole ? 1 : 17
        let offset = Int(Soak.seed % UInt64(stride))
        let lanes = 2
        let hit = try await withThrowingTaskGroup(of: (reached: Int, noticed: Int).self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var noticed = 0
                    var number = 1 + offset + lane * stride
                    while try await Self.run(fault, UInt64(number), &noticed) { number += lanes * stride }
                    return (number, noticed)
                }
            }
            return try await group.reduce((reached: 0, noticed: 0)) {
                (max($0.reached, $1.reached), $0.noticed + $1.noticed)
            }
        }
        #expect(hit.reached > 100, "a run has many calls")
        #expect(hit.noticed > hit.reached / stride / 4, "of \(hit.reached)")
    }

    private static let rounds = Soak.isOn ? 6 : 1

    /// `false` when the run is over before that many calls.
    private static func run(_ fault: Fault, _ number: UInt64, _ noticed: inout Int) async throws -> Bool {
        try await withTemporaryFolder { folder in
            let run = try DriverRun(in: folder)
            run.disk.shortenWrites(each: 7)
            run.disk.fail(from: number, count: fault.count, with: fault.error)
            let story = try await run.finish(try run.start(rounds: rounds))
            let name = "\(fault.testDescription), call \(number)"
            #expect(story.code == 0, "\(name): \(story.lines.suffix(3)) \(story.errors)")
            #expect(story.taken == Set(1...(rounds + 2) * 4), "\(name)")
            #expect(!story.lines.contains { $0.hasPrefix("twice") }, "\(name)")
            let wrong = try await run.wrong(taken: story.taken)
            #expect(wrong.isEmpty, "\(name): \(wrong); refused: \(story.refusals)")
            if !story.refusals.isEmpty { noticed += 1 }
            return run.disk.failed > 0
        }
    }

    @Test("after a sync that failed, at the close too, what is promised later survives a power cut")
    func failedSync() async throws {
        var number: UInt64 = 1
        while try await Self.survivesCut(failedSync: number, rounds: 4, bytes: 300, holdsIn: 1) { number += 1 }
        #expect(number > 10)
    }

    @Test("the same when it was the sync of a checkpoint that a commit brought about")
    func failedCheckpoint() async throws {
        // The checkpoint comes when the log has a thousand pages: not in the first rounds.
        var number: UInt64 = 12
        while try await Self.survivesCut(failedSync: number, rounds: 11, bytes: 120_000, holdsIn: 0) { number += 1 }
        #expect(number > 20)
    }

    /// `false` when the run is over before that many syncs.
    private static func survivesCut(
        failedSync number: UInt64,
        rounds: Int,
        bytes: Int,
        holdsIn life: Int
    ) async throws -> Bool {
        try await withTemporaryFolder { folder in
            let run = try DriverRun(in: folder, losesUnsynced: true)
            run.disk.fail(.sync, from: number, with: EIO)
            let child = try run.start(rounds: rounds, bytes: bytes, holdsIn: life)
            _ = try await child.line("holding")
            child.kill()
            let story = try await run.story(child)
            var cut = PowerCut(random: SeededGenerator(seed: number), survival: 0)
            try cut.strike(run.disk)
            let wrong = try await run.wrong(taken: story.taken)
            #expect(wrong.isEmpty, "sync \(number): \(wrong); refused: \(story.refusals)")
            return run.disk.failed > 0
        }
    }
}
