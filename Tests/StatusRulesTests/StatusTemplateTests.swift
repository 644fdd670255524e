// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents
import StatusRules
import Testing

@Suite("Status templates")
struct StatusTemplateTests {
    private func rules(_ status: String, when condition: String = "{ conversation: {} }") throws -> RuleSet {
        try RuleSet.mock("  - { name: r, when: \(condition), then: { status: \(status) } }")
    }

    @Test("the value of a fact is the name of the status")
    func value() throws {
        let rules = try rules("${conversation.attributes.wfm_status}")
        let facts = AgentFacts.mock(.mock(attributes: ["wfm_status": "Meeting"]))
        #expect(rules.evaluate(facts).match == RuleMatch(rule: "r", status: "Meeting", conversationID: "c1"))
    }

    @Test("a template may be part of a text and of several facts, the agent's and the customer's too")
    func parts() throws {
        let facts = AgentFacts.mock(.mock(attributes: ["a": "eet"]) { $0.customerAttributes["b"] = "ng" })
        #expect(
            try rules("\"M${conversation.attributes.a}i${conversation.customer.attributes.b}\"").evaluate(facts).match?
                .status == "Meeting"
        )
        let scheduled = AgentFacts.mock {
            $0.adherence = AdherenceFacts()
            $0.adherence?.scheduled = "Break"
        }
        let rules = try rules("${adherence.scheduled}", when: "{ adherence: { scheduled: [Break, Meeting] } }")
        #expect(rules.evaluate(scheduled).match == RuleMatch(rule: "r", status: "Break"))
    }

    @Test(
        "a value that is no configured status keeps the rule from matching, and the trace says so",
        arguments: [
            ("Lunch", "'Lunch' is not a configured status; known: Admin, Break, Meeting"),
            ("break", "'break' is not a configured status; did you mean 'Break'?; known: Admin, Break, Meeting"),
            (" Break", "' Break' is not a configured status; known: Admin, Break, Meeting"),
            ("", "'' is not a configured status; known: Admin, Break, Meeting"),
            (nil, "conversation.attributes.s is absent"),
        ]
    )
    func unknown(value: String?, reason: String) throws {
        let rules = try rules("${conversation.attributes.s}")
        let facts = AgentFacts.mock(.mock { $0.attributes["s"] = value })
        #expect(rules.failure(facts) == "status from ${conversation.attributes.s}: \(reason)")
    }

    @Test("the next rule gets its chance when a template names no status")
    func fallThrough() throws {
        let rules = try RuleSet.mock(
            """
              - { name: a, when: { conversation: {} }, then: { status: ${conversation.attributes.s} } }
              - { name: b, when: { conversation: {} }, then: { status: Admin } }
            """
        )
        #expect(rules.evaluate(.mock(.mock(attributes: ["s": "Nonsense"]))).match?.rule == "b")
    }

    @Test(
        "a wrong path is an error when the rules are read",
        arguments: [
            ("${conversation.atributes.x}", "unknown fact '${conversation.atributes.x}'; did you mean"),
            ("${presence.sytem}", "did you mean 'presence.system'?"), ("${status}", "known facts: conversation.media"),
            ("${conversation.attributes.}", "unknown fact"), ("${}", "unknown fact '${}'"),
        ]
    )
    func wrongPath(template: String, message: String) {
        let diagnostics = Diagnostics()
        let rules = RuleSet.parse(
            """
            statuses: { Break: { presence: Break } }
            rules: [{ name: r, when: { conversation: {} }, then: { status: "\(template)" } }]
            """,
            file: "f",
            interpolation: Interpolation(variable: { _ in nil }, file: { _ in "" }),
            diagnostics: diagnostics
        )
        #expect(rules == nil)
        #expect(diagnostics.all.count == 1)
        #expect(diagnostics.all.first?.message.contains(message) == true)
    }

    @Test("rules read without any interpolation still know a template")
    func withoutInterpolation() throws {
        let rules = try rules("\"${conversation.media}\"")
        #expect(rules.failure(.mock(.mock()))?.contains("'call' is not a configured status") == true)
    }
}
