// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Testing

@testable import Delivery

/// An errand answered by hand, on a clock that goes on by itself to the time of the next call.
private struct Desk {
    var delivery: ErrandDelivery
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    var schemas: [AttributeSchema] = []
    /// How long the errand waited before each call.
    var waits: [Duration] = []

    init(_ errand: Errand, tags: TagTarget = .participantAttributes, checkFirst: Bool = false) {
        let delivery = ErrandDelivery(
            errand,
            agentID: "a",
            tags: tags,
            policy: ErrandPolicy(),
            checkFirst: checkFirst,
            now: now
        )
        guard let delivery else { preconditionFailure("no call to Genesys does it") }
        self.delivery = delivery
    }

    var call: ErrandCall {
        var delivery = delivery
        return delivery.nextCall(schemas: schemas)
    }

    @discardableResult
    mutating func answer(_ answer: ErrandAnswer, client: Int = 0) -> ErrandReport? {
        give(.success(answer), client)
    }

    @discardableResult
    mutating func fail(_ error: GenesysAPIError) -> ErrandReport? { give(.failure(error), 0) }

    private mutating func give(_ result: Result<ErrandAnswer, GenesysAPIError>, _ client: Int) -> ErrandReport? {
        let call = delivery.nextCall(schemas: schemas)
        let due = max(now, delivery.notBefore ?? now)
        waits.append(due.timeIntervalSince(now))
        now = due
        return delivery.answered(result, to: call, client: client, now: now, random: 1)
    }
}

private let processing = ErrandAnswer.job(ExplanationJob(id: "j", status: .processing))
private let complete = ErrandAnswer.job(ExplanationJob(id: "j", status: .complete))

@Suite("An errand that explains")
struct ExplanationStepsTests {
    @Test("the job is followed by the client that started it, ever more slowly, to its end")
    func follows() {
        var desk = Desk(.explain("e"))
        #expect(desk.call.name == "POST explanation")
        #expect(desk.answer(processing, client: 2) == nil)
        for _ in 0..<6 {
            #expect(desk.call == .explanationJob(id: "j", client: 2))
            #expect(desk.answer(processing, client: 2) == nil)
        }
        let report = desk.answer(complete, client: 2)
        #expect(report?.state == .done)
        #expect(desk.waits == [0, 1, 2, 4, 8, 10, 10, 10].map { .seconds($0) })
    }

    @Test("a job that does not end is given up after five minutes")
    func endless() {
        var desk = Desk(.explain("e"))
        let start = desk.now
        var report: ErrandReport?
        while report == nil, desk.waits.count < 100 { report = desk.answer(processing) }
        #expect(report?.state == .failed)
        #expect(report?.error?.code == "timeout")
        #expect(desk.now.timeIntervalSince(start) >= .seconds(300))
        #expect(desk.now.timeIntervalSince(start) <= .seconds(310))
    }

    @Test("a job that fails says what Genesys says")
    func jobError() {
        var desk = Desk(.explain("e"))
        desk.answer(processing)
        let report = desk.answer(.job(ExplanationJob(id: "j", status: .error, errorMessage: "agent is not in a MU")))
        #expect(report?.state == .failed)
        #expect(report?.error?.message.contains("agent is not in a MU") == true)
    }

    @Test("a missing permission is the end, and is named")
    func forbidden() {
        var desk = Desk(.explain("e"))
        let report = desk.fail(.notAllowed)
        #expect(report?.state == .failed)
        #expect(report?.error?.message == "needs wfm:adherenceExplanation:add")
    }

    @Test("after a lost answer existing explanations are looked for, not before a job could have ended")
    func lost() throws {
        let errand = Errand.explain("e")
        var desk = Desk(errand)
        #expect(desk.fail(.timeout)?.state == .pending)
        guard case .queryExplanations(let from, let to) = desk.call else {
            Issue.record("\(desk.call)")
            return
        }
        let mine = try #require(errand.explanation)
        #expect(from < mine.start && to > mine.end)
        #expect(desk.answer(processing) == nil)
        #expect(desk.waits.last == .seconds(10))
        let found = ErrandAnswer.job(ExplanationJob(id: "j", status: .complete, explanations: [mine]))
        let report = desk.answer(found)
        #expect(report?.state == .done)
        #expect(report?.summary == "explain: already there")
    }

    @Test("what is not there is added after all, and a 429 does not make it look again")
    func notThere() {
        var desk = Desk(.explain("e"), checkFirst: true)
        #expect(desk.call.name == "query of explanations")
        desk.answer(processing)
        #expect(desk.answer(complete) == nil)
        #expect(desk.call.name == "POST explanation")
        desk.fail(.tooMany)
        #expect(desk.call.name == "POST explanation")
        desk.answer(processing)
        #expect(desk.waits.last == .seconds(7))
        #expect(desk.answer(complete)?.state == .done)
    }

    @Test(
        "an explanation of the same span, or around it, is there already; any other is not",
        arguments: [(0, 15, true), (-5, 30, true), (-30, 45, true), (1, 15, false), (0, 14, false), (15, 15, false)]
    )
    func covers(after: Int, minutes: Int, isThere: Bool) throws {
        let mine = try #require(Errand.explain("e").explanation)
        let other = try #require(Errand.explain("o", after: after, minutes: minutes).explanation)
        #expect(mine.isExplained(by: other) == isThere)
    }

