// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import GenesysSimulator

@Suite("Timeline")
struct TimelineTests {
    @Test("actions come in order of time, then of addition, and not before they are due")
    func order() {
        var timeline = Timeline<Int>()
        var generator = SeededGenerator(seed: 5)
        let dues = (0..<500).map { _ in Int64.random(in: 0..<50, using: &generator) }
        for (index, due) in dues.enumerated() { timeline.add(index, at: Timestamp(milliseconds: due)) }
        var taken: [(Int64, Int)] = []
        for now in 0..<25 {
            while let next = timeline.take(until: Timestamp(milliseconds: Int64(now))) {
                taken.append((next.due.milliseconds, next.action))
            }
        }
        let expected = dues.enumerated().filter { $0.element < 25 }.map { ($0.element, $0.offset) }.sorted { $0 < $1 }
        #expect(taken.map(\.0) == expected.map(\.0))
        #expect(taken.map(\.1) == expected.map(\.1))
        #expect(timeline.nextDue.map { $0.milliseconds >= 25 } == true)
    }
}

@Suite("JSONValue")
struct JSONValueTests {
    @Test("text survives writing and reading")
    func roundTrip() throws {
        let value = object([
            "a": "quote \" slash \\ line\nbell \u{7} é 😀", "b": true, "c": 12, "d": 1.5, "e": JSONValue.null,
            "f": [1, 2], "g": object([:]), "h": Optional<String>.none,
        ])
        #expect(try JSONValue(parsing: value.bytes) == value)
        #expect(value["h"] == nil)
        #expect(value["b"] == .bool(true))
    }

    @Test("numbers and booleans are not mistaken for each other")
    func kinds() throws {
        let value = try JSONValue(parsing: Array(#"{"n":1,"t":true,"s":"1","big":9007199254740993}"#.utf8))
        #expect(value["n"]?.boolValue == nil)
        #expect(value["n"] == .integer(1))
        #expect(value["t"] == .bool(true))
        #expect(value["s"]?.integerValue == nil)
        #expect(value["big"] == .integer(9_007_199_254_740_993))
        #expect(throws: (any Error).self) { try JSONValue(parsing: Array("{".utf8)) }
    }
}
