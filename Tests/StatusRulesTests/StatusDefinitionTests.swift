// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import GenesysEvents
import StatusRules
import Testing

@Suite("StatusDefinition")
struct StatusDefinitionTests {
    private func statuses(_ yaml: String) -> (statuses: [String: StatusDefinition]?, findings: [String]) {
        let diagnostics = Diagnostics()
        let set = RuleSet.parse("statuses:\n  S: \(yaml)", file: "f", diagnostics: diagnostics)
        return (set?.statuses, diagnostics.all.map { String($0.description.dropFirst(2)) })
    }

    @Test(
        "a name alone is a system presence in any spelling",
        arguments: ["On Queue", "OnQueue", "ON_QUEUE", "on-queue", "onqueue"]
    )
    func system(spelling: String) {
        let (statuses, findings) = statuses("{ presence: \(spelling) }")
        #expect(findings == [])
        #expect(statuses?["S"]?.presence == .system(.onQueue))
    }

    @Test("a secondary presence has a label, with or without its system presence, or an id")
    func secondary() {
        #expect(
            statuses("{ presence: { label: Huddle, system: meeting } }").statuses?["S"]?.presence
                == .label("Huddle", system: .meeting)
        )
        #expect(statuses("{ presence: { label: Huddle } }").statuses?["S"]?.presence == .label("Huddle", system: nil))
        #expect(statuses("{ presence: { id: 0c0e } }").statuses?["S"]?.presence == .id("0c0e"))
    }

    @Test("no message and an empty message both clear it")
    func message() {
        #expect(statuses("{ presence: Meal }").statuses?["S"]?.message == nil)
        #expect(statuses("{ presence: Meal, message: '' }").statuses?["S"]?.message == nil)
        #expect(statuses("{ presence: Meal, message: Back at 2 }").statuses?["S"]?.message == "Back at 2")
    }

    @Test("Offline is a trap and is warned about")
    func offline() {
        let (statuses, findings) = statuses("{ presence: Offline }")
        #expect(statuses?["S"] != nil)
        #expect(findings.count == 1)
        #expect(findings.first?.hasPrefix("2:18: warning: statuses.S sets Offline") == true)
    }

    @Test("a misspelt system presence names the nearest and the other ways to write one")
    func misspelt() {
        let (statuses, findings) = statuses("{ presence: Brek }")
        #expect(statuses == nil)
        #expect(findings.first?.contains("did you mean 'Break'? (a secondary presence is written { label:") == true)
    }
}
