// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Foundation
import GenesysEvents
import Journal
import StatusRules
import Testing

@testable import Pipeline

extension Errand {
    fileprivate var message: NotificationMessage? {
        if case .notify(let message) = work { message } else { nil }
    }
}

@Suite("DecisionEngine: webhooks of rules")
struct NotificationDecisionTests {
    private static let rules = """
        statuses: { Break: { presence: Break } }
        rules:
          - name: flagged
            when: { conversation: { attributes.wfm_status: Break } }
            then:
              status: Break
              notify: { to: wallboard, data: { team: "${conversation.attributes.team}" } }
        """

    @Test("a message says who, what, why and since when, and is stored before it is sent")
    func begins() throws {
        var desk = try ErrandDesk(Self.rules)
        desk.available()
        desk.record.facts.name = "Zoë"
        let outcome = desk.call("Break", team: "Blue")
        let message = try #require(outcome.errands.first?.message)
        #expect(outcome.errands == desk.record.errands)
        #expect(message.endpoint == "wallboard")
        #expect(message.agentID == "agent")
        #expect(message.agentName == "Zoë")
        #expect(message.rule == "flagged")
        #expect(message.status == "Break")
        #expect(message.conversationID == "c")
        #expect(message.since == desk.now)
        #expect(message.timestamp == desk.now)
        #expect(message.rulesVersion == desk.engine.rules.version)
        #expect(message.data == ["team": "Blue"])
        #expect(outcome.errandHistory.map(\.summary) == ["rule 'flagged' wants to notify wallboard with team=Blue"])
        // Once per episode, and a new message for a new one.
        #expect(desk.call("Break", team: "Red").errands == [])
        _ = desk.call("")
        let again = try #require(desk.call("Break").errands.first?.message)
        #expect(again.id != message.id)
    }

    @Test("after a restart the very same message is handed out again, until it is taken")
    func restart() throws {
        var desk = try ErrandDesk(Self.rules)
        desk.available()
        let errand = try #require(desk.call("Break", team: "Blue").errands.first)
        desk.record = try AgentRecord(stored: try desk.record.stored())
        #expect(desk.engine.takeUp(now: desk.now, into: &desk.record).errands == [errand])
        let pending = desk.report(errand, .pending)
        #expect(pending.errandHistory.map(\.kind) == [.call])
        #expect(desk.record.errands == [errand])
        _ = desk.report(errand, .done)
        desk.record = try AgentRecord(stored: try desk.record.stored())
        #expect(desk.engine.takeUp(now: desk.now, into: &desk.record).errands == [])
    }

    @Test("one that failed for good is a dead letter, and a retry sends the same message with the same id")
    func deadLetter() throws {
        var desk = try ErrandDesk(Self.rules)
        desk.available()
        let errand = try #require(desk.call("Break", team: "Blue").errands.first)
        let failed = desk.report(errand, .failed)
        let letter = try #require(failed.deadLetters.first)
        #expect(DeadLetterKind(letter) == .errand)
        let retried = desk.engine.tryAgain(letter: letter.event, eventKey: "retry:1", now: desk.now, into: &desk.record)
        let again = try #require(retried?.errands.first)
        #expect(again.id != errand.id)
        #expect(again.message == errand.message)
    }

    @Test("mode observe sends nothing and says what it would send; so do old events")
    func observe() throws {
        var desk = try ErrandDesk(Self.rules, mode: .observe)
        desk.available()
        let outcome = desk.call("Break")
        #expect(outcome.errands == [])
        #expect(desk.record.errands == [])
        #expect(outcome.errandHistory.map(\.summary) == ["mode observe: rule 'flagged' would notify wallboard"])
        var late = try ErrandDesk(Self.rules)
        late.available()
        let old = late.call("Break", age: .seconds(3600))
        #expect(old.errands == [])
        #expect(old.errandHistory.map(\.kind) == [.guarded])
        #expect(old.errandHistory.first?.summary.hasPrefix("rule 'flagged' would notify wallboard: ") == true)
    }
}
