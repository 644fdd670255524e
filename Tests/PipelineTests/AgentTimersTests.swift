// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import Pipeline

@Suite("AgentTimers")
struct AgentTimersTests {
    private func time(_ seconds: Int) -> Timestamp { Timestamp(milliseconds: Int64(seconds) * 1000) }

    @Test("agents come out in the order of their times, each once, and none before its time")
    func order() {
        var timers = AgentTimers()
        for (id, seconds) in [("c", 3), ("a", 1), ("d", 9), ("b", 2)] { timers.set(id, time(seconds)) }
        #expect(timers.next() == time(1))
        #expect(timers.popDue(at: time(3), limit: 10) == ["a", "b", "c"])
        #expect(timers.popDue(at: time(3), limit: 10) == [])
        #expect(timers.next() == time(9))
        #expect(timers.count == 1)
    }

    @Test("a new time takes the place of the earlier one, and none removes it")
    func replaced() {
        var timers = AgentTimers()
        timers.set("a", time(1))
        timers.set("a", time(5))
        timers.set("b", time(2))
        timers.set("b", nil)
        #expect(timers.popDue(at: time(4), limit: 10) == [])
        timers.set("a", time(3))
        #expect(timers.popDue(at: time(4), limit: 10) == ["a"])
        #expect(timers.next() == nil)
    }

    @Test("no more come out than go into one transaction")
    func limit() {
        var timers = AgentTimers()
        for index in 0..<5000 { timers.set("agent-\(index)", time(1)) }
        var seen: Set<String> = []
        while true {
            let due = timers.popDue(at: time(1), limit: 256)
            if due.isEmpty { break }
            #expect(due.count <= 256)
            seen.formUnion(due)
        }
        #expect(seen.count == 5000)
    }

    @Test("times that change all the time do not pile up")
    func bounded() {
        var timers = AgentTimers()
        for round in 0..<1000 {
            for agent in 0..<10 { timers.set("agent-\(agent)", time(10_000 - round)) }
        }
        #expect(timers.storedEntries <= 2 * 10 + 64)
        #expect(timers.popDue(at: time(10_000), limit: 100).count == 10)
    }
}