    @Test("a start that Genesys has cut to the minute is the same")
    func cut() throws {
        let mine = try #require(Errand.explain("e").explanation)
        var later = mine
        later.start = mine.start.advanced(by: .milliseconds(59_999))
        #expect(later.isExplained(by: mine))
    }
}

@Suite("An errand")
struct ErrandDeliveryTests {
    @Test("retries wait twice as long each time, up to a minute, and are told once")
    func backoff() {
        var desk = Desk(.idle("e"))
        var told = 0
        for _ in 0..<9 where desk.fail(.busy) != nil { told += 1 }
        #expect(desk.waits == [0, 1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        #expect(told == 1)
        #expect(desk.fail(.timeout)?.error?.code == "timeout")
        #expect(desk.answer(.done)?.state == .done)
    }

    @Test("an errand that does nothing but fail is given up after ten minutes")
    func givesUp() {
        var desk = Desk(.idle("e"))
        let start = desk.now
        var last: ErrandReport?
        while last?.state != .failed, desk.waits.count < 100 { last = desk.fail(.busy) ?? last }
        #expect(last?.state == .failed)
        #expect(desk.now.timeIntervalSince(start) > .seconds(600))
        #expect(desk.now.timeIntervalSince(start) <= .seconds(661))
    }

    @Test("reads that succeed between writes that fail do not keep it alive")
    func noProgress() {
        var desk = Desk(.tag("e", ["k": "v"]))
        var last: ErrandReport?
        while last?.state != .failed, desk.waits.count < 100 {
            desk.answer(.conversation(.live()))
            last = desk.fail(.busy) ?? last
        }
        #expect(last?.state == .failed)
    }

    @Test(
        "an error that would come again is the end",
        arguments: [GenesysAPIError.Code.unauthorized, .badRequest, .forbidden, .notFound, .unexpectedBody]
    )
    func permanent(code: GenesysAPIError.Code) {
        var desk = Desk(
            Errand(
                id: "e",
                rule: "r",
                work: .putAdherence(status: "Break", definitionID: "d"),
                since: Timestamp(milliseconds: 0)
            )
        )
        #expect(desk.call == .putAdherence(status: "Break", definitionID: "d"))
        let report = desk.fail(GenesysAPIError(code, message: "Genesys publishes no such call"))
        #expect(report?.state == .failed)
        #expect(report?.error?.message == "Genesys publishes no such call")
    }
}

@Suite("An errand that tags the customer")
struct ParticipantTagStepsTests {
    @Test("the newest customer who is still there gets the values")
    func patches() {
        var conversation = ConversationState.live()
        conversation.participants += [
            ConversationParticipant(id: "p-second", purpose: "external"),
            ConversationParticipant(id: "p-left", purpose: "customer", hasEnded: true),
        ]
        var desk = Desk(.tag("e", ["k": "v"]))
        #expect(desk.call == .conversation(id: "c"))
        #expect(desk.answer(.conversation(conversation)) == nil)
        #expect(
            desk.call == .setParticipantAttributes(["k": "v"], conversationID: "c", participantID: "p-second")
        )
        #expect(desk.answer(.done)?.state == .done)
    }

    @Test("values that are there already are not written, also when the conversation has ended since")
    func alreadyThere() {
        for hasEnded in [false, true] {
            var conversation = ConversationState.live(["k": "v", "other": "x"])
            conversation.hasEnded = hasEnded
            conversation.participants[0].hasEnded = hasEnded
            var desk = Desk(.tag("e", ["k": "v"]))
            let report = desk.answer(.conversation(conversation))
            #expect(report?.state == .done)
            #expect(report?.summary == "tag: already there")
        }
    }

    @Test("what can no longer be tagged is dropped, with the reason")
    func dropped() {
        var ended = ConversationState.live()
        ended.hasEnded = true
        var alone = ConversationState.live()
        alone.participants.removeFirst()
        var left = ConversationState.live()
        left.participants[0].hasEnded = true
        for (conversation, reason) in [
            (ended, "analytics does not store"), (alone, "no customer participant"), (left, "has left"),
        ] {
            var desk = Desk(.tag("e", ["k": "v"]))
            let report = desk.answer(.conversation(conversation))
            #expect(report?.state == .dropped)
            #expect(report?.summary.contains(reason) == true)
        }
        var desk = Desk(.tag("e", ["k": "v"]))
        #expect(desk.fail(.gone)?.state == .dropped)
    }

    @Test("a write without an answer is not repeated when a read shows its values")
    func lost() {
        var desk = Desk(.tag("e", ["k": "v"]))
        desk.answer(.conversation(.live()))
        #expect(desk.fail(.timeout)?.state == .pending)
        #expect(desk.call == .conversation(id: "c"))
        #expect(desk.answer(.conversation(.live(["k": "v"])))?.state == .done)
    }

    @Test("no value is told in a report")
    func quiet() {
        var desk = Desk(.tag("e", ["k": "secret"]))
        desk.answer(.conversation(.live()))
        let reports = [desk.fail(.timeout), desk.answer(.conversation(.live())), desk.answer(.done)]
        for report in reports { #expect(report?.summary.contains("secret") != true) }
        #expect(reports[2]?.state == .done)
    }
}
