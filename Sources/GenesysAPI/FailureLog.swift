// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Synchronization

/// Which failed calls are worth a line: the first few of each kind in any minute, so that an outage does not bury the
/// rest of the log. Debug lines show every one.
final class FailureLog: Sendable {
    private struct Kind {
        var windowEnd: ContinuousClock.Instant
        var lines = 0
        var leftOut = 0
    }

    /// Lines of one kind in a minute.
    static let linesPerMinute = 10

    private let kinds = Mutex<[String: Kind]>([:])

    /// How many of the kind have been left out since its last line; `nil` = leave this one out too.
    func admit(_ kind: String, at now: ContinuousClock.Instant) -> Int? {
        kinds.withLock { kinds in
            var state = kinds[kind] ?? Kind(windowEnd: now + .seconds(60))
            defer { kinds[kind] = state }
            if now >= state.windowEnd {
                state.windowEnd = now + .seconds(60)
                state.lines = 0
            }
            guard state.lines < Self.linesPerMinute else {
                state.leftOut += 1
                return nil
            }
            state.lines += 1
            defer { state.leftOut = 0 }
            return state.leftOut
        }
    }
}
