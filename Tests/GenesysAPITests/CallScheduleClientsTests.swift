// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Testing

private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

/// What one OAuth client's trouble means for the others.
@Suite("CallSchedule with several clients")
struct CallScheduleClientsTests {
    private func schedule(_ budgets: Int...) -> CallSchedule {
        CallSchedule(budgets: budgets.map(RequestBudget.init), maxConcurrent: 1000)
    }

    private func error(_ code: GenesysAPIError.Code, retryAfter: Duration? = nil) -> CallGate.Outcome {
        .failure(GenesysAPIError(code, message: "", retryAfter: retryAfter))
    }

    /// Makes one call with that client, with that end.
    private func call(
        _ schedule: inout CallSchedule,
        client: Int,
        _ outcome: CallGate.Outcome,
        at now: Timestamp
    ) {
        schedule.wait(0, .write, client: client)
        guard let pass = schedule.admit(at: now).admitted?.pass else {
            Issue.record("client \(client) is held back")
            return
        }
        schedule.end(pass, outcome, at: now)
    }

    @Test("what waits for a client that is held back does not hold up what is bound to another")
    func headOfLine() {
        var schedule = schedule(10, 10)
        call(&schedule, client: 0, error(.rateLimited, retryAfter: .seconds(60)), at: time(0))
        schedule.wait(1, .errand, client: 0)
        schedule.wait(2, .errand, client: 1)
        schedule.wait(3, .errand)
        #expect(schedule.admit(at: time(1)).admitted?.id == 2)
        #expect(schedule.admit(at: time(1)).admitted?.id == 3)
        let (admitted, again) = schedule.admit(at: time(1))
        #expect(admitted == nil)
        #expect(again == time(60_000))
        #expect(schedule.admit(at: time(60_000)).admitted?.id == 1)
    }

    @Test("who waits no longer is forgotten, whatever client it was bound to")
    func givesUp() {
        var schedule = schedule(10, 10)
        schedule.wait(1, .errand, client: 1)
        schedule.wait(2, .errand)
        let gaveUp = [schedule.giveUp(1, .errand), schedule.giveUp(1, .errand), schedule.giveUp(2, .write)]
        #expect(gaveUp == [true, false, false])
        #expect(schedule.state(at: time(0)).waiting[.errand] == 1)
        #expect(schedule.admit(at: time(0)).admitted?.id == 2)
    }

    @Test("a client whose credentials are refused leaves the calls to the others for a while")
    func unauthorized() {
        var schedule = schedule(10, 10)
        call(&schedule, client: 0, error(.unauthorized), at: time(0))
        for id in 1...5 { schedule.wait(id, .write) }
        for _ in 1...5 { #expect(schedule.admit(at: time(1)).admitted?.pass.client == 1) }
        // The only one has to go on: there is no other, and its secret may have been changed.
        var alone = self.schedule(10)
        call(&alone, client: 0, error(.unauthorized), at: time(0))
        call(&alone, client: 0, .success, at: time(1))
    }

    @Test("a service of errands that is down holds back errands only, and statuses never wait for its probe")
    func errandsDown() {
        var schedule = schedule(100)
        for id in 0..<10 { schedule.wait(id, .errand) }
        var passes: [CallSchedule.Pass] = []
        while let next = schedule.admit(at: time(0)).admitted { passes.append(next.pass) }
        for pass in passes { schedule.end(pass, error(.server), at: time(10)) }
        schedule.wait(10, .errand)
        #expect(schedule.admit(at: time(20)).admitted == nil)
        schedule.wait(11, .write)
        #expect(schedule.admit(at: time(20)).admitted?.id == 11)
        #expect(schedule.admit(at: time(20)).again == time(5010))
        let probe = schedule.admit(at: time(5010)).admitted
        #expect(probe?.id == 10)
        schedule.wait(12, .errand)
        schedule.wait(13, .write)
        #expect(schedule.admit(at: time(5011)).admitted?.id == 13)
        if let probe { schedule.end(probe.pass, .success, at: time(5020)) }
        #expect(schedule.admit(at: time(5021)).admitted?.id == 12)
        #expect(schedule.state(at: time(5021)).breaker == .closed)
    }

    @Test("a 429 that does not say how long holds back for a second, then twice as long, until a call is taken")
    func doubles() {
        var budget = RequestBudget(requestsPerMinute: 1000)
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<8 {
            budget.refused(retryAfter: nil, at: time(now))
            // Another that was under way says the same.
            budget.refused(retryAfter: nil, at: time(now))
            guard case .wait(let until?) = budget.take(at: time(now)) else { break }
            pauses.append((until.milliseconds - now) / 1000)
            now = until.milliseconds
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60])
        budget.accepted()
        budget.refused(retryAfter: nil, at: time(now))
        #expect(budget.take(at: time(now)) == .wait(until: time(now + 1000)))
    }

    @Test("Retry-After is believed within reason", arguments: [(0, 1), (7, 7), (86_400, 300)])
    func bounds(asked: Int, waits: Int64) {
        var budget = RequestBudget(requestsPerMinute: 10)
        budget.refused(retryAfter: .seconds(asked), at: time(0))
        #expect(budget.take(at: time(0)) == .wait(until: time(waits * 1000)))
    }
}
