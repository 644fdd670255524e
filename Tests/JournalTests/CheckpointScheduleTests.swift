// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import Journal

@Suite("When the log is copied into the database")
struct CheckpointScheduleTests {
    private var schedule = CheckpointSchedule(limits: .init(pass: 10, restart: 40, truncate: 100))

    /// The log grows to so many frames while nothing is under way; a pass copies all of it.
    private mutating func grow(to frames: Int) -> CheckpointSchedule.Action {
        var action = CheckpointSchedule.Action.nothing
        while action == .nothing { action = schedule.committed(frames: frames) }
        #expect(action == .pass)
        return schedule.passed(frames: frames, copied: frames)
    }

    @Test("a pass begins after so many frames, one at a time")
    mutating func passes() {
        #expect(schedule.committed(frames: 9) == .nothing)
        #expect(schedule.committed(frames: 10) == .pass)
        #expect(schedule.committed(frames: 35) == .nothing)
        #expect(schedule.passed(frames: 35, copied: 35) == .nothing)
        #expect(schedule.committed(frames: 36) == .pass)
    }

    @Test("what is written during a long pass is another pass's, a few times, and then the writer's")
    mutating func busy() {
        #expect(schedule.committed(frames: 40) == .pass)
        for frames in [50, 60, 70] {
            #expect(schedule.committed(frames: frames) == .nothing)
            #expect(schedule.passed(frames: frames - 10, copied: frames - 10) == .pass)
        }
        #expect(schedule.committed(frames: 80) == .nothing)
        #expect(schedule.passed(frames: 70, copied: 70) == .restart)
        // Nothing else while the writer is at it.
        #expect(schedule.committed(frames: 95) == .nothing)
        schedule.stepped()
        // Begun anew.
        #expect(schedule.committed(frames: 4) == .nothing)
        #expect(schedule.committed(frames: 14) == .pass)
    }

    @Test("while a reader holds a snapshot nobody waits for it, and it is looked at again although nothing is written")
    mutating func reader() {
        #expect(schedule.committed(frames: 500) == .pass)
        #expect(schedule.passed(frames: 500, copied: 3) == .wait)
        #expect(schedule.waited() == .pass)
        #expect(schedule.waited() == .nothing)
        #expect(schedule.passed(frames: 500, copied: 3) == .wait)
        #expect(schedule.committed(frames: 505) == .nothing)
        #expect(schedule.waited() == .pass)
        // It has gone: the file is cut.
        #expect(schedule.passed(frames: 505, copied: 505) == .truncate)
        schedule.emptied()
        schedule.stepped()
        #expect(schedule.committed(frames: 9) == .nothing)
    }

    @Test("a cut that readers prevent is tried again when the log has grown by as much again")
    mutating func cut() {
        #expect(grow(to: 100) == .truncate)
        schedule.stepped()
        #expect(grow(to: 110) == .restart)
        schedule.stepped()
        #expect(grow(to: 199) == .restart)
        schedule.stepped()
        #expect(grow(to: 210) == .truncate)
    }

    @Test("a pass that fails is made again")
    mutating func failure() {
        #expect(schedule.committed(frames: 10) == .pass)
        #expect(schedule.failed() == .wait)
        #expect(schedule.waited() == .pass)
        #expect(schedule.passed(frames: 10, copied: 10) == .nothing)
    }
}
