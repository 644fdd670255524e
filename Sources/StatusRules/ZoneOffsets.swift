// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents

/// How far a time zone is ahead of UTC, by time. Worked out once for the years that rules live in, since asking the
/// time zone database for every decision would cost more than the decision.
struct ZoneOffsets: Sendable {
    /// From each of these times on, that many milliseconds ahead of UTC; sorted.
    private let changes: [(from: Int64, offset: Int64)]
    private let first: Int64

    private static let start = Date(timeIntervalSince1970: 1_577_836_800)
    private static let end = Date(timeIntervalSince1970: 2_524_608_000)

    /// By the IANA name, `Europe/Berlin`; `nil` = there is no such zone.
    init?(_ identifier: String) {
        // Abbreviations such as "EST" are taken by Foundation as well, and mean a zone without summer time.
        guard identifier == "UTC" || identifier.contains("/"), let zone = TimeZone(identifier: identifier) else {
            return nil
        }
        func offset(_ date: Date) -> Int64 { Int64(zone.secondsFromGMT(for: date)) * 1000 }
        first = offset(Self.start)
        var changes: [(from: Int64, offset: Int64)] = []
        var date = Self.start
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next > date, next < Self.end {
            changes.append((Int64(next.timeIntervalSince1970 * 1000), offset(next)))
            date = next
        }
        self.changes = changes
    }

    /// The names that are known, for suggestions.
    static var knownIdentifiers: [String] { TimeZone.knownTimeZoneIdentifiers }

    /// How many milliseconds the clocks are ahead at a time, and until when they stay so; `nil` = for good.
    func offset(at time: Timestamp) -> (offset: Int64, until: Timestamp?) {
        var low = 0, high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].from <= time.milliseconds { low = middle + 1 } else { high = middle }
        }
        let until = low < changes.count ? Timestamp(milliseconds: changes[low].from) : nil
        return (low == 0 ? first : changes[low - 1].offset, until)
    }
}
