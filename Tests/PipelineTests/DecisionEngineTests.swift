// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysEvents
import Journal
@testable import Pipeline
import StatusRules
import Testing

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
            key: "event-\(count)", source: source, topic: "topic", agentID: "agent", receivedAt: now, body: []
        )
        return engine.take(notification, from: entry, now: now, into: &record)
    }

    mutating func report(
        _ state: DeliveryState, write: AcceptedWrite? = nil, error: DeliveryStatus.Failure? = nil
    ) -> DecisionEngine.Outcome {
        let report = DeliveryReport(
            agentID: "agent",
            revision: record.wish?.revision ?? 0,
            status: DeliveryStatus(state: state, attempts: 1, at: now, error: error),
            acceptedWrite: write,
            summary: "report"
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
        #expect(desk.record.delivery?.state == .pending)
        _ = desk.report(.sent)
        // The next event says when the presence was modified: 50 ms from now.
        let write = AcceptedWrite(definitionID: "break", modifiedAt: desk.now.advanced(by: .milliseconds(50)))
        _ = desk.report(.accepted, write: write)
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

    @Test("a flag that goes before its write is sent withdraws the wish")
    func withdrawn() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        #expect(desk.call(["wfm_status": "none"]).command == .withdraw)
        #expect(desk.record.delivery?.state == .superseded)
    }

    @Test("a write whose outcome is unknown is undone at the end of the episode")
    func unknownOutcome() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        _ = desk.report(.sent)
        #expect(desk.call([:], state: "terminated").command?.target?.definitionID == "available")
    }

    @Test("a refused write is a dead letter with the reason, and nothing is restored after it")
    func refused() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        _ = desk.report(.sent)
        let refused = desk.report(.failed, error: .init(code: "forbidden", message: "grant it"))
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
        _ = desk.report(.sent)
        _ = desk.report(.failed, error: .init(code: "forbidden", message: "grant it"))
        let first = try #require(desk.record.wish)
        let again = try #require(desk.engine.tryAgain(eventKey: "k", now: desk.now, into: &desk.record))
        #expect(again.command?.target == DecisionEngine.breakTarget)
        #expect(again.history.map(\.kind) == [.decision])
        #expect(desk.record.delivery == DeliveryStatus(state: .pending, attempts: 0, at: desk.now))
        #expect(desk.record.wish?.revision == first.revision + 1)
        _ = desk.report(.failed, error: .init(code: "forbidden", message: "grant it"))
        _ = desk.call([:], state: "terminated")
        #expect(desk.engine.tryAgain(eventKey: "k", now: desk.now, into: &desk.record) == nil, "nobody wants it now")
    }

    @Test("a restore that failed is tried again on request unless somebody has changed the presence since")
    func restoreTriedAgain() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        _ = desk.report(.sent)
        let write = AcceptedWrite(definitionID: "break", modifiedAt: desk.now.advanced(by: .milliseconds(50)))
        _ = desk.report(.accepted, write: write)
        _ = desk.presence(DecisionEngine.breakTarget)
        _ = desk.report(.confirmed)
        #expect(desk.call([:], state: "terminated").command?.target?.definitionID == "available")
        _ = desk.report(.failed, error: .init(code: "forbidden", message: "grant it"))
        let again = desk.engine.tryAgain(eventKey: "k", now: desk.now, into: &desk.record)
        #expect(again?.command?.target?.definitionID == "available")
        _ = desk.report(.failed, error: .init(code: "forbidden", message: "grant it"))
        _ = desk.presence(meal)
        #expect(desk.engine.tryAgain(eventKey: "k", now: desk.now, into: &desk.record) == nil)
    }

    @Test("a change by hand that was seen while the write was under way is told by the answer")
    func raceWithHand() throws {
        var desk = try Desk()
        _ = desk.presence(available)
        _ = desk.call(["wfm_status": "Break"])
        _ = desk.report(.sent)
        let sentAt = desk.now
        #expect(desk.presence(meal).command == nil)
        let answered = desk.report(
            .accepted, write: AcceptedWrite(definitionID: "break", modifiedAt: sentAt.advanced(by: .milliseconds(10)))
        )
        #expect(desk.record.episodes.episode == nil)
        #expect(answered.command == .withdraw)
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
