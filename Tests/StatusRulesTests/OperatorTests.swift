// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents
import StatusRules
import Testing

@Suite("Operators and groups of conditions")
struct OperatorTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    private static let facts = AgentFacts.mock(
        .mock("c1", attributes: ["tier": "Gold Plus", "score": "7.5", "due": "2027-01-15T08:10:00Z", "word": "seven"]) {
            $0.queueID = "Q-1"
            $0.connectedAt = now.advanced(by: .seconds(-600))
            $0.participants = 3
            $0.role = .coach
            $0.mediaRoles = ["full", "monitor"]
        },
        .mock("c2", media: .chat) { $0.connectedAt = now.advanced(by: .seconds(-60)) }
    ) {
        $0.name = "Ada Byron"
        $0.presence = PresenceFacts(
            definitionID: "D-1",
            system: .available,
            modifiedAt: now.advanced(by: .seconds(-1800)),
            requested: .meal
        )
        $0.activeQueueIDs = ["Q-1", "Q-2"]
        $0.primarySource = "PURECLOUD"
        var adherence = AdherenceFacts()
        adherence.next = [ScheduledActivity(category: "Break", at: now.advanced(by: .seconds(300)))]
        adherence.scheduledCodeID = "1"
        $0.adherence = adherence
        $0.outOfOffice = false
    }

    @Test(
        "hold for these facts",
        arguments: [
            "{ conversation: { attributes.tier: { contains: Plus } } }",
            "{ conversation: { attributes.tier: { contains: plus, ignoreCase: true } } }",
            "{ conversation: { attributes.tier: { equals: gold plus, ignoreCase: true } } }",
            "{ conversation: { attributes.tier: { notIn: [Gold, Silver] } } }",
            "{ conversation: { attributes.tier: { matches: 'Gold*' } } }",
            "{ conversation: { attributes.tier: { matches: 'gold?plus', ignoreCase: true } } }",
            "{ conversation: { attributes.tier: { matches: '/^Gold (Plus|Minus)$/' } } }",
            "{ conversation: { attributes.tier: { matches: '/PLUS/i' } } }",
            "{ conversation: { attributes.score: { moreThan: 7, atMost: 7.5 } } }",
            "{ conversation: { attributes.score: { not: { lessThan: 7.5 } } } }",
            "{ conversation: { attributes.word: { not: { moreThan: 1 } } } }",
            "{ conversation: { attributes.due: { before: '2027-01-15T08:10:00.001Z', after: '2027-01-01T00:00:00Z' } } }",
            "{ conversation: { participants: { atLeast: 3 } } }", "{ conversation: { participants: [2, 3] } }",
            "{ conversation: { role: coach, mediaRoles: monitor } }",
            "{ conversation: { mediaRoles: { contains: full } } }",
            "{ conversation: { connectedAt: { olderThan: 10m } } }",
            "{ conversation: { connectedAt: { newerThan: 61s } } }",
            "{ conversation: { heldSince: { exists: false } } }", "{ conversation: { queue: Q-1, answered: true } }",
            "{ conversation: { any: [{ media: email }, { media: call, participants: 3 }] } }",
            "{ conversation: { none: [{ media: email }, { state: alerting }] } }",
            "{ conversation: { all: [{ media: call }, { role: coach }] } }",
            "{ conversations: { count: 2 } }", "{ conversations: { media: chat, count: { atLeast: 1, lessThan: 2 } } }",
            "{ conversations: { media: email, count: 0 } }", "{ presence: { since: { olderThan: 30m } } }",
            "{ presence: { requested: Meal } }", "{ primarySource: PURECLOUD }", "{ activeQueues: Q-2 }",
            "{ activeQueues: [Q-9, Q-1] }", "{ activeQueues: { notIn: [Q-9] } }", "{ activeQueues: { exists: true } }",
            "{ adherence: { next: Break, nextAt: { within: 5m } } }", "{ adherence: { activityCode: '1' } }",
            "{ outOfOffice: { active: false, until: { exists: false } } }", "{ agent: { id: agent, name: Ada Byron } }",
            "{ agent: { name: { matches: 'Ada *' }, queue: Q-2 } }", "{ agent: { queue: { not: Q-3 } } }",
            "{ any: [{ presence: Break }, { outOfOffice: false }] }",
            "{ none: [{ presence: Break }, { outOfOffice: true }] }",
            "{ all: [{ presence: Available }, { any: [{ conversation: { media: chat } }, { presence: Meal }] }] }",
            "{ not: { any: [{ presence: Break }, { presence: Meal }] } }",
            "{ schedule: { days: [Fri], from: '09:00', to: '09:01', timeZone: Europe/Berlin } }",
            "{ schedule: [{ days: Mon, timeZone: UTC }, { days: Wed-Fri, timeZone: UTC }] }",
            "{ schedule: { from: '22:00', to: '09:30', timeZone: Europe/Berlin } }",
            "{ schedule: { dates: [2027-01-15], timeZone: UTC } }",
            "{ schedule: { dates: 2027-01-10..2027-01-20, except: 2027-01-16, timeZone: Asia/Tokyo } }",
        ]
    )
    func holds(condition: String) throws {
        #expect(try RuleSet.when(condition).failure(Self.facts) == nil)
    }

    @Test(
        "fail for these facts, and say at which value",
        arguments: [
            (
                "{ conversation: { media: call, attributes.tier: { contains: plus } } }",
                "conversation.attributes.tier: wanted something with plus in it, is Gold Plus (conversation c1)"
            ),
            (
                "{ conversation: { media: call, attributes.score: { lessThan: 7 } } }",
                "conversation.attributes.score: wanted less than 7, is 7.5 (conversation c1)"
            ),
            (
                "{ conversation: { media: call, attributes.tier: { matches: 'Plus*' } } }",
                "conversation.attributes.tier: wanted a match of Plus*, is Gold Plus (conversation c1)"
            ),
            (
                "{ conversation: { media: call, connectedAt: { olderThan: 11m } } }",
                "conversation.connectedAt: wanted 11m ago or longer, is 2027-01-15T07:50:00.000Z (conversation c1)"
            ),
            ("{ conversations: { count: { moreThan: 2 } } }", "conversations.count: wanted more than 2, is 2"),
            (
                "{ any: [{ presence: Break }, { outOfOffice: true }] }",
                "any[0].presence.system: wanted BREAK, is AVAILABLE; any[1].outOfOffice: wanted true, is false"
            ),
            ("{ none: [{ presence: Break }, { presence: Available }] }", "none[1]: all of it holds (presence.system)"),
            (
                "{ all: [{ presence: Available }, { outOfOffice: true }] }", "all[1].outOfOffice: wanted true, is false"
            ),
            ("{ agent: { group: Trainees } }", "agent.group: does not belong to Trainees"),
            ("{ agent: { queue: { notIn: [Q-9, Q-2] } } }", "agent.queue: belongs to Q-9 or Q-2"),
            (
                "{ schedule: { days: Mon-Thu, from: '09:00', to: '17:00', timeZone: Europe/Berlin } }",
                "schedule: 2027-01-15T08:00:00.000Z is outside of Mon-Thu 09:00–17:00 Europe/Berlin"
            ),
            (
                "{ conversation: { media: call, any: [{ media: email }, { role: agent, media: call }] } }",
                "conversation.any[0].media: wanted email, is call; conversation.any[1].role: wanted agent, is coach"
                    + " (conversation c1)"
            ),
        ]
    )
    func fails(condition: String, reason: String) throws {
        let failure = try RuleSet.when(condition).failure(Self.facts)
        #expect(failure?.replacing("wanted Break", with: "wanted BREAK") == reason || failure == reason)
    }

    @Test(
        "what cannot be meant is an error that says what to do",
        arguments: [
            ("{ presence: { since: 10m } }", "a time equals nothing exactly; known operators: exists, not, before"),
            ("{ presence: { since: { moreThan: 10 } } }", "'moreThan' cannot be asked of a time"),
            ("{ outOfOffice: { in: [true] } }", "'in' cannot be asked of true or false"),
            ("{ conversation: { queue: { matches: 'Sales*' } } }", "'matches' cannot be asked of a queue"),
            ("{ conversation: { participants: many } }", "expected a number, found 'many'"),
            ("{ conversation: { participants: { atLeast: 5m } } }", "a duration is asked with olderThan"),
            ("{ conversation: { attributes.x: { matches: '/(/' } } }", "not a regular expression: missing ): ("),
            (
                "{ conversation: { attributes.x: { before: tomorrow } } }",
                "expected a time such as 2026-03-02T09:00:00Z"
            ),
            ("{ conversation: { role: boss } }", "unknown role 'boss'"),
            ("{ conversation: { role: supervisor } }", "did you mean 'monitor'?"),
            ("{ conversations: { media: chat } }", "expected a mapping with a count"),
            ("{ for: 5m }", "there is no condition beside it"), ("{ any: [] }", "expected a list of conditions"),
            ("{ schedule: { days: Mon } }", "missing key 'timeZone'"),
            ("{ schedule: { timeZone: Europe/Berln } }", "did you mean 'Europe/Berlin'?"),
            ("{ schedule: { timeZone: EST } }", "unknown time zone 'EST'"),
            ("{ schedule: { from: '09:00', timeZone: UTC } }", "missing key 'to'"),
            ("{ schedule: { from: '9.30', to: '10:00', timeZone: UTC } }", "expected a time of day such as \"09:30\""),
            ("{ schedule: { from: '09:00', to: '09:00', timeZone: UTC } }", "leave nothing between them"),
            ("{ schedule: { days: Fun, timeZone: UTC } }", "expected a day such as Mon"),
            ("{ schedule: { dates: 2027-02-30, timeZone: UTC } }", "expected a date such as 2026-12-24"),
            ("{ agent: { team: { matches: x } } }", "expected a name, a list of names"),
            ("{ adherence: Break }", "expected a mapping"),
        ]
    )
    func refuses(condition: String, message: String) throws {
        let diagnostics = Diagnostics()
        let yaml = """
            statuses: { Break: { presence: Break } }
            rules: [{ name: r, when: \(condition), then: { status: Break } }]
            """
        #expect(RuleSet.parse(yaml, file: "r.yaml", diagnostics: diagnostics) == nil)
        #expect(diagnostics.all.contains { $0.message.contains(message) }, "\(diagnostics.all)")
    }

    @Test("a pattern that would take exponential time elsewhere takes linear time here")
    func linearTime() throws {
        let rules = try RuleSet.when("{ conversation: { attributes.x: { matches: '/^(a+)+$/' } } }")
        let text = String(repeating: "a", count: 20_000) + "b"
        // A backtracking matcher would not come to an end before the test's time limit, nor in this century.
        #expect(rules.failure(.mock(.mock(attributes: ["x": text]))) != nil)
        #expect(rules.failure(.mock(.mock(attributes: ["x": String(text.dropLast())]))) == nil)
    }

    @Test("a glob takes what is special to regular expressions for what it is")
    func globs() throws {
        let rules = try RuleSet.when("{ conversation: { attributes.x: { matches: 'a.b+(c)[d] ü*' } } }")
        #expect(rules.failure(.mock(.mock(attributes: ["x": "a.b+(c)[d] ü and more\nlines"]))) == nil)
        #expect(rules.failure(.mock(.mock(attributes: ["x": "aXb+(c)[d] ü"]))) != nil)
    }

    @Test("a conversation that only rings is not one the agent is in, unless the rule asks for it")
    func alerts() throws {
        let ringing = AgentFacts.mock(.mock(state: "alerting"))
        #expect(
            try RuleSet.when("{ conversation: { media: call } }").failure(ringing)
                == "conversation: no live conversation (one is only alerting, which counts only for a condition on state "
                + "or answered)"
        )
        #expect(try RuleSet.when("{ conversation: { state: alerting } }").failure(ringing) == nil)
        #expect(try RuleSet.when("{ conversation: { answered: false } }").failure(ringing) == nil)
        #expect(try RuleSet.when("{ conversations: { count: 0 } }").failure(ringing) == nil)
        #expect(try RuleSet.when("{ conversation: {} }").failure(.mock(.mock(state: "dialing"))) == nil)
    }
}
