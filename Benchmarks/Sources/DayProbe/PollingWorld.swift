// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The script that asks for every agent in turn and sets what should be set, with two calls an agent.
///
/// At its best: every call succeeds, what it sets is right, and its calls are spread evenly over the period.
enum PollingWorld {
    /// - Parameter period: milliseconds from one look at an agent to the next.
    static func run(_ day: Day, name: String, period: Int64, limit: Int) -> WorldResult {
        var ledger = Ledger(agents: day.agents)
        var polls = 0
        func poll(until end: Int64) {
            while true {
                let at = Int64(polls / day.agents) * period + Int64(polls % day.agents) * period / Int64(day.agents)
                guard at < end else { return }
                let agent = polls % day.agents
                ledger.show(ledger.wanted(agent), agent, at)
                polls += 1
            }
        }
        for happening in day.happenings {
            poll(until: Int64(happening.at))
            ledger.take(happening)
        }
        poll(until: Int64(Day.length))
        ledger.close(Int64(Day.length))
        let perMinute = 2 * Double(day.agents) * 60_000 / Double(period)
        return WorldResult(
            name: name,
            agents: day.agents,
            limit: limit,
            events: 0,
            wishes: polls,
            ledger: ledger,
            calls: [(name: "read and PATCH", count: 2 * polls)],
            refused: 0,
            shareAtLimit: nil,
            remark: "\(Int(perMinute.rounded())) calls/min"
        )
    }
}
