// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents
import StatusRules
import Testing

@Suite("then.notify")
struct RuleNotificationTests {
    private func notifications(_ rules: String, _ facts: AgentFacts) throws -> [RuleErrand.Notification] {
        try RuleSet.mock(rules).evaluate(facts).errands.compactMap { errand in
            if case .notify(let notification) = errand.work { notification } else { nil }
        }
    }

    @Test("a name alone tells who, what and where")
    func name() throws {
        let rule =
            "  - { name: r, when: { conversation: { media: call } }, then: { status: Break, notify: wallboard } }"
        let facts = AgentFacts.mock(.mock("c1")) { $0.name = "Zoë" }
        #expect(
            try notifications(rule, facts) == [
                .init(endpoint: "wallboard", agentName: "Zoë", status: "Break", conversationID: "c1")
            ]
        )
        #expect(try notifications(rule, .mock()) == [])
    }

    @Test("data takes texts and facts; what is absent is left out")
    func data() throws {
        let rule = """
              - name: r
                when: { conversation: {} }
                then:
                  notify:
                    to: wallboard
                    data: { a: "${rule} ${conversation.media}", b: "${conversation.attributes.b}", c: 5, d: "" }
            """
        #expect(
            try notifications(rule, .mock(.mock("c1"))) == [
                .init(endpoint: "wallboard", conversationID: "c1", data: ["a": "r call", "c": "5", "d": ""])
            ]
        )
    }

    @Test("a rule without a conversation tells of none")
    func noConversation() throws {
        let rule = "  - { name: r, when: { presence: Break }, then: { notify: { to: wallboard } } }"
        let facts = AgentFacts.mock { $0.presence = PresenceFacts(system: .break) }
        #expect(try notifications(rule, facts) == [.init(endpoint: "wallboard")])
    }

    @Test("once per episode, whatever becomes of the texts and conversations meanwhile")
    func episode() {
        func errand(_ text: String, _ conversation: String = "c") -> RuleErrand {
            RuleErrand(
                rule: "r",
                work: .notify(.init(endpoint: "w", conversationID: conversation, data: ["k": text]))
            )
        }
        var episodes = ErrandEpisodes()
        func look(_ second: Int64, _ wanted: [RuleErrand]) -> [ErrandStep] {
            episodes.advance(wanted: wanted, now: Timestamp(milliseconds: second * 1000), hindrance: nil)
        }
        let first = look(0, [errand("a")])
        #expect(first.count == 1)
        #expect(look(1, [errand("b", "d")]) == [])
        #expect(look(2, []) == [])
        let second = look(3, [errand("a")])
        guard case .begin(_, let one, _)? = first.first, case .begin(_, let other, _)? = second.first else {
            return #expect(Bool(false), "both begin")
        }
        #expect(one.hasPrefix("notify-"))
        #expect(one != other)
    }

    @Test(
        "mistakes are found where they are",
        arguments: [
            ("notify: ", "3:1: error: then.notify: expected a text, found no value"),
            ("notify: [a]", "then.notify: expected a text, found a list"),
            ("notify: { data: { a: b } }", "missing key 'to' in then.notify"),
            ("notify: { to: w, dat: {} }", "unknown key 'dat'; did you mean 'data'?"),
            ("notify: { to: w, data: [a] }", "then.notify.data: expected a mapping of names to texts, found a list"),
            ("notify: { to: w, data: { rule: x } }", "every message has 'rule' of its own"),
            ("notify: { to: w, data: { a: \"${nonsense}\" } }", "unknown fact '${nonsense}'"),
            ("notify: { to: w, data: { a: \"${conversation.id}\" } }", "takes a value from a conversation"),
            ("notify: { to: w, data: { a: \"${status}\" } }", "takes ${status}, but there is no then.status"),
            ("notify: \"${rule}\"", "unknown '${…}'"),
        ]
    )
    func mistakes(then: String, finding: String) {
        let diagnostics = Diagnostics()
        let rules = RuleSet.parse(
            "rules: [{ name: r, when: { presence: Break }, then: { \(then) } }]",
            file: "rules.yaml",
            interpolation: .empty,
            diagnostics: diagnostics
        )
        #expect(rules == nil)
        let expected = finding.components(after: "error: ")
        #expect(diagnostics.all.contains { $0.message.contains(expected) }, "\(diagnostics.all)")
    }

    @Test("the names of endpoints are found without compiling")
    func names() throws {
        let node = try #require(
            ConfigurationDocument.parse(
                """
                - { then: { notify: a } }
                - { then: { notify: { to: b } } }
                - { then: { notify: { data: {} } } }
                - { then: { notify: [c] } }
                - { then: { status: x } }
                - nonsense
                """,
                file: "rules.yaml",
                diagnostics: Diagnostics()
            )
        )
        let names = NotifiedEndpoints.names(in: node).map { name -> String in
            if case .scalar(let text, _) = name.content { text } else { "?" }
        }
        #expect(names == ["a", "b"])
        #expect(NotifiedEndpoints.names(in: nil) == [])
    }
}

extension String {
    fileprivate func components(after marker: String) -> String {
        range(of: marker).map { String(self[$0.upperBound...]) } ?? self
    }

    private func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
