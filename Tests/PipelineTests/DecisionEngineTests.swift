// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysEvents
import Journal
import StatusRules
import Testing

@testable import Pipeline

/// One agent in front of the engine; events and reports as a test says.
private struct Desk {
    var engine: DecisionEngine
    var record = AgentRecord(id: "agent")
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    var count = 0

    init(mode: RelayMode = .act) throws { engine = try .flagged(mode: mode) }

    mutating func take(_ event: GenesysEvent, source: JournalSource = .webhook) -> DecisionEngine.Outcome {
        count += 1
        now = now.advanced(by: .milliseconds(100))
        let notification = Notification(topicName: "topic", timestamp: now, event: event)
        let entry = JournalEntry(
            key: "event-\(count)",
            source: source,
            topic: "topic",
            agentID: "agent",
            receivedAt: now,
            body: []
        )
        return engine.take(notification, from: entry, now: now, into: &record)
    }

    mutating func report(
        _ state: DeliveryState,
        _ news: WriteNews? = nil,
        error: DeliveryStatus.Failure? = nil
    ) -> DecisionEngine.Outcome {
        let report = DeliveryReport(
            agentID: "agent",
            revision: record.wish?.revision ?? 0,
            status: DeliveryStatus(state: state, attempts: 1, at: now, error: error),
            summary: "report",
            news: news
        )
        return engine.take(report, now: now, into: &record)
    }

    mutating func presence(_ target: PresenceTarget) -> DecisionEngine.Outcome {
        var seen = PresenceObservation()
        seen.definitionID = target.definitionID
        seen.system = target.system
        seen.modifiedAt = now.advanced(by: .milliseconds(50))
        return take(.presence(userID: "agent", seen))
    }

    mutating func call(_ attributes: [String: String], state: String = "connected") -> DecisionEngine.Outcome {
        take(.conversation(userID: "agent", .call(attributes: attributes, state: state)))
    }
}

private let available = PresenceTarget(definitionID: "available", system: .available)
private let meal = PresenceTarget(definitionID: "meal", system: .meal)

