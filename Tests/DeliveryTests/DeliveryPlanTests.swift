// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents
import Testing

@testable import Delivery

private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

private func presence(_ id: String, _ definitionID: String, at milliseconds: Int64) -> UserPresence {
    UserPresence(userID: id, definitionID: definitionID, system: nil, message: "", modifiedAt: time(milliseconds))
}

@Suite("DeliveryPlan")
struct DeliveryPlanTests {
    private func plan(perMinute: Int = 300) -> DeliveryPlan {
        DeliveryPlan(policy: DeliveryPolicy(), requestsPerMinute: perMinute)
    }

    private func want(_ plan: inout DeliveryPlan, _ id: String, _ definitionID: String = "break", now: Timestamp) {
        let target = PresenceTarget(definitionID: definitionID)
        let wish = Wish(revision: 1, purpose: .set, target: target, since: now)
        let seen = PresenceFacts(presence(id, "available", at: 1))
        plan.want(wish, agentID: id, observed: seen, checkFirst: false, now: now)
    }

    /// The passes that are wanted now.
    private func passes(_ plan: inout DeliveryPlan) -> [CallLanes.Lane] {
        defer { plan.outbox = DeliveryPlan.Outbox() }
        return plan.outbox.passes
    }

    private func end(
        _ plan: inout DeliveryPlan,
        _ batch: DeliveryBatch,
        _ result: Result<[UserPresence], GenesysAPIError>,
        now: Timestamp
    ) {
        plan.answered(batch, result, now: now, random: 0.5)
        plan.settled(batch, result, now: now)
    }

    private func failure(_ code: GenesysAPIError.Code, status: Int? = nil) -> Result<[UserPresence], GenesysAPIError> {
        .failure(GenesysAPIError(code, status: status, message: ""))
    }

