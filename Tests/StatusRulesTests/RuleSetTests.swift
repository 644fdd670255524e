// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents
import StatusRules
import Testing

@Suite("RuleSet")
struct RuleSetTests {
    @Test("the first rule whose conditions hold decides; the trace goes on to the last")
    func firstMatch() throws {
        let rules = try RuleSet.mock(
            """
              - { name: one, when: { presence: Meal }, then: { status: Admin } }
              - { name: two, when: { presence: Break }, then: { status: Meeting, release: keep } }
              - { name: three, when: { presence: Break }, then: { status: Break } }
            """
        )
        #expect(rules.ruleNames == ["one", "two", "three"])
        let facts = AgentFacts.mock { $0.presence = PresenceFacts(system: .break) }
        let evaluation = rules.evaluate(facts)
        #expect(
            evaluation.match
                == RuleMatch(rule: "two", status: "Meeting", behavior: RuleBehavior(release: .keep), order: 1)
        )
        #expect(
            evaluation.trace == [
                RuleTrace(rule: "one", matched: false, failure: "presence.system: wanted Meal, is BREAK"),
                RuleTrace(rule: "two", matched: true),
                RuleTrace(rule: "three", matched: true),
            ]
        )
        #expect(rules.evaluate(facts, tracing: false) == Evaluation(match: evaluation.match, trace: []))
    }

    @Test("without rules nothing is wanted")
    func noRules() {
        let diagnostics = Diagnostics()
        let rules = RuleSet.compile(statuses: nil, rules: nil, diagnostics: diagnostics)
        #expect(rules?.evaluate(.mock(.mock())) == Evaluation(match: nil, trace: []))
        #expect(diagnostics.all == [])
    }

    @Test("all conditions on a conversation are about one and the same")
    func sameConversation() throws {
        let rules = try RuleSet.when("{ conversation: { media: call, held: true } }")
        let held = ConversationFacts.mock("c2", media: .chat) { $0.held = true }
        #expect(
            rules.failure(.mock(.mock("c1"), held))
                == "conversation.held: wanted true, is false (conversation c1)"
        )
        let both = AgentFacts.mock(held, .mock("c3") { $0.held = true })
        #expect(rules.failure(both) == nil)
        #expect(rules.evaluate(both).match?.conversationID == "c3")
    }

    @Test("of several conversations that match, the one connected last decides, in whatever order they came")
    func deterministicChoice() throws {
        let rules = try RuleSet.mock(
            "  - { name: r, when: { conversation: {} }, then: { status: \"${conversation.attributes.s}\" } }"
        )
        let conversations = [
            ConversationFacts.mock("a", attributes: ["s": "Break"]) { $0.connectedAt = Timestamp(milliseconds: 1) },
            ConversationFacts.mock("b", attributes: ["s": "Meeting"]) { $0.connectedAt = Timestamp(milliseconds: 2) },
            ConversationFacts.mock("c", attributes: ["s": "Admin"]) { $0.connectedAt = Timestamp(milliseconds: 2) },
            ConversationFacts.mock("d", attributes: ["s": "Nonsense"]) { $0.connectedAt = Timestamp(milliseconds: 9) },
            ConversationFacts.mock("e", attributes: ["s": "Admin"]),
        ]
        for shift in conversations.indices {
            let facts = AgentFacts.mock { $0.conversations = Array(conversations[shift...] + conversations[..<shift]) }
            #expect(rules.evaluate(facts).match == RuleMatch(rule: "r", status: "Meeting", conversationID: "b"))
        }
    }

    @Test("after-call work counts only where the condition names state or afterCallWork")
    func afterCallWork() throws {
        let facts = AgentFacts.mock(.inAfterCallWork())
        #expect(
            try RuleSet.when("{ conversation: { media: call } }").failure(facts)
                == "conversation: no live conversation (one is in after-call work, which counts only for a condition on"
                + " state or afterCallWork)"
        )
        #expect(try RuleSet.when("{ conversation: { afterCallWork: pending } }").failure(facts) == nil)
        #expect(try RuleSet.when("{ conversation: { state: [connected, disconnected] } }").failure(facts) == nil)
        #expect(try RuleSet.when("{ conversation: { not: { state: connected } } }").failure(facts) == nil)
        #expect(try RuleSet.when("{ not: { conversation: {} } }").failure(facts) == nil)
    }

    @Test("an ended conversation whose state still reads connected is not connected")
    func staleState() throws {
        let facts = AgentFacts.mock(.inAfterCallWork(state: "connected"))
        #expect(
            try RuleSet.when("{ conversation: { state: connected } }").failure(facts)
                == "conversation.state: wanted connected, is disconnected"
        )
    }

    @Test("a conversation that is over is not there")
    func ended() throws {
        let over = ConversationFacts.mock {
            $0.isEnded = true
            $0.afterCallWork = "complete"
        }
        #expect(
            try RuleSet.when("{ conversation: { state: connected } }").failure(.mock(over))
                == "conversation: no live conversation"
        )
    }

    @Test("the version follows what can change a decision and nothing else")
    func version() throws {
        let one = try RuleSet.when("{ presence: Break, conversation: { attributes.a: b } }")
        let same = try RuleSet.when("{  conversation: { \"attributes.a\": 'b' }, presence: \"Break\" }")
        let other = try RuleSet.when("{ presence: Break, conversation: { attributes.a: c } }")
        #expect(one.version == same.version)
        #expect(one.version != other.version)
        #expect(one.version.count == 16)
        // The value is part of journals: another algorithm would make old decisions look like other rules.
        let none = RuleSet.compile(statuses: nil, rules: nil, diagnostics: Diagnostics())
        #expect(none?.version == "07d01707b497e58f")
    }
}
