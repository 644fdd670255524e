// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// When the log is copied into the database, and by whom. Pure: it counts the frames (pages) of the log.
///
/// Left to itself SQLite does it inside the commit that takes the log past 1000 frames, and whoever waits for that
/// group waits for a thousand scattered page writes and two fsyncs more. Here most of it is done beside the writer.
///
/// A pass beside it can never end the work under load, though: the log begins anew only when a write finds all of it
/// copied, and while the last frames are copied the next ones are written. So when a pass has shown that nothing is in
/// the way and the log is long enough, the writer copies the rest, which is short, between two groups.
///
/// No frame that a reader's snapshot may still need is overwritten, so the log grows as long as the oldest reader
/// reads. Nobody waits for such a reader; as soon as a pass shows that it has gone, a log past the last limit is cut.
/// Readers that are short but overlap would keep the log from beginning anew for ever: the cut waits a moment for them.
struct CheckpointSchedule: Sendable {
    /// In frames of 4 KB.
    struct Limits: Sendable {
        /// What is written between two passes. Little: the sync of the database that ends a pass holds up the syncs of
        /// the log behind it, the longer the more pages it has written (docs/performance.md).
        var pass = 250
        /// From here on the writer copies what a pass has left.
        var restart = 4000
        /// From here on the writer cuts the log; also how much more is written before it tries again.
        var truncate = 16_000
    }

    enum Action: Equatable {
        case nothing
        /// Copy what readers allow, on a connection of its own.
        case pass
        /// Copy the rest, on the writer's turn.
        case restart
        /// Copy the rest and empty the file, on the writer's turn.
        case truncate
        /// Somebody reads an old snapshot: pass again after a while, also when nothing is written.
        case wait
    }

    private let limits: Limits
    private var frames = 0
    private var framesAtPass = 0
    private var framesAtCut = 0
    private var passes = 0
    /// A pass, or a step of the writer that follows it, is under way.
    private var isUnderWay = false

    init(limits: Limits = Limits()) { self.limits = limits }

    /// A transaction is in the log, which has so many frames now.
    mutating func committed(frames now: Int) -> Action {
        if now < frames { (framesAtPass, framesAtCut) = (0, 0) }
        frames = now
        guard !isUnderWay, frames - framesAtPass >= limits.pass else { return .nothing }
        passes = 0
        return pass()
    }

    /// The time that ``Action/wait`` asked for has passed.
    mutating func waited() -> Action {
        guard !isUnderWay else { return .nothing }
        passes = 0
        return pass()
    }

    private mutating func pass() -> Action {
        isUnderWay = true
        framesAtPass = frames
        passes += 1
        return .pass
    }

    /// A pass has ended: the log had so many frames, of which so many are in the database now.
    mutating func passed(frames total: Int, copied: Int) -> Action {
        isUnderWay = false
        guard copied >= total else { return .wait }
        // A pass that was long has left as much again.
        if frames - total >= limits.pass, passes < 4 { return pass() }
        if frames >= limits.truncate, frames - framesAtCut >= limits.truncate || framesAtCut == 0 {
            isUnderWay = true
            framesAtCut = frames
            return .truncate
        }
        guard frames >= limits.restart else { return .nothing }
        isUnderWay = true
        return .restart
    }

    /// A pass has failed.
    mutating func failed() -> Action {
        isUnderWay = false
        return .wait
    }

    /// The writer's step is done.
    mutating func stepped() { isUnderWay = false }

    /// The log is empty.
    mutating func emptied() { (frames, framesAtPass, framesAtCut) = (0, 0, 0) }
}
