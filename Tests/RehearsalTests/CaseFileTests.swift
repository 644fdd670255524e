// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Foundation
import Pipeline
import Rehearsal
import StatusRules
import Testing

@Suite("Case files")
struct CaseFileTests {
    private struct Missing: Error {}

    private static let head = """
        statuses: { Break: { presence: Break } }
        rules:
          - { name: flagged, when: { conversation: { attributes.wfm_status: Break } }, then: { status: Break } }
        cases:

        """

    private func parse(
        _ yaml: String,
        files: [String: String] = [:],
        configuration: DecisionEngine? = nil
    ) -> (file: CaseFile?, findings: [String]) {
        let diagnostics = Diagnostics()
        let file = CaseFile.parse(
            yaml,
            path: "tests/cases.yaml",
            configuration: configuration,
            sources: CaseFile.Sources(
                file: { path in
                    guard let text = files[path] else { throw Missing() }
                    return Array(text.utf8)
                },
                configuration: { path, _ in
                    path == "tests/relay.yaml" ? try? DecisionEngine.rules(DecisionEngine.flagged) : nil
                }
            ),
            diagnostics: diagnostics
        )
        return (file, diagnostics.sorted.map(\.description))
    }

    private func outcomes(_ cases: String, files: [String: String] = [:]) throws -> [CaseOutcome] {
        let (file, findings) = parse(Self.head + cases, files: files)
        return try #require(file, "\(findings)").run()
    }

    @Test("a case with steps in time")
    func good() throws {
        let outcomes = try outcomes(
            """
              - name: flagged and back
                agent: { id: a1, name: Ada }
                given: { presence: On Queue, conversations: [ { id: c1 } ] }
                at: 2026-03-02T09:00:00Z
                steps:
                  - expect: { status: none, rule: none, calls: [], guard: none, errands: none }
                  - at: 2026-03-02T09:05:00Z
                    change: { conversations: [ { id: c1, attributes: { wfm_status: Break } } ] }
                    expect: { status: Break, rule: flagged, calls: [Break], presence: break, matches: [flagged], wakesIn: none }
                  - after: 5m
                    change: { conversations: [ { id: c1, state: disconnected } ] }
                    expect: { status: none, calls: [on-queue], release: On Queue, decision: no longer matches }
            """
        )
        #expect(outcomes.compactMap(\.failure?.lines) == [])
    }

    @Test(
        "every key under expect can fail",
        arguments: [
            ("status: none", "status"), ("rule: none", "rule"), ("presence: Meal", "presence"), ("calls: []", "calls"),
            ("calls: [Break, Break]", "calls"), ("release: keep", "release"), ("errands: [tag]", "errands"),
            ("guard: Offline", "guard"), ("decision: restore", "decision"),
            ("fails: { flagged: absent }", "fails: flagged"),
            ("wakesIn: 5m", "wakesIn"), ("reads: [c1]", "reads"), ("shadows: { flagged: Break }", "shadows"),
        ]
    )
    func failing(expectation: String, key: String) throws {
        let outcomes = try outcomes(
            """
              - name: it fails
                given: { presence: On Queue, conversations: [ { id: c1, attributes: { wfm_status: Break } } ] }
                steps: [ { expect: { \(expectation) } } ]
            """
        )
        let failure = try #require(outcomes.first?.failure)
        #expect(failure.mismatches.map(\.key) == [key])
        #expect(failure.step == 1)
        #expect(failure.location.line == 7)
        #expect(failure.lines.contains { $0.contains("rule 'flagged': matches") })
    }

    @Test("a guard that is there and a rule that does not match can be told, too")
    func failingOtherwise() throws {
        let outcomes = try outcomes(
            """
              - name: guards
                given: { presence: Offline, conversations: [ { id: c1, attributes: { wfm_status: Break } } ] }
                steps: [ { expect: { guard: none } } ]
              - name: matches
                steps: [ { expect: { matches: [flagged] } } ]
            """
        )
        #expect(outcomes.compactMap { $0.failure?.mismatches.first?.key } == ["guard", "matches"])
    }

    @Test("a case ends with its first step that is not as expected")
    func firstFailure() throws {
        let outcomes = try outcomes(
            """
              - name: twice
                steps: [ { expect: { status: none } }, { after: 1s, expect: { status: Break } }, { expect: { status: Break } } ]
            """
        )
        #expect(outcomes.first?.failure?.step == 2)
        #expect(outcomes.first?.failure?.lines.first == "status: expected Break, is none")
    }

    @Test("events: a file, elements of one, and one that is written out; the first names the agent")
    func events() throws {
        let presence =
            #"{"topicName":"v2.users.ada.presence","timestamp":"2026-03-02T09:10:00Z","eventBody":"#
            + #"{"presenceDefinition":{"id":"x","systemPresence":"MEETING"},"modifiedDate":"2026-03-02T09:10:00Z"}}"#
        let wrapped =
            #"[{"label":"first","event":{"topicName":"v2.unused","eventBody":{}}},{"label":"second","event":"#
            + presence.replacingOccurrences(of: "MEETING", with: "MEAL") + "}]"
        let outcomes = try outcomes(
            """
              - name: events
                steps:
                  - event: events/presence.json
                    expect: { presence: Meeting }
                  - after: 1m
                    event: { file: ../events/wrapped.json, elements: 2 }
                    expect: { presence: Meal }
                  - event:
                      topicName: v2.users.{id}.presence
                      eventBody: { presenceDefinition: { id: y, systemPresence: Busy }, modifiedDate: 2026-03-02T09:20:00Z }
                    expect: { presence: Busy }
                  - event: [ events/presence.json, { file: ../events/wrapped.json, elements: 1-2 } ]
                    expect: { presence: Busy }
            """,
            files: ["tests/events/presence.json": presence, "tests/../events/wrapped.json": wrapped]
        )
        #expect(outcomes.compactMap(\.failure?.lines) == [])
    }

