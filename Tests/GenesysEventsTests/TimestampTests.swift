// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "reads RFC 3339 with any fraction and any offset",
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-03-10T14:06:00.100Z", 1_773_151_560_100),
            ("2026-03-10T14:06:00.1Z", 1_773_151_560_100),
            ("2026-03-10T14:06:00.100999999Z", 1_773_151_560_100),
            ("2026-03-10t14:06:00.100z", 1_773_151_560_100),
            ("2026-03-10T15:36:00.100+01:30", 1_773_151_560_100),
            ("2026-03-10T12:06:00.100-02:00", 1_773_151_560_100),
            ("2026-03-10 14:06:00.100Z", 1_773_151_560_100),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("2000-02-29T23:59:59.999Z", 951_868_799_999),
            ("1969-12-31T23:59:59.999Z", -1),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ]
    )
    func reads(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(
        "refuses what is not RFC 3339",
        arguments: [
            "", "2026", "2026-03-10", "2026-03-10T14:06:00", "2026-03-10T14:06:00.Z", "2026-03-10T14:06:00.100",
            "2026-03-10T14:06:00.100Zx", "2026-13-10T14:06:00Z", "2026-00-10T14:06:00Z", "2026-02-29T14:06:00Z",
            "1900-02-29T00:00:00Z", "2026-03-32T14:06:00Z", "2026-03-10T24:06:00Z", "2026-03-10T14:60:00Z",
            "2026-03-10T14:06:61Z", "2026-03-10T14:06:00+0100", "2026-03-10T14:06:00+01", "2026-03-10T14:06:00+24:00",
            "2026/03/10T14:06:00Z", "２026-03-10T14:06:00Z", "-026-03-10T14:06:00Z", "2026-03-10T14:06:00+01:0",
        ]
    )
    func refuses(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("its text reads back as itself, over every kind of day")
    func roundTrip() {
        // A step that is no multiple of a day or an hour walks through all months and times of day.
        for milliseconds in stride(from: -62_167_219_200_000 as Int64, through: 253_402_300_799_999, by: 7_654_321_987)
        {
            let time = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(time.description) == time)
        }
        #expect(Timestamp(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: 1_773_151_560_100).description == "2026-03-10T14:06:00.100Z")
    }

    @Test("agrees with Foundation's calendar")
    func foundation() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for day in stride(from: -20_000, through: 60_000, by: 17) {
            let time = Timestamp(milliseconds: Int64(day) * 86_400_000 + 3_723_004)
            let date = try Date(time.description, strategy: style)
            #expect(Int64((date.timeIntervalSince1970 * 1000).rounded()) == time.milliseconds)
        }
    }

    @Test("arithmetic keeps to the range instead of overflowing")
    func arithmetic() {
        let time = Timestamp(milliseconds: 1_000)
        #expect(time.advanced(by: .milliseconds(1500)).milliseconds == 2_500)
        #expect(time.advanced(by: .seconds(-2)).milliseconds == -1_000)
        #expect(Timestamp(milliseconds: .max).advanced(by: .seconds(1)).milliseconds == .max)
        #expect(Timestamp(milliseconds: .min).advanced(by: .seconds(-1)).milliseconds == .min)
        #expect(time.advanced(by: .seconds(Int64.max)).milliseconds == .max)
        #expect(time.timeIntervalSince(Timestamp(milliseconds: 4_000)) == .seconds(-3))
        #expect(Timestamp(milliseconds: .max).timeIntervalSince(Timestamp(milliseconds: .min)) > .zero)
        #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).description == "0000-01-01T00:00:00.000Z")
    }

    @Test("is coded as its text")
    func coding() throws {
        let time = Timestamp(milliseconds: 1_773_151_560_100)
        let data = try JSONEncoder().encode([time])
        #expect(String(decoding: data, as: UTF8.self) == #"["2026-03-10T14:06:00.100Z"]"#)
        #expect(try JSONDecoder().decode([Timestamp].self, from: data) == [time])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Timestamp].self, from: Data("[\"x\"]".utf8)) }
    }
}
