// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// A part of the week, on the clocks of one time zone (`schedule:`).
struct ScheduleWindow: Sendable {
    /// Days since 1970-01-01.
    typealias DayRange = ClosedRange<Int>

    /// As written, for messages.
    let label: String
    let zone: ZoneOffsets
    /// One bit a weekday, Sunday first.
    let weekdays: UInt8
    /// Minutes of the day; `nil` = the whole day. The end is not in it; at or before the start it is on the next day.
    let minutes: (from: Int, to: Int)?
    /// `nil` = every date.
    let dates: [DayRange]?
    let except: [DayRange]

    private static let minute: Int64 = 60_000
    private static let day: Int64 = 86_400_000

    func holds(_ scope: inout RuleScope) -> Bool {
        let (offset, until) = zone.offset(at: scope.now)
        let local = scope.now.milliseconds &+ offset
        let isInside = contains(local)
        // Clocks that are set forward skip a beginning or an end, and those set back come to it twice.
        if let until { scope.changes(at: until) }
        scope.changes(at: Timestamp(milliseconds: nextChange(after: local, isInside) &- offset))
        return isInside
    }

    /// What is written in whole minutes changes at one of its own, at midnight, or not for a week.
    private func nextChange(after local: Int64, _ isInside: Bool) -> Int64 {
        let today = Self.floored(local, Self.day)
        var ends = [0]
        if let minutes { ends = [minutes.from, minutes.to].sorted() }
        for days in 0...7 {
            for end in ends {
                let boundary = (today + Int64(days)) * Self.day + Int64(end) * Self.minute
                if boundary > local, contains(boundary) != isInside { return boundary }
            }
        }
        return local + 7 * Self.day
    }

    /// - Parameter local: milliseconds since 1970-01-01T00:00:00 on the clocks of the zone.
    private func contains(_ local: Int64) -> Bool {
        let day = Int(Self.floored(local, Self.day))
        guard let minutes else { return isMeant(day) }
        let minute = Int((local - Int64(day) * Self.day) / Self.minute)
        if minutes.from < minutes.to { return minute >= minutes.from && minute < minutes.to && isMeant(day) }
        return (minute >= minutes.from && isMeant(day)) || (minute < minutes.to && isMeant(day - 1))
    }

    /// A window that begins on this day counts.
    private func isMeant(_ day: Int) -> Bool {
        // 1970-01-01 was a Thursday.
        let weekday = ((day + 4) % 7 + 7) % 7
        guard weekdays & (1 << UInt8(weekday)) != 0 else { return false }
        if let dates, !dates.contains(where: { $0.contains(day) }) { return false }
        return !except.contains { $0.contains(day) }
    }

    private static func floored(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }
}
