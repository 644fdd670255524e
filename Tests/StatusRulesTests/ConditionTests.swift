// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents
import StatusRules
import Testing

@Suite("Conditions")
struct ConditionTests {
    private static let facts = AgentFacts.mock(
        .mock("c1", media: .call, attributes: ["tier": "Gold", "a.b": "x", "empty": ""]) {
            $0.direction = "inbound"
            $0.held = true
            $0.queueID = "Q-1"
            $0.purpose = "agent"
            $0.wrapupCode = "W"
            $0.customerAttributes = ["lang": "de"]
        }
    ) {
        $0.presence = PresenceFacts(definitionID: "D-1", system: .onQueue, message: "")
        $0.routingStatus = RoutingStatusFacts(status: "NOT_RESPONDING")
        $0.adherence = AdherenceFacts()
        $0.adherence?.state = "OutOfAdherence"
        $0.adherence?.scheduled = "Break"
        $0.adherence?.actual = "OnQueueWork"
        $0.adherence?.impact = "Negative"
        $0.outOfOffice = false
    }

    @Test(
        "hold for these facts",
        arguments: [
            "{ presence: on-queue }", "{ presence: [Break, OnQueue] }", "{ presence: { system: ON_QUEUE } }",
            "{ presence: { not: Break } }", "{ presence: { not: [Break, Meal], exists: true } }",
            "{ presence: { definitionId: D-1, message: { exists: false } } }",
            "{ routingStatus: not responding }", "{ routingStatus: { status: { in: [IDLE, NotResponding] } } }",
            "{ adherence: { state: out of adherence, scheduled: break, actual: on_queue_work, impact: NEGATIVE } }",
            "{ outOfOffice: false }", "{ outOfOffice: { not: true } }",
            "{ conversation: {} }",
            "{ conversation: { media: Call, direction: INBOUND, state: Connected, held: true, muted: false } }",
            "{ conversation: { id: c1, queueId: Q-1, purpose: agent, wrapupCode: W } }",
            "{ conversation: { attributes.tier: Gold } }", "{ conversation: { attributes: { tier: Gold, a.b: x } } }",
            "{ conversation: { attributes.a.b: { equals: x } } }",
            "{ conversation: { attributes.empty: { exists: true }, attributes.tier: { not: '' } } }",
            "{ conversation: { attributes.no: { exists: false } } }", "{ conversation: { attributes.no: { not: x } } }",
            "{ conversation: { afterCallWork: { exists: false } } }",
            "{ conversation: { customer.attributes.lang: de } }",
            "{ conversation: { customer: { attributes: { lang: de } } } }",
            "{ conversation: { customer: { attributes.lang: [de, at] } } }",
            "{ conversation: { not: { media: chat } } }", "{ not: { presence: Break, routingStatus: NOT_RESPONDING } }",
            "{ not: { not: { presence: On Queue } } }", "{ not: { conversation: { media: email } } }",
        ]
    )
    func holds(condition: String) throws {
        #expect(try RuleSet.when(condition).failure(Self.facts) == nil)
    }

    @Test(
        "fail for these facts, and say at which value",
        arguments: [
            ("{ presence: Break }", "presence.system: wanted Break, is ON_QUEUE"),
            ("{ presence: { definitionId: d-1 } }", "presence.definitionId: wanted d-1, is D-1"),
            ("{ presence: { message: { exists: true } } }", "presence.message: wanted any value, is absent"),
            ("{ presence: On Queue, outOfOffice: true }", "outOfOffice: wanted true, is false"),
            (
                "{ routingStatus: [IDLE, OFF_QUEUE] }",
                "routingStatus.status: wanted one of IDLE, OFF_QUEUE, is NOT_RESPONDING"
            ),
            ("{ adherence: { scheduled: { not: Break } } }", "adherence.scheduled: wanted not (Break), is Break"),
            ("{ conversation: { attributes.tier: gold } }", "conversation.attributes.tier: wanted gold, is Gold"),
            ("{ conversation: { attributes.Tier: Gold } }", "conversation.attributes.Tier: wanted Gold, is absent"),
            (
                "{ conversation: { attributes.tier: { exists: false } } }",
                "conversation.attributes.tier: wanted no value, is Gold"
            ),
            ("{ conversation: { attributes.empty: x } }", "conversation.attributes.empty: wanted x, is empty"),
            (
                "{ conversation: { attributes.tier: { exists: true, in: [a, b] } } }",
                "conversation.attributes.tier: wanted any value and one of a, b, is Gold"
            ),
            (
                "{ conversation: { customer.attributes.lang: en } }",
                "conversation.customer.attributes.lang: wanted en, is de"
            ),
            ("{ conversation: { media: call, muted: true } }", "conversation.muted: wanted true, is false"),
            ("{ conversation: { afterCallWork: pending } }", "conversation.afterCallWork: wanted pending, is absent"),
            (
                "{ conversation: { not: { media: call, held: true } } }",
                "conversation.not: all of it holds (media, held)"
            ),
            (
                "{ not: { presence: On Queue, conversation: { media: call } } }",
                "not: all of it holds (presence.system, conversation.media)"
            ),
        ]
    )
    func fails(condition: String, failure: String) throws {
        #expect(try RuleSet.when(condition).failure(Self.facts) == failure)
    }

    @Test(
        "of an agent of whom nothing is known, only what is absent holds",
        arguments: [
            ("{ presence: Available }", "presence.system: wanted Available, is absent"),
            ("{ routingStatus: { exists: true } }", "routingStatus.status: wanted any value, is absent"),
            ("{ outOfOffice: false }", "outOfOffice: wanted false, is absent"),
            ("{ conversation: {} }", "conversation: no live conversation"),
            ("{ presence: { not: Available } }", nil), ("{ adherence: { state: { exists: false } } }", nil),
            ("{ not: { conversation: {} } }", nil),
        ]
    )
    func absent(condition: String, failure: String?) throws {
        #expect(try RuleSet.when(condition).failure(AgentFacts(id: "agent")) == failure)
    }

    @Test("of several conversations the one that got farthest explains the failure")
    func farthest() throws {
        let rules = try RuleSet.when("{ conversation: { media: call, state: connected, attributes.s: Break } }")
        let facts = AgentFacts.mock(
            .mock("c1", media: .chat),
            .mock("c2", attributes: ["s": "Lunch"]),
            .mock("c3", state: "alerting")
        )
        #expect(rules.failure(facts) == "conversation.attributes.s: wanted Break, is Lunch (conversation c2)")
    }

    @Test("a long value is cut in the trace")
    func longValue() throws {
        let rules = try RuleSet.when("{ conversation: { attributes.s: Break } }")
        let failure = rules.failure(.mock(.mock(attributes: ["s": String(repeating: "x", count: 5000)])))
        #expect(failure?.count ?? 0 < 200)
    }

    @Test("a wanted value that came from a variable is not shown in the trace")
    func hiddenValue() throws {
        let rules = RuleSet.parse(
            """
            statuses: { Break: { presence: Break } }
            rules: [{ name: r, when: { conversation: { attributes.s: "${env:S}" } }, then: { status: Break } }]
            """,
            file: "f",
            interpolation: Interpolation(variable: { _ in "hush" }, file: { _ in "" }),
            diagnostics: Diagnostics()
        )
        #expect(rules?.failure(.mock(.mock())) == "conversation.attributes.s: wanted <not shown>, is absent")
        #expect(rules?.failure(.mock(.mock(attributes: ["s": "hush"]))) == nil)
    }
}
