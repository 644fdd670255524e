// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import HTTPServer

@Suite("The pace of content")
struct BodyPaceTests {
    private static let second: Int64 = 1_000_000_000

    @Test(
        "is judged in equal windows that fill the whole time and are not longer than the grace",
        arguments: [(20, 5, 4, 5.0, 1200), (12, 5, 3, 4.0, 960), (3, 5, 1, 3.0, 720), (20, 20, 1, 20.0, 4800)]
    )
    func windows(total: Int64, grace: Int64, windows: Int64, length: Double, bytes: Int) {
        let rule = BodyPace.Rule(total: total * Self.second, grace: grace * Self.second, bytesPerSecond: 240)
        #expect(rule.windows == windows)
        #expect(Double(rule.window) / 1e9 == length)
        #expect(rule.bytes == bytes)
    }

    @Test("without a minimum there is only the whole time")
    func noMinimum() {
        let rule = BodyPace.Rule(total: 20 * Self.second, grace: 5 * Self.second, bytesPerSecond: 0)
        #expect(rule.window == 20 * Self.second)
        var pace = BodyPace()
        #expect(pace.windowEnded(received: 0, by: rule) == .timeIsUp)
    }

    @Test("a client that drips is too slow at the end of the first window")
    func drip() {
        let rule = BodyPace.Rule(total: 20 * Self.second, grace: 5 * Self.second, bytesPerSecond: 240)
        var pace = BodyPace()
        #expect(pace.windowEnded(received: 1199, by: rule) == .tooSlow)
    }

    @Test("what came early does not make up for stopping")
    func burst() {
        let rule = BodyPace.Rule(total: 20 * Self.second, grace: 5 * Self.second, bytesPerSecond: 240)
        var pace = BodyPace()
        #expect(pace.windowEnded(received: 1_000_000, by: rule) == .goOn)
        #expect(pace.windowEnded(received: 1_001_199, by: rule) == .tooSlow)
    }

    @Test("a client at the minimum may go on until the whole time is over, and no longer")
    func steady() {
        let rule = BodyPace.Rule(total: 20 * Self.second, grace: 5 * Self.second, bytesPerSecond: 240)
        var pace = BodyPace()
        let verdicts = (1...4).map { pace.windowEnded(received: $0 * 1200, by: rule) }
        #expect(verdicts == [.goOn, .goOn, .goOn, .timeIsUp])
    }
}