@Suite("DecisionEngine")
struct DecisionEngineTests {
    @Test("a flagged call wants the status, its end wants the earlier presence back")
    func story() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        let flagged = desk.call(["wfm_status": "Break"])
        #expect(flagged.command?.target == DecisionEngine.breakTarget)
        #expect(flagged.history.map(\.kind) == [.event, .decision])
        let why = String(decoding: flagged.history.last?.detail ?? [], as: UTF8.self)
        for part in [#""changes":[{"#, #""trace":[{"#, #""wish":1"#, #""target":""#, #""rulesVersion":""#] {
            #expect(why.contains(part), "\(why)")
        }
        #expect(desk.record.delivery?.state == .pending)
        _ = desk.report(.sent, .sent(definitionID: "break"))
        // The next event says when the presence was modified: 50 ms from now.
        let write = AcceptedWrite(definitionID: "break", modifiedAt: desk.now.advanced(by: .milliseconds(50)))
        _ = desk.report(.accepted, .accepted(write))
        let echo = desk.presence(DecisionEngine.breakTarget)
        #expect(echo.command == nil, "our own echo causes no second call")
        #expect(echo.history.map(\.kind) == [.event, .guarded])
        #expect(desk.record.presenceIsOurs)
        _ = desk.report(.confirmed)
        let ended = desk.call([:], state: "terminated")
        #expect(ended.command?.target?.definitionID == "available")
        #expect(desk.record.episodes.episode == nil)
    }

    @Test("an agent whose presence is unknown is read before anything is wanted")
    func unknown() throws {
        var desk = try Desk()
        #expect(desk.call(["wfm_status": "Break"]).command == .read)
        var seen = PresenceObservation()
        seen.definitionID = "available"
        seen.system = .available
        seen.modifiedAt = Timestamp(milliseconds: 5)
        let read = desk.take(.presence(userID: "agent", seen), source: .observation)
        #expect(read.command?.target == DecisionEngine.breakTarget, "an old modifiedDate of a read is no old event")
        #expect(read.history.first?.kind == .observation)
    }

    @Test("mode observe records the wish and calls nothing")
    func observe() throws {
        var desk = try Desk(mode: .observe)
        _ = desk.presence(available)
        #expect(desk.call(["wfm_status": "Break"]).command == nil)
        #expect(desk.record.delivery?.state == .observed)
        #expect(desk.record.episodes.episode?.status == "Break")
    }

    @Test("a flag that goes before its write is sent wants the earlier presence: the write may just be leaving")
    func withdrawn() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        #expect(desk.call(["wfm_status": "none"]).command?.target?.definitionID == "available")
        #expect(desk.record.delivery?.state == .pending)
    }

    @Test("after a restart in mode observe nothing of what was under way is written")
    func resumesObserving() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        desk.engine = try .flagged(mode: .observe)
        #expect(desk.engine.resume(now: desk.now, into: &desk.record) == nil)
        #expect(desk.record.delivery?.state == .observed)
    }

    @Test("a read that a restart has lost is asked for again")
    func lostRead() throws {
        var desk = try Desk()
        #expect(desk.call(["wfm_status": "Break"]).command == .read)
        #expect(desk.engine.resume(now: desk.now, into: &desk.record) == nil)
        let look = desk.engine.look(
            eventKey: "restart",
            eventTime: desk.record.heardAt,
            now: desk.now,
            into: &desk.record
        )
        #expect(look.command == .read)
    }

    @Test("a look after a restart sets nothing for what was heard long ago")
    func oldNews() throws {
        var desk = try Desk(mode: .act)
        _ = desk.presence(available)
        _ = desk.call([:])
        let calm = desk.record
        _ = desk.call(["wfm_status": "Break"])
        var record = calm
        record.facts = desk.record.facts
        let later = desk.now.advanced(by: .seconds(3600))
        #expect(
            desk.engine.look(eventKey: "restart", eventTime: record.heardAt, now: later, into: &record).command == nil
        )
    }

    @Test("a write whose outcome is unknown is undone at the end of the episode")
    func unknownOutcome() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        _ = desk.report(.sent, .sent(definitionID: "break"))
        #expect(desk.call([:], state: "terminated").command?.target?.definitionID == "available")
    }

    @Test("a refused write is a dead letter with the reason, and nothing is restored after it")
    func refused() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        _ = desk.report(.sent, .sent(definitionID: "break"))
        let refused = desk.report(.failed, .refused, error: .init(code: "forbidden", message: "grant it"))
        #expect(refused.deadLetters.count == 1)
        #expect(desk.call([:], state: "terminated").command == nil)
    }

    @Test("a refused write is tried again on request while its episode lives, and only then")
    func triedAgain() throws {
        var desk = try Desk()
        #expect(desk.engine.tryAgain(eventKey: "k", now: desk.now, into: &desk.record) == nil)
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        #expect(desk.engine.tryAgain(eventKey: "k", now: desk.now, into: &desk.record) == nil, "it is under way")
        _ = desk.report(.sent, .sent(definitionID: "break"))
        _ = desk.report(.failed, .refused, error: .init(code: "forbidden", message: "grant it"))
        let first = try #require(desk.record.wish)
        let again = try #require(desk.engine.tryAgain(eventKey: "k", now: desk.now, into: &desk.record))
        #expect(again.command?.target == DecisionEngine.breakTarget)
        #expect(again.history.map(\.kind) == [.decision])
        #expect(desk.record.delivery == DeliveryStatus(state: .pending, attempts: 0, at: desk.now))
        #expect(desk.record.wish?.revision == first.revision + 1)
        _ = desk.report(.failed, .refused, error: .init(code: "forbidden", message: "grant it"))
        _ = desk.call([:], state: "terminated")
        #expect(desk.engine.tryAgain(eventKey: "k", now: desk.now, into: &desk.record) == nil, "nobody wants it now")
    }

    @Test("a restore that failed is tried again on request unless somebody has changed the presence since")
    func restoreTriedAgain() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        _ = desk.report(.sent, .sent(definitionID: "break"))
        let write = AcceptedWrite(definitionID: "break", modifiedAt: desk.now.advanced(by: .milliseconds(50)))
        _ = desk.report(.accepted, .accepted(write))
        _ = desk.presence(DecisionEngine.breakTarget)
        _ = desk.report(.confirmed)
        #expect(desk.call([:], state: "terminated").command?.target?.definitionID == "available")
        _ = desk.report(.failed, .refused, error: .init(code: "forbidden", message: "grant it"))
        let again = desk.engine.tryAgain(eventKey: "k", now: desk.now, into: &desk.record)
        #expect(again?.command?.target?.definitionID == "available")
        _ = desk.report(.failed, .refused, error: .init(code: "forbidden", message: "grant it"))
        _ = desk.presence(meal)
        #expect(desk.engine.tryAgain(eventKey: "k", now: desk.now, into: &desk.record) == nil)
    }

    @Test("what was restored is the agent's choice, also while the facts still show what we had set")
    func restoredAndNotSeenYet() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        func write(_ id: String) {
            _ = desk.report(.sent, .sent(definitionID: id))
            let at = desk.now.advanced(by: .milliseconds(50))
            _ = desk.report(.accepted, .accepted(AcceptedWrite(definitionID: id, modifiedAt: at)))
        }
        _ = desk.call(["wfm_status": "Break"])
        write("break")
        _ = desk.presence(DecisionEngine.breakTarget)
        _ = desk.report(.confirmed)
        #expect(desk.call(["wfm_status": ""]).command?.target?.definitionID == "available")
        write("available")
        // Confirmed by a read whose observation has not come yet.
        _ = desk.report(.confirmed)
        #expect(desk.call(["wfm_status": "Break"]).command?.target == DecisionEngine.breakTarget)
        write("break")
        #expect(desk.call(["wfm_status": ""]).command?.target?.definitionID == "available")
        write("available")
        _ = desk.report(.confirmed)
        #expect(desk.record.episodes.releasing != nil)
        _ = desk.presence(meal)
        #expect(desk.record.episodes.releasing == nil, "the facts show more than what we had set")
        #expect(desk.call(["wfm_status": "Break"]).command?.target == DecisionEngine.breakTarget)
        #expect(desk.call(["wfm_status": ""]).command?.target?.definitionID == "meal")
    }

    @Test("a release is not over while what is shown is older than its write: what we had set is nobody's choice")
    func shownLate() throws {
        var desk = try RuleDesk(
            """
              - name: flagged
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break }
            """
        )
        func write(_ id: String) -> Timestamp {
            desk.pass(.seconds(1))
            _ = desk.report(.sent, .sent(definitionID: id))
            _ = desk.report(.accepted, .accepted(AcceptedWrite(definitionID: id, modifiedAt: desk.now)))
            return desk.now
        }
        _ = desk.presence("available", .available)
        #expect(desk.call("c1", flag: "Break").wanted == "break")
        let broken = write("break")
        _ = desk.report(.confirmed)
        desk.pass(.seconds(1))
        #expect(desk.call("c1", flag: "Break", state: "terminated").wanted == "available")
        _ = write("available")
        // By a read that the journal holds behind the events of before.
        _ = desk.report(.confirmed)
        var late = PresenceObservation()
        late.definitionID = "break"
        late.system = .break
        late.modifiedAt = broken
        _ = desk.take(.presence(userID: "agent", late))
        desk.pass(.seconds(1))
        #expect(desk.call("c2", flag: "Break").lines.first?.contains("wants Break") == true)
        desk.pass(.seconds(1))
        #expect(desk.call("c2", flag: "Break", state: "terminated").wanted == "available")
    }

    @Test("a change by hand that was seen while the write was under way is told by the answer")
    func raceWithHand() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        _ = desk.report(.sent, .sent(definitionID: "break"))
        let sentAt = desk.now
        #expect(desk.presence(meal).command == nil)
        let answered = desk.report(
            .accepted,
            .accepted(AcceptedWrite(definitionID: "break", modifiedAt: sentAt.advanced(by: .milliseconds(10))))
        )
        #expect(desk.record.episodes.episode == nil)
        #expect(answered.command?.target?.definitionID == "meal", "nothing but their own choice is wanted")
    }

    @Test("the state survives its stored form")
    func stored() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        let copy = try AgentRecord(stored: try desk.record.stored())
        #expect(copy == desk.record)
    }
}

extension DecisionEngine.Command {
    fileprivate var target: PresenceTarget? {
        if case .want(let wish) = self { return wish.target }
        return nil
    }
}
