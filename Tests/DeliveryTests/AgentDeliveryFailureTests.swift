// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents
import Testing

@testable import Delivery

private let breakTarget = PresenceTarget(definitionID: "break", system: .break)
private let available = PresenceTarget(definitionID: "available", system: .available)

private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

private func presence(_ target: PresenceTarget, at milliseconds: Int64) -> UserPresence {
    UserPresence(
        userID: "agent",
        definitionID: target.definitionID,
        system: target.system,
        message: "",
        modifiedAt: time(milliseconds)
    )
}

private func failure(_ code: GenesysAPIError.Code) -> Result<UserPresence, GenesysAPIError> {
    .failure(GenesysAPIError(code, message: "no", isWrite: true))
}

/// How a wish fares with calls that fail, alone or together with others.
@Suite("AgentDelivery failures")
struct AgentDeliveryFailureTests {
    private func wish(_ revision: Int, _ target: PresenceTarget = breakTarget) -> Wish {
        Wish(revision: revision, purpose: .set, target: target, since: time(0))
    }

    /// One agent seen Available at 10 ms, with a wish for Break; the write is in flight.
    private func sent() -> AgentDelivery {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        delivery.want(wish(1), observed: PresenceFacts(presence(available, at: 10)), checkFirst: false)
        #expect(delivery.nextCall(now: time(100)).call == .write(breakTarget))
        return delivery
    }

    /// Writes and reads until the wish ends or an hour and a half has passed.
    private func run(_ code: GenesysAPIError.Code) -> (writes: Int, states: [DeliveryState], alone: Int?) {
        var delivery = sent()
        var now: Int64 = 100, writes = 1
        var states: [DeliveryState] = []
        var alone: Int?
        while now < 5_400_000, !delivery.isIdle, writes < 100_000 {
            states += delivery.wrote(failure(code), now: time(now), random: 0.5).map(\.status.state)
            now = max(now + 20, delivery.deadline?.milliseconds ?? 0)
            guard delivery.nextCall(now: time(now)).call == .read else { break }
            now += 20
            _ = delivery.didRead(.success(presence(available, at: 10)), now: time(now), random: 0.5)
            if alone == nil, delivery.needsCallAlone { alone = writes }
            guard delivery.nextCall(now: time(now)).call == .write(breakTarget) else { break }
            writes += 1
            now += 20
        }
        return (writes, states, alone)
    }

    @Test(
        "writes that fail over and over become rarer and have an end, although each read between them succeeds",
        arguments: [GenesysAPIError.Code.server, .conflict, .timeout, .unexpectedBody]
    )
    func bounded(code: GenesysAPIError.Code) {
        let (writes, states, _) = run(code)
        #expect(states.last == .failed)
        #expect(writes < 300)
    }

    @Test("an agent whose writes are lost in bulk calls again and again has calls of its own")
    func lostTogether() {
        let (_, _, alone) = run(.server)
        #expect(alone == 4)
    }

