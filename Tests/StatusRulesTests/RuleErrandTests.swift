// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents
import StatusRules
import Testing

@Suite("RuleErrand")
struct RuleErrandTests {
    private func work(_ rules: String, _ facts: AgentFacts) throws -> [RuleErrand.Work] {
        let rules = try RuleSet.mock(rules)
        let quick = rules.evaluate(facts, tracing: false)
        let traced = rules.evaluate(facts)
        #expect(quick.errands == traced.errands)
        #expect(quick.match == traced.match)
        return quick.errands.map(\.work)
    }

    @Test("a tag is made of the status, the rule and the facts")
    func tag() throws {
        let facts = AgentFacts.mock(.mock(attributes: ["s": "Break"])) {
            $0.presence = PresenceFacts(system: .available)
        }
        let found = try work(
            """
              - name: r
                when: { conversation: { media: call } }
                then:
                  status: "${conversation.attributes.s}"
                  tag: { a: "${status}", b: "${rule}/${presence.system}", c: fixed, d: "" }
            """,
            facts
        )
        #expect(
            found == [
                .tag(conversationID: "c1", attributes: ["a": "Break", "b": "r/AVAILABLE", "c": "fixed", "d": ""])
            ]
        )
    }

    @Test("a value that is absent is left out, and nothing is wanted when none is there")
    func absent() throws {
        let rules = """
              - name: r
                when: { conversation: {} }
                then: { tag: { a: "${conversation.attributes.a}", b: "${conversation.attributes.b}" } }
            """
        #expect(
            try work(rules, .mock(.mock(attributes: ["a": "1"]))) == [
                .tag(conversationID: "c1", attributes: ["a": "1"])
            ]
        )
        #expect(try work(rules, .mock(.mock())) == [])
    }

    @Test("every conversation that matches is tagged with its own values, once in whatever media it is")
    func allConversations() throws {
        let found = try work(
            """
              - name: r
                when: { conversation: { attributes.s: { exists: true } } }
                then: { status: "${conversation.attributes.s}", tag: { s: "${status}" }, explain: { minutes: 5 } }
            """,
            .mock(
                .mock("b", attributes: ["s": "Meeting"]),
                .mock("a", attributes: ["s": "Break"]) { $0.connectedAt = Timestamp(milliseconds: 1) },
                .mock("a", media: .chat, attributes: ["s": "Admin"]),
                .mock("x", attributes: ["s": "Nonsense"]),
                .mock("y")
            )
        )
        #expect(
            found == [
                .tag(conversationID: "a", attributes: ["s": "Break"]),
                .tag(conversationID: "b", attributes: ["s": "Meeting"]),
                .explain(minutes: 5, status: "Pending", notes: ""),
            ]
        )
    }

    @Test("errands are those of every matching rule; the status is that of the first that has one")
    func everyRule() throws {
        let rules = try RuleSet.mock(
            """
              - { name: a, when: { presence: Meal }, then: { explain: { minutes: 1 } } }
              - { name: b, when: { presence: Break }, then: { explain: { minutes: 2 } } }
              - { name: c, when: { presence: Break }, then: { status: Break } }
              - { name: d, when: { presence: Break }, then: { status: Meeting } }
              - { name: e, when: { presence: Break }, then: { status: Meeting, explain: { minutes: 3, status: Denied } } }
              - { name: f, when: { presence: Break }, then: { status: Admin } }
            """
        )
        let facts = AgentFacts.mock { $0.presence = PresenceFacts(system: .break) }
        for tracing in [false, true] {
            let evaluation = rules.evaluate(facts, tracing: tracing)
            #expect(evaluation.match?.rule == "c")
            #expect(evaluation.errands.map(\.rule) == ["b", "e"])
        }
        #expect(rules.evaluate(facts).trace.map(\.matched) == [false, true, true, true, true, true])
    }

    @Test("notes take what is there and leave out what is not")
    func notes() throws {
        let facts = AgentFacts.mock(.mock(attributes: ["s": "x"])) { $0.outOfOffice = true }
        let rule = """
              - name: r
                when: { conversation: {}, outOfOffice: true }
                then: { explain: { minutes: 90m, status: Approved, notes: "${rule}: ${conversation.attributes.s}${presence.system}." } }
            """
        #expect(try work(rule, facts) == [.explain(minutes: 90, status: "Approved", notes: "r: x.")])
    }

    @Test(
        "the routing status is only set while the agent does not respond",
        arguments: [
            ("NOT_RESPONDING", true), ("IDLE", false), ("INTERACTING", false),
        ]
    )
    func routingStatus(status: String, isWanted: Bool) throws {
        let facts = AgentFacts.mock { $0.routingStatus = RoutingStatusFacts(status: status) }
        let rule = "  - { name: r, when: { not: { presence: Meal } }, then: { routingStatus: IDLE } }"
        #expect(try work(rule, facts) == (isWanted ? [.routingStatus("IDLE")] : []))
        #expect(try work(rule, .mock()) == [])
    }

    @Test("a template never makes a status that sets On Queue; a rule that names it does")
    func onQueue() throws {
        let diagnostics = Diagnostics()
        let compiled = RuleSet.parse(
            """
            statuses:
              Queue: { presence: On Queue }
              Ready: { presence: { id: 1 } }
            rules:
              - { name: made, when: { conversation: {} }, then: { status: "${conversation.attributes.s}", tag: { a: b } } }
              - { name: named, when: { outOfOffice: false }, then: { status: Queue } }
            """,
            file: "rules.yaml",
            diagnostics: diagnostics
        )
        var rules = try #require(compiled)
        #expect(diagnostics.all.map(\.severity) == [.warning])
        let queue = AgentFacts.mock(.mock(attributes: ["s": "Queue"]))
        #expect(rules.evaluate(queue).match == nil)
        #expect(rules.evaluate(queue).errands == [], "no match, no tag")
        #expect(
            rules.evaluate(queue).trace[0].failure
                == "status from ${conversation.attributes.s}: 'Queue' sets On Queue, which only a rule that names it may want"
        )
        #expect(rules.evaluate(.mock { $0.outOfOffice = false }).match?.status == "Queue")
        // An id says nothing by itself; the organisation's definitions do.
        let ready = AgentFacts.mock(.mock(attributes: ["s": "Ready"]))
        #expect(rules.evaluate(ready).match?.status == "Ready")
        rules.onQueueStatuses.insert("Ready")
        #expect(rules.evaluate(ready).match == nil)
    }
}

@Suite("ExplainedSpan")
struct ExplainedSpanTests {
    private func span(_ minute: Int64, _ minutes: Int) -> ExplainedSpan {
        ExplainedSpan(start: Timestamp(milliseconds: minute * 60_000), minutes: minutes)
    }

    @Test("a span begins with its minute")
    func minute() {
        #expect(ExplainedSpan(start: Timestamp(milliseconds: 119_999), minutes: 1) == span(1, 1))
        #expect(ExplainedSpan(start: Timestamp(milliseconds: -1), minutes: 1) == span(-1, 1))
        #expect(ExplainedSpan(start: Timestamp(milliseconds: -60_000), minutes: 1) == span(-1, 1))
    }

    @Test("spans that only touch do not overlap")
    func overlap() {
        #expect(!span(0, 15).overlaps(span(15, 15)))
        #expect(!span(15, 15).overlaps(span(0, 15)))
        #expect(span(0, 16).overlaps(span(15, 15)))
        #expect(span(15, 1).overlaps(span(0, 60)))
        #expect(span(0, 60).overlaps(span(15, 1)))
    }
}