    @Test("an event about another agent is not passed over in silence")
    func otherAgent() throws {
        let outcomes = try outcomes(
            """
              - name: other
                agent: { id: a1 }
                steps:
                  - event: { topicName: v2.users.a2.routingStatus, eventBody: { routingStatus: { status: IDLE } } }
            """
        )
        #expect(outcomes.first?.failure?.mismatches.map(\.key) == ["event"])
    }

    @Test(
        "mistakes have a place and a suggestion",
        arguments: [
            (
                "  - { name: x, steps: [ { expect: { status: Brake } } ] }",
                "5:45: error: expect.status: the rules know no 'Brake'; did you mean 'Break'?"
            ),
            (
                "  - { name: x, steps: [ { expect: { stauts: Break } } ] }",
                "5:37: error: unknown key 'stauts'; did you mean 'status'?"
            ),
            (
                "  - { name: x, steps: [ { expect: { rule: flaged } } ] }",
                "5:43: error: expect.rule: the rules know no 'flaged'; did you mean 'flagged'?"
            ),
            (
                "  - { name: x, steps: [ { after: 5 } ] }",
                "5:34: error: after: the duration 5 has no unit; write 5s (ms, s, m, h, d)"
            ),
            (
                "  - { name: x, given: { presence: Brek }, steps: [ {} ] }",
                "5:35: error: given.presence: unknown system presence 'Brek'"
            ),
            (
                "  - { name: x, given: { conversations: [ { media: call } ] }, steps: [ {} ] }",
                "5:42: error: missing key 'id'"
            ),
            ("  - { name: x, steps: [ { at: noon } ] }", "5:31: error: at: 'noon' is no time"),
            (
                "  - { name: x, steps: [ { event: missing.json } ] }",
                "5:34: error: event: the file 'tests/missing.json' cannot be read"
            ),
            (
                "  - { name: x, steps: [ { event: { topicName: v2.users.a.presence } } ] }",
                "5:34: error: event: element 0"
            ),
            ("  - { name: x }", "5:5: error: missing key 'steps' in cases[0]"),
            ("  - { name: x, steps: [] }", "5:23: error: steps: expected a list of steps"),
            (
                "  - { name: x, steps: [ {} ] }\n  - { name: x, steps: [ {} ] }",
                "6:5: error: the case name 'x' is already used in line 5"
            ),
            ("  []", "5:3: error: cases: there is none"),
        ]
    )
    func bad(cases: String, finding: String) {
        let (file, findings) = parse(Self.head + cases)
        #expect(file == nil)
        #expect(findings.count == 1)
        #expect(findings.first?.hasPrefix("tests/cases.yaml:" + finding) == true, "\(findings)")
    }

    @Test("rules come from the file itself, from the configuration that it names, or from the caller")
    func configurations() throws {
        let one = "cases: [ { name: x, steps: [ { expect: { rule: none } } ] } ]\n"
        #expect(parse(one).findings.first?.contains("missing key 'rules'") == true)
        #expect(parse("config: relay.yaml\n" + one).file?.engine.rules.ruleNames == ["flagged"])
        #expect(
            parse("config: other.yaml\n" + one).findings.first?.contains("'tests/other.yaml' cannot be used") == true
        )
        let given = try DecisionEngine.rules("- { name: given, when: { presence: Busy }, then: { status: Break } }")
        #expect(parse(one, configuration: given).file?.engine.rules.ruleNames == ["given"])
        #expect(parse("config: relay.yaml\n" + one, configuration: given).file?.engine.rules.ruleNames == ["given"])
        #expect(
            parse(Self.head + "  - { name: x, steps: [ {} ] }", configuration: given).file?.engine.rules.ruleNames == [
                "flagged"
            ]
        )
        #expect(parse("config: relay.yaml\n" + Self.head + "  - { name: x, steps: [ {} ] }").findings.count == 2)
    }

    @Test("settings that decisions depend on may be written in the file")
    func settings() throws {
        let file = parse(
            "maxEventAge: 10s\nmaxReleaseAge: 1h\nconversationTimeout: 4h\n" + Self.head
                + "  - { name: x, steps: [ {} ] }"
        ).file
        #expect(file?.engine.policy.maxEventAge == .seconds(10))
        #expect(file?.engine.policy.maxReleaseAge == .seconds(3600))
        #expect(file?.engine.policy.conversationTimeout == .seconds(4 * 3600))
    }

    @Test("JUnit XML counts, names the place and escapes what it quotes")
    func junit() throws {
        let outcomes = try outcomes(
            """
              - name: good
                steps: [ {} ]
              - name: "<bad> & \\"worse\\""
                steps: [ { expect: { status: Break } } ]
            """
        )
        let xml = JUnitReport(outcomes).xml
        #expect(xml.contains(#"<testsuite name="tests/cases.yaml" tests="2" failures="1" errors="0""#))
        #expect(
            xml.contains(
                #"<testcase name="good" classname="tests/cases.yaml" file="tests/cases.yaml" line="5" time="0"/>"#
            )
        )
        #expect(xml.contains("name=\"&lt;bad&gt; &amp; &quot;worse&quot;\""))
        #expect(xml.contains("message=\"status: expected Break, is none\""))
        #expect(xml.contains("tests/cases.yaml:8:14: step 1"))
        #expect(CaseReport(outcomes).failed == 1)
        #expect(CaseReport(outcomes).ok == false)
    }
}
