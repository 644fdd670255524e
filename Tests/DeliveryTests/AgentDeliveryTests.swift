// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysAPI
import GenesysEvents
import Testing

private let breakTarget = PresenceTarget(definitionID: "break", system: .break)
private let available = PresenceTarget(definitionID: "available", system: .available)

private func wish(_ revision: Int, _ target: PresenceTarget, _ purpose: Wish.Purpose = .set) -> Wish {
    Wish(revision: revision, purpose: purpose, target: target, since: time(0))
}

private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

private func seen(_ target: PresenceTarget, at milliseconds: Int64) -> PresenceFacts {
    PresenceFacts(
        definitionID: target.definitionID,
        system: target.system,
        message: "",
        modifiedAt: time(milliseconds)
    )
}

private func answer(_ target: PresenceTarget, at milliseconds: Int64) -> Result<UserPresence, GenesysAPIError> {
    .success(
        UserPresence(
            userID: "agent",
            definitionID: target.definitionID,
            system: target.system,
            message: "",
            modifiedAt: time(milliseconds)
        )
    )
}

private func failure(_ code: GenesysAPIError.Code, retryAfter: Duration? = nil) -> Result<UserPresence, GenesysAPIError>
{
    .failure(GenesysAPIError(code, message: "no", retryAfter: retryAfter))
}

@Suite("AgentDelivery")
struct AgentDeliveryTests {
    /// One agent seen Available at 10 ms, with a wish for Break; the write is in flight.
    private func sent() -> AgentDelivery {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        delivery.want(wish(1, breakTarget), observed: seen(available, at: 10), checkFirst: false)
        let (call, reports) = delivery.nextCall(now: time(100))
        #expect(call == .write(breakTarget))
        #expect(reports.map(\.status.state) == [.sent])
        return delivery
    }

