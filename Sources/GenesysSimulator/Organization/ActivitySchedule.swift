// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// An agent's published schedule: on-queue work around the clock with breaks and meals, every day the same (UTC).
struct ActivitySchedule: Sendable {
    struct Window: Sendable, Equatable {
        /// Minutes from midnight UTC.
        var start: Int
        var length: Int
        var category: ActivityCategory
    }

    /// Ascending, not overlapping, none across midnight.
    var windows: [Window] = []
    /// Set by the control API: scheduled at all times, whatever the windows say.
    var fixed: ActivityCategory?

    init(fixed: ActivityCategory) { self.fixed = fixed }

    /// Every four hours a break, every eight a meal, at an offset of the agent's own.
    init(generator: inout SeededGenerator) {
        for block in 0..<6 {
            let isMeal = block % 2 == 1
            let length = isMeal ? 30 : 15
            let start = block * 240 + Int.random(in: 0...(42 - length / 5), using: &generator) * 5
            windows.append(Window(start: start, length: length, category: isMeal ? .meal : .break))
        }
    }

    func category(at now: Timestamp) -> ActivityCategory {
        if let fixed { return fixed }
        let minute = Self.minuteOfDay(now)
        return windows.first { ($0.start..<($0.start + $0.length)).contains(minute) }?.category ?? .onQueueWork
    }

    /// When the scheduled activity changes next, and to what; `nil` when it never does.
    func nextChange(after now: Timestamp) -> (at: Timestamp, category: ActivityCategory)? {
        guard fixed == nil, !windows.isEmpty else { return nil }
        let minute = Self.minuteOfDay(now)
        let midnight = now.milliseconds - Self.millisecondOfDay(now)
        for window in windows {
            if window.start > minute {
                return (Timestamp(milliseconds: midnight + Int64(window.start) * 60_000), window.category)
            }
            if window.start + window.length > minute {
                let end = window.start + window.length
                return (Timestamp(milliseconds: midnight + Int64(end) * 60_000), .onQueueWork)
            }
        }
        let tomorrow = midnight + 86_400_000 + Int64(windows[0].start) * 60_000
        return (Timestamp(milliseconds: tomorrow), windows[0].category)
    }

    private static func millisecondOfDay(_ now: Timestamp) -> Int64 {
        let remainder = now.milliseconds % 86_400_000
        return remainder < 0 ? remainder + 86_400_000 : remainder
    }

    private static func minuteOfDay(_ now: Timestamp) -> Int { Int(millisecondOfDay(now) / 60_000) }
}
