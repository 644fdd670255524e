// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysEvents
import Journal
import StatusRules
import Testing

@testable import Pipeline

@Suite("DecisionEngine: adherence")
struct AdherenceDecisionTests {
    private func verdict(
        _ desk: inout ErrandDesk,
        _ state: AdherenceVerdict.State,
        _ reason: AdherenceVerdict.Reason? = nil,
        revision: Int? = nil
    ) -> DecisionEngine.Outcome {
        let report = AdherenceReport(
            agentID: "agent",
            revision: revision ?? desk.record.wish?.revision ?? 0,
            verdict: AdherenceVerdict(state: state, at: desk.now, reason: reason, message: reason.map { "it is \($0)" })
        )
        return desk.engine.take(report, now: desk.now, into: &desk.record)
    }

    @Test("a confirmed status is checked in adherence, and put where the status says so")
    func confirmed() throws {
        var desk = try ErrandDesk()
        let outcome = desk.confirmBreak()
        #expect(
            outcome.adherenceCheck
                == AdherenceCheck(revision: 1, target: DecisionEngine.breakTarget, confirmedAt: desk.now)
        )
        #expect(desk.record.adherence?.state == .pending)
        #expect(outcome.errands.map(\.work) == [.putAdherence(status: "Break", definitionID: "break")])
        #expect(outcome.errands.map(\.rule) == ["flagged"])
        #expect(verdict(&desk, .confirmed).history.map(\.summary) == ["confirmed in adherence"])
        #expect(desk.record.adherence?.state == .confirmed)
        #expect(verdict(&desk, .confirmed).history.isEmpty, "no news")
    }

    @Test("a verdict that differs is told with its reason")
    func differs() throws {
        var desk = try ErrandDesk()
        _ = desk.confirmBreak()
        #expect(verdict(&desk, .pending).history.isEmpty)
        let outcome = verdict(&desk, .differs, .schedule)
        #expect(outcome.history.map(\.summary) == ["presence confirmed, adherence differs: it is schedule"])
        #expect(outcome.history.map(\.kind) == [.observation])
        #expect(verdict(&desk, .differs, .lag).history.count == 1, "another reason is news")
    }

    @Test("a verdict about an earlier wish is passed over, and a new wish has none")
    func stale() throws {
        var desk = try ErrandDesk()
        _ = desk.confirmBreak()
        #expect(verdict(&desk, .differs, .lag, revision: 0).history.isEmpty)
        #expect(desk.record.adherence?.state == .pending)
        let released = desk.call("none")
        #expect(released.command != nil)
        #expect(desk.record.adherence == nil)
        #expect(verdict(&desk, .confirmed).history.isEmpty, "nobody asks about what is put back")
        #expect(desk.delivery(.confirmed).adherenceCheck == nil)
    }

    @Test("an agent who chooses otherwise is not asked about any more")
    func changedByHand() throws {
        var desk = try ErrandDesk()
        _ = desk.confirmBreak()
        var meal = PresenceObservation()
        meal.definitionID = "meal"
        meal.system = .meal
        meal.modifiedAt = desk.now.advanced(by: .milliseconds(50))
        _ = desk.take(.presence(userID: "agent", meal))
        #expect(desk.record.episodes.episode == nil)
        #expect(desk.record.adherence == nil)
        #expect(verdict(&desk, .differs, .other).history.isEmpty)
    }

    @Test("without verify.adherence, or the status asking for it, nothing of it happens")
    func off() throws {
        var desk = try ErrandDesk(
            """
            statuses: { Break: { presence: Break } }
            rules: [{ name: r, when: { conversation: { attributes.wfm_status: Break } }, then: { status: Break } }]
            """
        )
        desk.engine.verifiesAdherence = false
        let outcome = desk.confirmBreak()
        #expect(outcome.adherenceCheck == nil)
        #expect(outcome.errands == [])
        #expect(desk.record.adherence == nil)
    }

    @Test("a verdict that a restart has cost is asked for again, while adherence is verified")
    func restart() throws {
        var desk = try ErrandDesk()
        let check = desk.confirmBreak().adherenceCheck
        desk.record = try AgentRecord(stored: try desk.record.stored())
        var off = desk
        #expect(desk.engine.takeUp(now: desk.now, into: &desk.record).adherenceCheck == check)
        _ = verdict(&desk, .confirmed)
        #expect(desk.engine.takeUp(now: desk.now, into: &desk.record).adherenceCheck == nil)
        off.engine.verifiesAdherence = false
        #expect(off.engine.takeUp(now: off.now, into: &off.record).adherenceCheck == nil)
        #expect(off.record.adherence == nil)
    }
}
