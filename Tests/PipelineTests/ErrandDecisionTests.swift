// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Foundation
import GenesysAPI
import GenesysEvents
import Journal
import StatusRules
import Testing

@testable import Pipeline

@Suite("DecisionEngine: errands")
struct ErrandDecisionTests {
    @Test("a rule's tag and explanation are wanted once, when it begins to match, and kept until they are done")
    func begins() throws {
        var desk = try ErrandDesk()
        desk.available()
        let outcome = desk.call("Break")
        #expect(outcome.errands.map(\.kind) == ["tag", "explain"])
        #expect(outcome.errands == desk.record.errands)
        #expect(outcome.errandHistory.map(\.kind) == [.decision, .decision])
        #expect(outcome.errandHistory[0].summary == "rule 'flagged' wants to tag conversation c with wfm_status=Break")
        #expect(outcome.errands[0].work == .tag(conversationID: "c", attributes: ["wfm_status": "Break"]))
        let start = Timestamp(milliseconds: 1_699_999_980_000)
        #expect(
            outcome.errands[1].work
                == .explain(AdherenceExplanation(start: start, minutes: 15, status: "Approved", notes: "flagged")),
            "from the whole minute in which the episode began"
        )
        #expect(desk.call("Break").errands == [])
        let look = desk.engine.look(eventKey: "restart", now: desk.now, into: &desk.record)
        #expect(look.errands == [])
    }

    @Test("a changed tag value is a new errand, and a value that comes back is not")
    func oncePerValue() throws {
        var desk = try ErrandDesk()
        desk.available()
        _ = desk.call("Break", team: "red")
        #expect(desk.call("Break", team: "blue").errands.map(\.kind) == ["tag"])
        #expect(desk.call("Break", team: "red").errands == [])
        #expect(Set(desk.record.errands.map(\.id)).count == 3)
    }

    @Test("a tag needs no presence to be known, and a second conversation gets its own")
    func conversations() throws {
        var desk = try ErrandDesk()
        let first = desk.call("Break")
        #expect(first.command == .read)
        #expect(first.errands.map(\.kind) == ["tag", "explain"])
        #expect(desk.call("Break", "d").errands.map(\.kind) == ["tag"])
    }

    @Test("mode observe says what would be done, and does nothing")
    func observe() throws {
        var desk = try ErrandDesk(mode: .observe)
        desk.available()
        let outcome = desk.call("Break")
        #expect(outcome.errands == [])
        #expect(desk.record.errands == [])
        #expect(outcome.errandHistory.map(\.summary).allSatisfy { $0.hasPrefix("mode observe: rule 'flagged' would ") })
        #expect(outcome.errandHistory.count == 2)
        #expect(desk.call("Break").errandHistory.count == 0, "said once")
    }

    @Test("nothing is done for an excluded agent or an old event, and the history says why")
    func guards() throws {
        var excluded = try ErrandDesk(policy: EpisodePolicy(mayTouch: { _ in false }))
        let refused = excluded.call("Break")
        #expect(refused.errands == [])
        #expect(refused.errandHistory.map(\.kind) == [.guarded, .guarded])
        var desk = try ErrandDesk()
        #expect(desk.call("Break", age: .seconds(3600)).errands == [])
        #expect(desk.call("Break").errands.count == 2, "what is fresh counts")
    }

    @Test("behind for: all is wanted when the time is reached, once, and the trace tells of the time before and then")
    func held() throws {
        var desk = try ErrandDesk(
            """
            rules:
              - name: long
                when: { conversation: { attributes.wfm_status: Break }, for: 5m }
                then:
                  tag: { waited: "${rule}" }
                  explain: { minutes: 15 }
                  notify: { to: wallboard }
            """
        )
        desk.available()
        #expect(desk.call("Break").errandHistory.isEmpty)
        let due = desk.now.advanced(by: .seconds(300))
        #expect(desk.record.wakeAt == due)
        desk.now = due.advanced(by: .milliseconds(-101))
        let early = desk.call("Break", team: "red")
        #expect(early.errands.isEmpty && early.errandHistory.isEmpty, "a millisecond is left")
        let waiting = desk.engine.evaluation(of: desk.record, now: desk.now).trace
        #expect(waiting.first?.failure?.hasPrefix("for: wanted 5m, has held for ") == true)

        desk.now = due
        let reached = desk.engine.wake(now: due, into: &desk.record)
        #expect(reached.errands.map(\.kind) == ["tag", "explain", "notify"])
        #expect(reached.errands.allSatisfy { $0.since == due })
        for line in reached.errandHistory {
            let detail = try JSONDecoder().decode(ErrandDetail.self, from: Data(line.detail))
            #expect(detail.eventKey == "timer")
            #expect(detail.trace?.map(\.matched) == [true])
        }
        // Every later look is of the same episode, also when all is done.
        for errand in reached.errands { _ = desk.report(errand, .done) }
        #expect(desk.call("Break", team: "blue").errands.isEmpty)
        #expect(desk.routing("IDLE").errands.isEmpty)
        desk.now = due.advanced(by: .seconds(3600))
        #expect(desk.engine.wake(now: desk.now, into: &desk.record).errands.isEmpty)
        #expect(desk.engine.look(eventKey: "resync", now: desk.now, into: &desk.record).errands.isEmpty)

        // A break in it is a new beginning, and another five minutes.
        _ = desk.call("none")
        #expect(desk.call("Break").errands.isEmpty)
        desk.now = try #require(desk.record.wakeAt)
        let again = desk.engine.wake(now: desk.now, into: &desk.record)
        #expect(again.errands.map(\.kind) == ["tag", "explain", "notify"])
    }

    @Test("no time is explained twice, unless the first explanation failed")
    func overlap() throws {
        var desk = try ErrandDesk()
        desk.available()
        let first = desk.call("Break").errands
        _ = desk.call("none")
        let second = desk.call("Break")
        #expect(second.errands.map(\.kind) == ["tag"])
        let guarded = try #require(second.errandHistory.first { $0.kind == .guarded })
        #expect(guarded.summary.hasSuffix("are explained already"))
        let explanation = try #require(first.last)
        _ = desk.report(explanation, .failed)
        _ = desk.call("none")
        #expect(desk.call("Break").errands.map(\.kind) == ["tag", "explain"])
        _ = desk.call("none")
        desk.now = desk.now.advanced(by: .seconds(900))
        #expect(desk.call("Break").errands.map(\.kind) == ["tag", "explain"], "another quarter of an hour")
        desk.now = desk.now.advanced(by: .seconds(86_400 + 900))
        _ = desk.call("none")
        _ = desk.call("Break")
        #expect(desk.record.explained.count == 1, "spans of the day before are forgotten")
    }

    @Test("Not Responding is cleared each time anew, and only that")
    func routingStatus() throws {
        var desk = try ErrandDesk()
        #expect(desk.routing("IDLE").errands == [])
        #expect(desk.routing("NOT_RESPONDING").errands.map(\.work) == [.routingStatus("IDLE")])
        #expect(desk.routing("NOT_RESPONDING").errands == [])
        #expect(desk.routing("IDLE").errands == [])
        #expect(desk.routing("NOT_RESPONDING").errands.count == 1)
    }

    @Test("a report that is final ends an errand, each in its way", arguments: ErrandState.allCases)
    func reports(state: ErrandState) throws {
        var desk = try ErrandDesk()
        let errand = try #require(desk.call("Break").errands.first)
        let outcome = desk.report(errand, state)
        #expect(outcome.errandHistory.map(\.summary) == ["it is \(state)"])
        #expect(outcome.errandHistory.map(\.kind) == [.call])
        #expect(desk.record.errands.contains(errand) == !state.isFinal)
        #expect(outcome.deadLetters.count == (state == .failed ? 1 : 0))
        guard state.isFinal else { return }
        let late = desk.report(errand, state)
        #expect(late.errandHistory.isEmpty && late.deadLetters.isEmpty, "a stale report is passed over")
    }

    @Test("a failed errand is tried again from its dead letter, under another id")
    func triedAgain() throws {
        var desk = try ErrandDesk()
        desk.available()
        for errand in desk.call("Break").errands + desk.routing("NOT_RESPONDING").errands {
            let letter = try #require(desk.report(errand, .failed).deadLetters.first)
            #expect(DecisionEngine.isAboutErrand(letter.event))
            let outcome = desk.engine.tryAgain(letter: letter.event, eventKey: "k", now: desk.now, into: &desk.record)
            let again = try #require(outcome?.errands.first)
            #expect(again.work == errand.work)
            #expect(again.rule == errand.rule)
            #expect(again.id != errand.id)
            #expect(desk.record.errands.contains(again))
        }
        let notAnErrand = Array(#"{"state":"failed","attempts":1}"#.utf8)
        #expect(!DecisionEngine.isAboutErrand(notAnErrand))
        #expect(desk.engine.tryAgain(letter: notAnErrand, eventKey: "k", now: desk.now, into: &desk.record) == nil)
    }

    @Test("a template never puts an agent On Queue through a definition that turns out to be On Queue")
    func onQueue() throws {
        var desk = try ErrandDesk(
            """
            statuses: { Ready: { presence: { label: Ready } } }
            rules:
              - { name: r, when: { conversation: {} }, then: { status: "${conversation.attributes.wfm_status}" } }
            """
        )
        desk.engine = DecisionEngine(
            rules: desk.engine.rules,
            targets: ["Ready": PresenceTarget(definitionID: "ready", system: .onQueue)],
            policy: EpisodePolicy(),
            mode: .act
        )
        desk.available()
        #expect(desk.call("Ready").command == nil)
    }

    @Test("after a restart all that is not done is handed out again, in mode observe nothing")
    func restart() throws {
        var desk = try ErrandDesk()
        desk.available()
        let errands = desk.call("Break").errands
        _ = desk.report(errands[0], .done)
        desk.record = try AgentRecord(stored: try desk.record.stored())
        var observing = desk
        observing.engine.mode = .observe
        let outcome = desk.engine.takeUp(now: desk.now, into: &desk.record)
        #expect(outcome.errands == [errands[1]])
        #expect(outcome.errandHistory.isEmpty)
        let none = observing.engine.takeUp(now: observing.now, into: &observing.record)
        #expect(none.errands == [])
        #expect(none.errandHistory.map(\.kind) == [.guarded])
        #expect(observing.record.errands == [])
    }
}