    @Test("an agent whose reads Genesys fails again and again is read alone, until a read succeeds")
    func lostReads() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        delivery.wantRead()
        var alone: [Bool] = []
        for now in [0, 100_000, 200_000, 300_000] as [Int64] {
            _ = delivery.nextCall(now: time(now))
            _ = delivery.didRead(failure(.server), now: time(now), random: 0.5)
            alone.append(delivery.needsCallAlone)
        }
        #expect(alone == [false, false, false, true])
        _ = delivery.nextCall(now: time(400_000))
        _ = delivery.didRead(.success(presence(available, at: 10)), now: time(400_000), random: 0.5)
        #expect(!delivery.needsCallAlone)
    }

    @Test("a 401 is no reason to give up at once: another client, or a new token, may be accepted")
    func unauthorized() {
        var delivery = sent()
        var states: [DeliveryState] = []
        for now in [200, 2000, 4000] as [Int64] {
            states += delivery.wrote(failure(.unauthorized), now: time(now), random: 0.5).map(\.status.state)
            _ = delivery.nextCall(now: time(now + 1500))
        }
        #expect(states == [.pending, .pending, .failed])
    }

    // MARK: Bulk calls

    @Test("left out of a bulk write's answer, the write is repeated alone, and read for when that has no answer either")
    func leftOut() {
        var delivery = sent()
        let reports = delivery.leftOut(now: time(200))
        #expect(reports.map(\.status.state) == [.pending])
        #expect(reports.map(\.news) == [.unanswered])
        #expect(delivery.needsCallAlone)
        #expect(delivery.nextCall(now: time(200)).call == .write(breakTarget))
        _ = delivery.wrote(failure(.timeout), now: time(300), random: 1)
        #expect(!delivery.needsCallAlone)
        #expect(delivery.nextCall(now: time(800)).call == .read)
    }

    @Test("left out together with many, the agent is looked at with them, and written alone if it was not done")
    func leftOutWithMany() {
        var delivery = sent()
        #expect(delivery.leftOut(oneOfMany: true, now: time(200)).map(\.news) == [.unanswered])
        #expect(!delivery.needsCallAlone)
        var done = delivery
        #expect(delivery.nextCall(now: time(200)).call == .read)
        _ = delivery.didRead(.success(presence(available, at: 10)), now: time(300), random: 0.5)
        #expect(delivery.needsCallAlone)
        #expect(delivery.nextCall(now: time(300)).call == .write(breakTarget))
        _ = done.nextCall(now: time(200))
        let reports = done.didRead(.success(presence(breakTarget, at: 150)), now: time(300), random: 0.5)
        #expect(reports.map(\.status.state) == [.confirmed])
        #expect(done.isIdle)
    }

    @Test("a read that nobody waits for outlasts an outage of minutes, ever more rarely, and not of hours")
    func lastingOutage() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        delivery.wantRead()
        var now: Int64 = 0, reads = 0
        while delivery.nextCall(now: time(now)).call == .read, reads < 10_000 {
            reads += 1
            _ = delivery.didRead(failure(.server), now: time(now + 10), random: 0.5)
            now = max(now + 20, delivery.deadline?.milliseconds ?? 0)
        }
        #expect(now > 3_600_000 && now < 3_700_000)
        #expect(reads < 300)
        #expect(delivery.isIdle)
    }

    @Test("left out of a bulk write's answer that is no longer wanted, the presence is read before the newer write")
    func leftOutOvertaken() {
        var delivery = sent()
        delivery.want(wish(2, available), observed: nil, checkFirst: false)
        #expect(delivery.leftOut(now: time(200)).map(\.status.state) == [.superseded])
        #expect(delivery.nextCall(now: time(200)).call == .read)
        _ = delivery.didRead(.success(presence(breakTarget, at: 150)), now: time(300), random: 0.5)
        #expect(delivery.nextCall(now: time(300)).call == .write(available))
    }

    @Test("left out of a bulk write's answer and withdrawn, a read tells what has become of it")
    func leftOutWithdrawn() {
        var delivery = sent()
        delivery.withdraw()
        #expect(delivery.leftOut(now: time(200)).map(\.revision) == [1])
        #expect(delivery.nextCall(now: time(200)).call == .read)
        let reports = delivery.didRead(.success(presence(breakTarget, at: 150)), now: time(300), random: 0.5)
        #expect(reports.map(\.news) == [.settled(PresenceFacts(presence(breakTarget, at: 150)))])
        #expect(delivery.isIdle)
    }

    @Test("left out of a bulk read's answer, the agent is read alone, at once")
    func leftOutOfRead() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        delivery.wantRead()
        #expect(delivery.nextCall(now: time(100)).call == .read)
        #expect(delivery.leftOut(now: time(200)).isEmpty)
        #expect(delivery.needsCallAlone)
        #expect(delivery.nextCall(now: time(200)).call == .read)
        _ = delivery.didRead(.success(presence(available, at: 10)), now: time(300), random: 0.5)
        #expect(!delivery.needsCallAlone)
        #expect(delivery.isIdle)
    }

    @Test("a bulk write that was refused as a whole has not happened: it is sent again without a read")
    func refusedTogether() {
        var delivery = sent()
        let reports = delivery.refusedTogether(now: time(200))
        #expect(reports.map(\.status.state) == [.pending])
        #expect(reports.map(\.news) == [.refused])
        #expect(!delivery.needsCallAlone)
        #expect(delivery.nextCall(now: time(200)).call == .write(breakTarget))
    }

    @Test("a refused bulk write that is no longer wanted is not sent again")
    func refusedTogetherWithdrawn() {
        var delivery = sent()
        delivery.withdraw()
        #expect(delivery.refusedTogether(now: time(200)).map(\.status.state) == [.superseded])
        #expect(delivery.isIdle)
    }

    @Test("answers without a call under way mean nothing")
    func noCall() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        #expect(delivery.leftOut(now: time(1)).isEmpty)
        #expect(delivery.refusedTogether(now: time(1)).isEmpty)
        #expect(delivery.wrote(failure(.server), now: time(1), random: 0).isEmpty)
        #expect(delivery.didRead(failure(.server), now: time(1), random: 0).isEmpty)
        #expect(delivery.isIdle)
    }

    // MARK: Times

    @Test("when the clock is set, what waits goes on waiting as long as it would have", arguments: [-3_600, 3_600])
    func clock(seconds: Int64) {
        var delivery = sent()
        _ = delivery.wrote(.success(presence(breakTarget, at: 110)), now: time(120), random: 0.5)
        delivery.clockWasSet(by: .seconds(seconds))
        #expect(delivery.deadline == time(10_120 + seconds * 1000))
    }

    @Test("each stage of a change is timed from the event to the presence, and never below nothing")
    func latencies() {
        var wish = wish(1)
        wish.eventAt = time(1000)
        wish.receivedAt = time(1300)
        wish.since = time(1310)
        let first = wish.latencies(sentAt: time(1400))
        #expect(
            Dictionary(uniqueKeysWithValues: first.map { ($0.stage, $0.duration) }) == [
                .eventToReceipt: .milliseconds(300), .receiptToDecision: .milliseconds(10),
                .decisionToCall: .milliseconds(90),
            ]
        )
        let last = wish.latencies(sentAt: time(1400), confirmedAt: time(1900))
        #expect(
            Dictionary(uniqueKeysWithValues: last.map { ($0.stage, $0.duration) }) == [
                .callToPresence: .milliseconds(500), .eventToPresence: .milliseconds(900),
            ]
        )
        wish.eventAt = time(5000)
        #expect(wish.latencies(sentAt: time(1400)).contains { $0.stage == .eventToReceipt && $0.duration == .zero })
    }

    @Test("the way to the first call is told once, and the rest when the wish is confirmed")
    func reportsLatencies() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        delivery.want(wish(1), observed: PresenceFacts(presence(available, at: 10)), checkFirst: false)
        #expect(delivery.nextCall(now: time(100)).reports.map(\.latencies.count) == [1])
        _ = delivery.refusedTogether(now: time(200))
        #expect(delivery.nextCall(now: time(300)).reports.map(\.latencies.count) == [0])
        _ = delivery.wrote(.success(presence(breakTarget, at: 310)), now: time(320), random: 0.5)
        let reports = delivery.observed(PresenceFacts(presence(breakTarget, at: 310)), now: time(400))
        #expect(reports.first?.latencies == [Latency(.callToPresence, from: time(100), to: time(400))])
    }
}
