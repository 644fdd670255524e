// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A point in time in whole milliseconds since 1970-01-01T00:00:00Z, the resolution of all Genesys times.
///
/// Encoded as its RFC 3339 text. There is no `now` here: whoever needs the present hands it in.
public struct Timestamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z, negative before.
    public var milliseconds: Int64

    /// Milliseconds since 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Whole seconds since 1970-01-01T00:00:00Z, as `webhook-timestamp` of Standard Webhooks has it.
    public var unixSeconds: Int64 { milliseconds / 1000 }

    /// Earlier is less.
    public static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

    /// `self + duration`, cut to whole milliseconds; stays at the end of the range instead of overflowing.
    public func advanced(by duration: Duration) -> Timestamp {
        // Not by its components, which take ten times as long.
        let step = Int64(clamping: duration.attoseconds / 1_000_000_000_000_000)
        let (sum, overflow) = milliseconds.addingReportingOverflow(step)
        return Timestamp(milliseconds: overflow ? (step < 0 ? .min : .max) : sum)
    }

    /// `self - other`; negative when `other` is later.
    public func timeIntervalSince(_ other: Timestamp) -> Duration {
        .milliseconds(milliseconds) - .milliseconds(other.milliseconds)
    }

    /// The earlier of two times, of which either may be unknown or never come; `nil` = both.
    public static func earliest(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? {
        guard let a, let b else { return a ?? b }
        return min(a, b)
    }
}

// MARK: - Text

extension Timestamp {
    /// What four digits of a year can say: 0000-01-01T00:00:00Z up to 9999-12-31T23:59:59.999Z.
    static let textRange: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// RFC 3339 with any number of fraction digits and `Z` or an offset; `nil` when malformed.
    ///
    /// Digits beyond the millisecond are cut off. A leap second (`:60`) counts as the second after it.
    public init?(_ text: String) {
        var text = text
        guard let value = text.withUTF8({ Timestamp(utf8: $0) }) else { return nil }
        self = value
    }

    /// The same from UTF-8 bytes, without making a `String`.
    public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        // "2026-03-10T14:06:00Z" is the shortest form.
        guard text.count >= 20 else { return nil }
        func digits(_ start: Int, _ count: Int) -> Int? {
            var value = 0
            for index in start..<start + count {
                let digit = text[index] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                value = value &* 10 &+ Int(digit)
            }
            return value
        }
        guard let year = digits(0, 4), text[4] == UInt8(ascii: "-"),
            let month = digits(5, 2), text[7] == UInt8(ascii: "-"),
            let day = digits(8, 2), text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "),
            let hour = digits(11, 2), text[13] == UInt8(ascii: ":"),
            let minute = digits(14, 2), text[16] == UInt8(ascii: ":"),
            let second = digits(17, 2),
            1...12 ~= month, 1...Self.days(inMonth: month, of: year) ~= day, hour < 24, minute < 60, second < 61
        else { return nil }

        var index = 19
        var fraction = 0
        if text[index] == UInt8(ascii: ".") {
            index += 1
            var scale = 100
            let start = index
            while index < text.count {
                let digit = text[index] &- UInt8(ascii: "0")
                guard digit < 10 else { break }
                fraction += Int(digit) * scale
                scale /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        guard index < text.count else { return nil }

        var offset = 0
        let zone = text[index]
        if zone | 0x20 == UInt8(ascii: "z") {
            guard index + 1 == text.count else { return nil }
        } else {
            guard zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-"), index + 6 == text.count,
                let hours = digits(index + 1, 2), text[index + 3] == UInt8(ascii: ":"),
                let minutes = digits(index + 4, 2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (zone == UInt8(ascii: "-") ? -60 : 60)
        }
        let seconds = Self.daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        milliseconds = Int64(seconds) * 1000 + Int64(fraction)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-03-10T14:06:00.100Z`.
    ///
    /// A time outside the years 0 to 9999 has no such text and is shown as the nearest one that has.
    public var description: String {
        let clamped = Int(min(max(milliseconds, Self.textRange.lowerBound), Self.textRange.upperBound))
        // Both divisions round towards the past, so that the time of day is never negative.
        let day = clamped >= 0 ? clamped / 86_400_000 : (clamped - 86_399_999) / 86_400_000
        let time = clamped - day * 86_400_000
        let (year, month, dayOfMonth) = Self.date(ofDay: day)
        return String(unsafeUninitializedCapacity: 24) { buffer in
            func put(_ value: Int, _ count: Int, at start: Int, then separator: UInt8) {
                var value = value
                for index in stride(from: start + count - 1, through: start, by: -1) {
                    buffer[index] = UInt8(ascii: "0") + UInt8(value % 10)
                    value /= 10
                }
                buffer[start + count] = separator
            }
            put(year, 4, at: 0, then: UInt8(ascii: "-"))
            put(month, 2, at: 5, then: UInt8(ascii: "-"))
            put(dayOfMonth, 2, at: 8, then: UInt8(ascii: "T"))
            put(time / 3_600_000, 2, at: 11, then: UInt8(ascii: ":"))
            put(time / 60_000 % 60, 2, at: 14, then: UInt8(ascii: ":"))
            put(time / 1000 % 60, 2, at: 17, then: UInt8(ascii: "."))
            put(time % 1000, 3, at: 20, then: UInt8(ascii: "Z"))
            return 24
        }
    }

    /// From the RFC 3339 text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
        }
        self = value
    }

    /// As the RFC 3339 text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

// MARK: - Calendar

extension Timestamp {
    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Proleptic Gregorian date to a day number; the year is taken to begin in March, so that the leap day is last.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The inverse of `daysSince1970`.
    private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