    @Test("a write is confirmed by the presence event, and only by one that is not older")
    func confirmedByEvent() {
        var delivery = sent()
        #expect(
            delivery.wrote(answer(breakTarget, at: 110), now: time(120), random: 0.5).map(\.status.state) == [.accepted]
        )
        #expect(delivery.observed(seen(breakTarget, at: 90), now: time(125)).isEmpty)
        let reports = delivery.observed(seen(breakTarget, at: 110), now: time(130))
        #expect(reports.map(\.status.state) == [.confirmed])
        #expect(delivery.isIdle)
    }

    @Test("an event that arrives before the answer confirms as soon as the answer is there")
    func eventFirst() {
        var delivery = sent()
        #expect(delivery.observed(seen(breakTarget, at: 110), now: time(115)).isEmpty)
        let reports = delivery.wrote(answer(breakTarget, at: 110), now: time(120), random: 0.5)
        #expect(reports.map(\.status.state) == [.accepted, .confirmed])
    }

    @Test("without an event a read confirms after verify.within")
    func confirmedByRead() {
        var delivery = sent()
        _ = delivery.wrote(answer(breakTarget, at: 110), now: time(120), random: 0.5)
        #expect(delivery.deadline == time(10_120))
        #expect(delivery.nextCall(now: time(10_119)).call == nil)
        #expect(delivery.nextCall(now: time(10_120)).call == .read)
        let reports = delivery.didRead(answer(breakTarget, at: 110), now: time(10_130), random: 0.5)
        #expect(reports.map(\.status.state) == [.confirmed])
    }

    @Test("a read that shows the status from before the write is no proof: the next one tells")
    func confirmedTwice() {
        func doubted() -> AgentDelivery {
            var delivery = sent()
            _ = delivery.wrote(answer(breakTarget, at: 110), now: time(120), random: 0.5)
            #expect(delivery.nextCall(now: time(10_120)).call == .read)
            let reports = delivery.didRead(answer(breakTarget, at: 50), now: time(10_130), random: 0.5)
            #expect(reports.map(\.status.state) == [.accepted])
            #expect(delivery.deadline == time(20_130))
            return delivery
        }
        // The write has had no effect, and what was read first was no longer so.
        var lost = doubted()
        #expect(lost.nextCall(now: time(20_130)).call == .read)
        let reports = lost.didRead(answer(available, at: 60), now: time(20_140), random: 0.5)
        #expect(reports.map(\.status.state) == [.pending])
        #expect(lost.nextCall(now: time(20_150)).call == .write(breakTarget))
        // Only the dates are strange.
        var strange = doubted()
        #expect(strange.nextCall(now: time(20_130)).call == .read)
        let again = strange.didRead(answer(breakTarget, at: 50), now: time(20_140), random: 0.5)
        #expect(again.map(\.status.state) == [.confirmed])
        // The event comes late.
        var late = doubted()
        let event = late.observed(seen(breakTarget, at: 110), now: time(11_000))
        #expect(event.map(\.status.state) == [.confirmed])
        #expect(late.isIdle)
    }

    @Test("2xx that does not stick is written again, and after all attempts it is notApplied")
    func notApplied() {
        var delivery = sent()
        var now: Int64 = 120
        var states: [DeliveryState] = []
        for attempt in 1...3 {
            _ = delivery.wrote(answer(breakTarget, at: now), now: time(now), random: 0.5)
            now += 10_000
            #expect(delivery.nextCall(now: time(now)).call == .read)
            let reports = delivery.didRead(answer(available, at: 10), now: time(now), random: 0.5)
            states += reports.map(\.status.state)
            if attempt < 3 { #expect(delivery.nextCall(now: time(now)).call == .write(breakTarget)) }
        }
        #expect(states == [.pending, .pending, .notApplied])
        #expect(delivery.isIdle)
    }

    @Test("a newer presence found by the verifying read is somebody's own, not a failure")
    func humanFoundByRead() {
        var delivery = sent()
        _ = delivery.wrote(answer(breakTarget, at: 110), now: time(120), random: 0.5)
        _ = delivery.nextCall(now: time(10_120))
        let meal = PresenceTarget(definitionID: "meal", system: .meal)
        #expect(
            delivery.didRead(answer(meal, at: 500), now: time(10_130), random: 0.5).map(\.status.state) == [.superseded]
        )
    }

    @Test("a write that would change nothing is not made")
    func noChange() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        delivery.want(wish(1, available), observed: seen(available, at: 10), checkFirst: false)
        let (call, reports) = delivery.nextCall(now: time(100))
        #expect(call == nil)
        #expect(reports.map(\.status.state) == [.confirmed])
        #expect(reports.first?.isGuard == true)
        #expect(reports.first?.status.attempts == 0)
    }

    @Test("a restore is written although the last event still shows the old presence: our own write is not yet seen")
    func restoreBeforeEcho() {
        var delivery = sent()
        _ = delivery.wrote(answer(breakTarget, at: 110), now: time(120), random: 0.5)
        delivery.want(wish(2, available, .restore), observed: seen(available, at: 10), checkFirst: false)
        #expect(delivery.nextCall(now: time(130)).call == .write(available))
    }

    @Test("one call at a time; the newest wish is sent next, those between cost nothing")
    func newestWins() {
        var delivery = sent()
        let meeting = PresenceTarget(definitionID: "meeting")
        delivery.want(wish(2, meeting), observed: nil, checkFirst: false)
        delivery.want(wish(3, available, .restore), observed: nil, checkFirst: false)
        #expect(delivery.nextCall(now: time(105)).call == nil)
        _ = delivery.wrote(answer(breakTarget, at: 110), now: time(120), random: 0.5)
        #expect(delivery.nextCall(now: time(121)).call == .write(available))
    }

    @Test("a 429 is followed by a write without a read, soon: another client may be free")
    func rateLimited() {
        var delivery = sent()
        let reports = delivery.wrote(failure(.rateLimited, retryAfter: .seconds(42)), now: time(120), random: 1)
        #expect(reports.map(\.status.state) == [.pending])
        #expect(reports.first?.news == .refused)
        #expect(delivery.deadline == time(620))
        #expect(delivery.nextCall(now: time(619)).call == nil)
        #expect(delivery.nextCall(now: time(620)).call == .write(breakTarget))
    }

    @Test("a 503 waits as long as Retry-After says, within reason", arguments: [(42, 42), (86_400, 300)])
    func retryAfter(asked: Int, waits: Int64) {
        var delivery = sent()
        _ = delivery.wrote(failure(.server, retryAfter: .seconds(asked)), now: time(120), random: 1)
        #expect(delivery.deadline == time(120 + waits * 1000))
    }

    @Test("after a time-out the presence is read first, and a write that did happen is not repeated")
    func unknownOutcome() {
        var delivery = sent()
        let reports = delivery.wrote(failure(.timeout), now: time(10_000), random: 1)
        #expect(reports.first?.news == .unanswered)
        #expect(delivery.deadline == time(10_500))
        #expect(delivery.nextCall(now: time(10_500)).call == .read)
        let confirmed = delivery.didRead(answer(breakTarget, at: 150), now: time(10_600), random: 0.5)
        #expect(confirmed.map(\.status.state) == [.confirmed])
        #expect(confirmed.first?.news == .settled(seen(breakTarget, at: 150)))
    }

    @Test("after a time-out whose write did not happen it is made again")
    func unknownOutcomeNotApplied() {
        var delivery = sent()
        _ = delivery.wrote(failure(.server), now: time(200), random: 1)
        _ = delivery.nextCall(now: time(700))
        let reports = delivery.didRead(answer(available, at: 10), now: time(710), random: 0.5)
        #expect(reports.map(\.news) == [.settled(seen(available, at: 10))])
        #expect(delivery.nextCall(now: time(710)).call == .write(breakTarget))
    }

    @Test("a restore after a time-out is not taken for done because the last event still shows the old presence")
    func restoreAfterUnknownOutcome() {
        var delivery = sent()
        _ = delivery.wrote(failure(.timeout), now: time(10_000), random: 1)
        delivery.want(wish(2, available, .restore), observed: seen(available, at: 10), checkFirst: false)
        #expect(delivery.nextCall(now: time(10_010)).call == .read)
        _ = delivery.didRead(answer(breakTarget, at: 150), now: time(10_020), random: 0.5)
        #expect(delivery.nextCall(now: time(10_020)).call == .write(available))
    }

    @Test("a wish withdrawn after a time-out leaves a read behind, and then nothing")
    func withdrawnAfterUnknownOutcome() {
        var delivery = sent()
        _ = delivery.wrote(failure(.timeout), now: time(10_000), random: 1)
        delivery.withdraw()
        #expect(delivery.nextCall(now: time(10_010)).call == .read)
        let reports = delivery.didRead(answer(breakTarget, at: 150), now: time(10_020), random: 0.5)
        #expect(reports.map(\.news) == [.settled(seen(breakTarget, at: 150))])
        #expect(delivery.isIdle)
    }

    @Test("an accepted write that nobody wants any more is read when its event does not come, and is then forgotten")
    func overtakenWithoutEcho() {
        var delivery = sent()
        delivery.withdraw()
        let reports = delivery.wrote(answer(breakTarget, at: 110), now: time(120), random: 0.5)
        #expect(reports.map(\.status.state) == [.superseded])
        #expect(!delivery.isIdle)
        #expect(delivery.deadline == time(10_120))
        #expect(delivery.nextCall(now: time(10_119)).call == nil)
        #expect(delivery.nextCall(now: time(10_120)).call == .read)
        #expect(delivery.didRead(answer(breakTarget, at: 110), now: time(10_130), random: 0.5).isEmpty)
        #expect(delivery.isIdle)
    }

    @Test("a read that was asked for earlier does not make a wish spin while it waits for its event")
    func noSpinning() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        delivery.wantRead()
        _ = delivery.nextCall(now: time(50))
        _ = delivery.didRead(failure(.server), now: time(60), random: 0.5)
        delivery.want(wish(1, breakTarget), observed: seen(available, at: 10), checkFirst: false)
        _ = delivery.nextCall(now: time(100))
        _ = delivery.wrote(answer(breakTarget, at: 110), now: time(120), random: 0.5)
        #expect(delivery.deadline == time(10_120))
    }

    @Test("refused writes do not count as writes without effect")
    func refusalsAreNoMisses() {
        var delivery = sent()
        for _ in 0..<5 {
            _ = delivery.wrote(failure(.rateLimited, retryAfter: .zero), now: time(120), random: 0.5)
            #expect(delivery.nextCall(now: time(120)).call == .write(breakTarget))
        }
        _ = delivery.wrote(answer(breakTarget, at: 130), now: time(130), random: 0.5)
        _ = delivery.nextCall(now: time(10_130))
        let reports = delivery.didRead(answer(available, at: 10), now: time(10_140), random: 0.5)
        #expect(reports.map(\.status.state) == [.pending])
    }

    @Test("retry delays double, spread by the jitter, up to the limit")
    func backoff() {
        var delivery = sent()
        var now: Int64 = 120
        var delays: [Int64] = []
        for _ in 0..<9 {
            _ = delivery.wrote(failure(.rateLimited), now: time(now), random: 1)
            let next = delivery.deadline!.milliseconds
            delays.append(next - now)
            now = next
            _ = delivery.nextCall(now: time(now))
        }
        #expect(delays == [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    }

    @Test("403 is permanent: no second try, and the error says what is missing")
    func permanent() {
        var delivery = sent()
        let error = GenesysAPIError(
            .forbidden,
            status: 403,
            message: "grant presence:userPresence:edit",
            correlationID: "c-1"
        )
        let reports = delivery.wrote(.failure(error), now: time(120), random: 0.5)
        #expect(reports.map(\.status.state) == [.failed])
        #expect(reports.first?.status.error?.message.contains("presence:userPresence:edit") == true)
        #expect(reports.first?.status.error?.correlationID == "c-1")
        #expect(delivery.nextCall(now: time(1_000_000)).call == nil)
    }

    @Test("a wish that keeps failing is given up after the time limit")
    func givesUp() {
        var delivery = sent()
        var states: [DeliveryState] = []
        // An old wish is no reason: what counts is how long its calls have failed.
        for now in [5_000_000, 8_600_000, 8_600_001] as [Int64] {
            states += delivery.wrote(failure(.rateLimited), now: time(now), random: 0.5).map(\.status.state)
            _ = delivery.nextCall(now: time(now + 60_000))
        }
        #expect(states == [.pending, .pending, .failed])
    }

    @Test("an agent who is Offline is written to when the wish says so")
    func leavesOffline() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        let offline = PresenceTarget(definitionID: "offline", system: .offline)
        var wish = wish(1, breakTarget)
        wish.leavesOffline = true
        delivery.want(wish, observed: seen(offline, at: 10), checkFirst: false)
        #expect(delivery.nextCall(now: time(100)).call == .write(breakTarget))
    }

    @Test("an agent who went Offline meanwhile is not written to")
    func offline() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        let offline = PresenceTarget(definitionID: "offline", system: .offline)
        delivery.want(wish(1, breakTarget), observed: seen(offline, at: 10), checkFirst: false)
        let (call, reports) = delivery.nextCall(now: time(100))
        #expect(call == nil)
        #expect(reports.map(\.status.state) == [.superseded])
        #expect(reports.first?.isGuard == true)
    }

    @Test("a withdrawn wish makes no call")
    func withdrawn() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        delivery.want(wish(1, breakTarget), observed: seen(available, at: 10), checkFirst: false)
        delivery.withdraw()
        #expect(delivery.nextCall(now: time(100)).call == nil)
        #expect(delivery.isIdle)
    }

    @Test("an unknown presence is read before the first write")
    func unknownPresence() {
        var delivery = AgentDelivery(agentID: "agent", policy: DeliveryPolicy())
        delivery.want(wish(1, breakTarget), observed: nil, checkFirst: false)
        #expect(delivery.nextCall(now: time(100)).call == .read)
        #expect(delivery.didRead(answer(available, at: 10), now: time(110), random: 0.5).isEmpty)
        #expect(delivery.nextCall(now: time(110)).call == .write(breakTarget))
    }
}
