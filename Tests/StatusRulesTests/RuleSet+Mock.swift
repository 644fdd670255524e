// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents
import StatusRules
import Testing

extension RuleSet {
    /// Rules over the statuses Break, Meeting and Admin, from YAML that is good.
    static func mock(_ rules: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) throws -> RuleSet {
        let diagnostics = Diagnostics()
        let yaml = """
            statuses:
              Break: { presence: Break }
              Meeting: { presence: { label: Team huddle, system: Meeting }, message: In a meeting }
              Admin: { presence: { id: 0c0e8b7e } }
            rules:
            \(rules)
            """
        let set = RuleSet.parse(yaml, file: "rules.yaml", diagnostics: diagnostics)
        #expect(diagnostics.all == [], sourceLocation: sourceLocation)
        return try #require(set, sourceLocation: sourceLocation)
    }

    /// One rule with this `when` and the status Break.
    static func when(_ condition: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) throws -> RuleSet {
        try mock("  - { name: r, when: \(condition), then: { status: Break } }", sourceLocation: sourceLocation)
    }

    /// At a time that matters to no rule.
    func evaluate(_ facts: AgentFacts, tracing: Bool = true) -> Evaluation {
        let context = EvaluationContext(now: Timestamp(milliseconds: 1_800_000_000_000))
        let evaluation = evaluate(facts, context, tracing: tracing)
        for trace in evaluation.trace { #expect(self.trace(ofRule: trace.rule, facts, context) == trace) }
        return evaluation
    }

    /// The one rule's outcome: `nil` = it matches, else why not.
    func failure(_ facts: AgentFacts) -> String? {
        let evaluation = evaluate(facts)
        let quick = evaluate(facts, tracing: false)
        #expect(quick.match == evaluation.match)
        #expect(quick.trace == [])
        #expect(evaluation.trace.count == ruleNames.count)
        #expect(evaluation.trace.allSatisfy { $0.matched == ($0.failure == nil) })
        return evaluation.match == nil ? evaluation.trace.first?.failure ?? "no reason given" : nil
    }
}

extension AgentFacts {
    static func mock(_ conversations: ConversationFacts..., change: (inout AgentFacts) -> Void = { _ in }) -> AgentFacts
    {
        var facts = AgentFacts(id: "agent")
        facts.conversations = conversations
        change(&facts)
        return facts
    }
}

extension ConversationFacts {
    static func mock(
        _ id: String = "c1",
        media: MediaType = .call,
        state: String = "connected",
        attributes: [String: String] = [:],
        change: (inout ConversationFacts) -> Void = { _ in }
    ) -> ConversationFacts {
        var conversation = ConversationFacts(
            id: id,
            media: media,
            participantID: "p-\(id)",
            communicationID: "k-\(id)",
            state: state
        )
        conversation.attributes = Attributes(attributes)
        change(&conversation)
        return conversation
    }

    /// The communication has ended; its after-call work has not.
    static func inAfterCallWork(_ id: String = "c1", state: String = "disconnected") -> ConversationFacts {
        mock(id, state: state) {
            $0.isEnded = true
            $0.afterCallWork = "pending"
        }
    }
}
