// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import StatusRules
import Testing

@Suite("Rules that are no mistake and look like one")
struct RuleLintTests {
    private func warnings(_ rules: String, statuses: String = "Break: { presence: Break }") throws -> [String] {
        let diagnostics = Diagnostics()
        let yaml = "statuses: { \(statuses) }\nrules:\n\(rules)"
        let set = try #require(RuleSet.parse(yaml, file: "r.yaml", diagnostics: diagnostics), "\(diagnostics.all)")
        set.lint(diagnostics)
        return diagnostics.all.map(\.message)
    }

    private func rule(_ name: String, _ when: String, _ then: String = "{ status: Break }", _ more: String = "")
        -> String
    {
        "  - { name: \(name), when: \(when), then: \(then), guards: { onQueue: false }\(more) }\n"
    }

    @Test(
        "whatever matches the second matches the first, which then decides",
        arguments: [
            ("{ outOfOffice: true }", "{ outOfOffice: true, presence: Break }"),
            ("{ presence: [Break, Meal] }", "{ presence: break }"),
            ("{ presence: { not: Break } }", "{ presence: Meal }"),
            ("{ presence: { exists: true } }", "{ presence: Meal }"),
            ("{ conversation: {} }", "{ conversation: { media: call } }"),
            ("{ conversation: { media: [call, chat] } }", "{ conversation: { media: chat, state: connected } }"),
            (
                "{ conversation: { attributes.x: { exists: true } } }",
                "{ conversation: { attributes.x: { matches: 'a*' } } }"
            ),
            (
                "{ conversation: { participants: { atLeast: 2 } } }",
                "{ conversation: { participants: { moreThan: 2 } } }"
            ),
            ("{ presence: { since: { olderThan: 5m } } }", "{ presence: { since: { olderThan: 10m } } }"),
            ("{ presence: Break, for: 5m }", "{ presence: Break, for: 10m }"),
            ("{ presence: Break }", "{ presence: Break, for: 10m }"),
            ("{ any: [{ presence: Break }, { presence: Meal }] }", "{ presence: Meal, outOfOffice: false }"),
            ("{ presence: Break }", "{ all: [{ presence: Break }, { outOfOffice: true }] }"),
            ("{ agent: { group: [A, B] } }", "{ agent: { group: B } }"),
            ("{ not: { presence: [Break, Meal] } }", "{ not: { presence: [Break, Meal, Meeting] } }"),
        ]
    )
    func unreachable(first: String, second: String) throws {
        let found = try warnings(rule("first", first) + rule("second", second))
        #expect(
            found == [
                "rule 'second' never decides: whenever it matches, so does 'first' in line 3; move it up, or narrow the earlier one"
            ]
        )
        // Not the other way round, unless they say the same.
        #expect(try warnings(rule("first", second) + rule("second", first)) == [])
    }

    @Test(
        "where the second can match alone nothing is said",
        arguments: [
            ("{ presence: Break, for: 5m }", "{ presence: Break }"),
            ("{ conversation: { media: call } }", "{ conversation: { media: call, afterCallWork: pending } }"),
            ("{ conversation: { media: call } }", "{ conversation: { media: call, state: alerting } }"),
            ("{ conversation: { media: call } }", "{ conversations: { media: call, count: 1 } }"),
            ("{ presence: { not: Break } }", "{ presence: { not: Meal } }"),
            // Of several values one may be wanted.
            ("{ activeQueues: { not: Sales } }", "{ activeQueues: Support }"),
            // A queue has a name and an id.
            (
                "{ conversation: { queue: { not: Support } } }",
                "{ conversation: { queue: 0c0e8b7e-0000-4000-8000-000000000001 } }"
            ),
            (
                "{ conversation: { attributes.x: { matches: 'EU-*' } } }",
                "{ conversation: { attributes.x: { matches: 'EU-*', ignoreCase: true } } }"
            ),
            ("{ conversation: { attributes.x: a } }", "{ conversation: { attributes.X: b } }"),
            ("{ conversation: { attributes.x: a }, presence: Break }", "{ conversation: { attributes.x: a } }"),
            (
                "{ conversation: { attributes.x: { not: a } } }",
                "{ conversation: { attributes.x: { in: [A], ignoreCase: true } } }"
            ),
        ]
    )
    func reachable(first: String, second: String) throws {
        let found = try warnings(rule("first", first) + rule("second", second))
        #expect(!found.contains { $0.contains("never decides") }, "\(found)")
    }

    @Test("an observing rule hides nothing; one that stops hides all; one without a status hides no status")
    func hiding() throws {
        let watched = try warnings(
            rule("first", "{ outOfOffice: true }", "{ status: Break }", ", mode: observe")
                + rule("second", "{ outOfOffice: true }")
        )
        #expect(watched == [])
        let stopping = try warnings(
            rule("first", "{ outOfOffice: true }", "{ stop: true }") + rule("second", "{ outOfOffice: true }")
        )
        #expect(stopping.first?.contains("'second' is never looked at") == true)
        let beside = try warnings(
            rule("first", "{ outOfOffice: true }", "{ explain: { minutes: 5 } }")
                + rule("second", "{ outOfOffice: true }")
        )
        #expect(beside == [])
        let template = try warnings(
            rule("first", "{ conversation: {} }", "{ status: '${conversation.attributes.x}' }")
                + rule("second", "{ conversation: {} }")
        )
        #expect(template == [], "the first may find no status")
    }

    @Test("a status that no rule can set is named; a template may set any that its conditions let through")
    func unused() throws {
        let two = "Break: { presence: Break }, Meal: { presence: Meal }"
        #expect(
            try warnings(rule("r", "{ outOfOffice: true }"), statuses: two) == ["status 'Meal' is not used by any rule"]
        )
        let template = rule(
            "r",
            "{ conversation: { attributes.s: [Break, Other] } }",
            "{ status: '${conversation.attributes.s}' }"
        )
        #expect(
            try warnings(template, statuses: two) == [
                "status 'Meal' is not used by any rule",
                "then.status: the rule also matches 'Other', which is not a status, so that nothing is set",
            ]
        )
        let release = rule("r", "{ outOfOffice: true }", "{ status: Break, release: Meal }")
        #expect(try warnings(release, statuses: two) == [])
    }

    @Test("names and values of attributes in two spellings are named")
    func spellings() throws {
        let names = try warnings(
            rule("a", "{ conversation: { attributes.Tier: x } }")
                + rule("b", "{ conversation: { attributes.tier: y } }")
        )
        #expect(
            names == [
                "'attributes.tier' and 'attributes.Tier' in line 3 differ only in case; names of attributes are compared exactly"
            ]
        )
        let values = try warnings(
            rule("a", "{ conversation: { attributes.t: Gold } }")
                + rule("b", "{ conversation: { attributes.t: gold } }")
        )
        #expect(
            values.count == 1 && values[0].contains("rule 'b' compares attributes.t with 'gold', rule 'a' with 'Gold'")
        )
        let meant = try warnings(
            rule("a", "{ conversation: { attributes.t: [Gold, gold] } }")
                + rule("b", "{ conversation: { attributes.t: { equals: gold, ignoreCase: true }, media: chat } }")
        )
        #expect(meant == [])
        let status = rule(
            "r",
            "{ conversation: { attributes.s: break } }",
            "{ status: '${conversation.attributes.s}' }"
        )
        #expect(
            try warnings(status).contains { $0.contains("matches 'break'") && $0.hasSuffix("did you mean 'Break'?") }
        )
    }

    @Test(
        "taking an agent off the queue in an interaction is said once for a rule",
        arguments: [
            ("{ conversation: { state: connected } }", "{ status: Break }", true),
            ("{ conversation: {} }", "{ status: Break, apply: now }", true),
            ("{ conversation: { state: connected } }", "{ status: Break, apply: afterInteraction }", false),
            ("{ conversation: { afterCallWork: pending } }", "{ status: Break }", false),
            ("{ conversation: {}, presence: { not: On Queue } }", "{ status: Break }", false),
            ("{ conversation: {}, routingStatus: OFF_QUEUE }", "{ status: Break }", false),
            ("{ presence: On Queue }", "{ status: Break }", false),
            ("{ conversation: {} }", "{ tag: { a: b } }", false),
        ]
    )
    func conformance(when: String, then: String, isSaid: Bool) throws {
        let plain = "  - { name: r, when: \(when), then: \(then) }\n"
        let found = try warnings(plain).filter { $0.contains("conformance") }
        #expect(found.count == (isSaid ? 1 : 0))
        let guarded = "  - { name: r, when: \(when), then: \(then), guards: { onQueue: true } }\n"
        #expect(try warnings(guarded).filter { $0.contains("conformance") } == [])
    }
}
