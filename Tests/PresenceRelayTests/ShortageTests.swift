// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import PresenceRelay

@Suite("How long a budget has been used up")
struct ShortageTests {
    private func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

    @Test("it lasts from the first look that showed it to now, as long as every look does")
    func lasts() {
        var shortage = Shortage()
        #expect(shortage.duration(at: time(0)) == .zero)
        shortage.note(false, at: time(10))
        for second in stride(from: Int64(20), through: 80, by: 5) { shortage.note(true, at: time(second)) }
        #expect(shortage.duration(at: time(81)) == .seconds(61))
        shortage.note(false, at: time(82))
        #expect(shortage.duration(at: time(90)) == .zero)
        shortage.note(true, at: time(100))
        #expect(shortage.duration(at: time(101)) == .seconds(1))
    }

    @Test("two looks an hour apart say nothing of the hour")
    func gap() {
        var shortage = Shortage()
        shortage.note(true, at: time(0))
        shortage.note(true, at: time(3600))
        #expect(shortage.duration(at: time(3601)) == .seconds(1))
    }
}