    @Test("ten thousand wishes, a lost event each: full calls, and nothing is left over when all is verified")
    func storm() {
        var plan = plan()
        var now = time(1000)
        var calls = 0, most = 0
        for index in 0..<10_000 { want(&plan, "agent-\(index)", now: now) }
        var waiting = passes(&plan)
        while plan.outstanding > 0, calls < 1000 {
            if waiting.isEmpty {
                guard let alarm = plan.nextAlarm else { break }
                now = max(now, alarm)
                plan.wake(now: now)
            } else {
                let batch = plan.begin(waiting.removeFirst(), now: now)
                if !batch.isEmpty {
                    calls += 1
                    now = now.advanced(by: .milliseconds(20))
                    let definition = "break"
                    end(&plan, batch, .success(batch.agentIDs.map { presence($0, definition, at: 2000) }), now: now)
                }
            }
            waiting += passes(&plan)
            most = max(most, waiting.count)
        }
        #expect(plan.outstanding == 0)
        #expect(calls >= 300 && calls <= 400)
        // More would only wait at the gate.
        #expect(most <= 64)
        for lane in waiting { #expect(plan.begin(lane, now: now).isEmpty) }
        while let alarm = plan.nextAlarm { plan.wake(now: alarm) }
        #expect(plan.underWay == (0, 0))
        #expect(plan.outbox.passes.isEmpty)
    }

    @Test("a wish that is overtaken before its call costs nothing, and one that is withdrawn neither")
    func overtaken() {
        var plan = plan()
        want(&plan, "a", "break", now: time(1000))
        want(&plan, "b", "break", now: time(1000))
        let lanes = passes(&plan)
        #expect(lanes == [.write, .write])
        want(&plan, "a", "available", now: time(1001))
        plan.withdraw(agentID: "b", now: time(1001))
        for lane in lanes { #expect(plan.begin(lane, now: time(1002)).isEmpty) }
        #expect(plan.outstanding == 0)
        #expect(plan.underWay == (0, 0))
    }

    @Test("an agent has one call at a time, and the next not before all is judged")
    func oneAtATime() {
        var plan = plan()
        want(&plan, "a", now: time(1000))
        let batch = plan.begin(passes(&plan)[0], now: time(1001))
        #expect(batch.agentIDs == ["a"])
        want(&plan, "a", "meal", now: time(1002))
        #expect(passes(&plan).isEmpty)
        plan.answered(batch, .success([presence("a", "break", at: 1003)]), now: time(1003), random: 0)
        want(&plan, "a", "meeting", now: time(1004))
        #expect(passes(&plan).isEmpty)
        plan.settled(batch, .success([]), now: time(1005))
        let next = passes(&plan)
        #expect(next == [.write])
        #expect(plan.begin(next[0], now: time(1006)).writes.map(\.definitionID) == ["meeting"])
    }

    @Test("a bulk call that is refused as a whole goes in halves; who has left it meanwhile is not called")
    func halves() {
        var plan = plan()
        for index in 0..<8 { want(&plan, "agent-\(index)", now: time(1000)) }
        var batches: [DeliveryBatch] = []
        for lane in passes(&plan) {
            let batch = plan.begin(lane, now: time(1001))
            if !batch.isEmpty { batches.append(batch) }
        }
        guard let bulk = batches.max(by: { $0.agentIDs.count < $1.agentIDs.count }), bulk.isBulk else {
            Issue.record("no bulk call")
            return
        }
        _ = passes(&plan)
        let gone = bulk.agentIDs[0]
        plan.withdraw(agentID: gone, now: time(1002))
        end(&plan, bulk, failure(.badRequest, status: 400), now: time(1003))
        var called: [String] = []
        for lane in passes(&plan) {
            let half = plan.begin(lane, now: time(1004))
            #expect(half.agentIDs.count <= (bulk.agentIDs.count + 1) / 2)
            called += half.agentIDs
        }
        #expect(called.sorted() == bulk.agentIDs.filter { $0 != gone }.sorted())
    }

    @Test(
        "an agent who cannot be read is left alone for ten minutes; trouble that is not the agent's is no reason",
        arguments: [
            (GenesysAPIError.Code.notFound, false), (.forbidden, false), (.other, true), (.unexpectedBody, true),
            (.cancelled, true),
        ]
    )
    func unreadable(code: GenesysAPIError.Code, isReadAgain: Bool) {
        var plan = plan()
        plan.read(agentID: "a", now: time(1000))
        let batch = plan.begin(passes(&plan)[0], now: time(1001))
        end(&plan, batch, failure(code), now: time(1002))
        #expect(plan.outstanding == 0)
        plan.read(agentID: "a", now: time(2000))
        #expect(passes(&plan).isEmpty != isReadAgain)
        plan.read(agentID: "a", now: time(601_003))
        #expect(plan.outstanding == 1)
    }

    @Test("an agent of whom an event tells can be read again")
    func readableAgain() {
        var plan = plan()
        plan.read(agentID: "a", now: time(1000))
        let batch = plan.begin(passes(&plan)[0], now: time(1001))
        end(&plan, batch, failure(.notFound, status: 404), now: time(1002))
        plan.observe(PresenceFacts(presence("a", "available", at: 1500)), agentID: "a", now: time(1500))
        plan.read(agentID: "a", now: time(2000))
        #expect(passes(&plan) == [.read])
    }

    @Test("when the clock is set back, a retry comes when it would have come")
    func clock() {
        var plan = plan()
        want(&plan, "a", now: time(10_000_000))
        let batch = plan.begin(passes(&plan)[0], now: time(10_000_000))
        end(&plan, batch, failure(.rateLimited), now: time(10_000_000))
        #expect(plan.nextAlarm == time(10_000_250))
        plan.clockWasSet(by: .seconds(-3600))
        #expect(plan.nextAlarm == time(6_400_250))
        plan.wake(now: time(6_400_250))
        #expect(passes(&plan) == [.write])
    }

    @Test("after stop nothing is asked for and passes that come are not used")
    func stops() {
        var plan = plan()
        want(&plan, "a", now: time(1000))
        let lanes = passes(&plan)
        plan.stop()
        #expect(plan.begin(lanes[0], now: time(1001)).isEmpty)
        want(&plan, "b", now: time(1002))
        plan.wake(now: time(100_000))
        #expect(passes(&plan).isEmpty)
        #expect(plan.nextAlarm == nil)
    }
}
