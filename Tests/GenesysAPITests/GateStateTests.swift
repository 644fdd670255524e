// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import GenesysAPI

@Suite("The state of the gate, as people see it")
struct GateStateTests {
    private func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_000_000 + seconds * 1000) }

    @Test("each client has its limit, and only the one that was told 429 is held back, for as long as it was told")
    func heldBack() throws {
        var schedule = CallSchedule(
            budgets: [RequestBudget(requestsPerMinute: 300), RequestBudget(requestsPerMinute: 70)]
        )
        #expect(schedule.state(at: time(0)).limits == [300, 70])
        #expect(schedule.state(at: time(0)).heldBack == [false, false])
        schedule.wait(1, .write, client: 1)
        let pass = try #require(schedule.admit(at: time(0)).admitted?.pass)
        let limited = GenesysAPIError(.rateLimited, message: "slow down", retryAfter: .seconds(20))
        schedule.end(pass, .failure(limited), at: time(1))
        let state = schedule.state(at: time(2))
        #expect(state.heldBack == [false, true])
        #expect(state.remaining == [300, 0])
        #expect(schedule.state(at: time(21)).heldBack == [false, false])
    }
}
