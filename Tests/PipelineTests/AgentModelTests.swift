// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Foundation
import Pipeline
import StatusRules
import Testing

/// Any order of calls, words, faults, delays and deaths ends as the rules and the agent's last word demand.
@Suite("Agent model")
struct AgentModelTests {
    private func engine() throws -> DecisionEngine {
        let diagnostics = Diagnostics()
        let compiled = RuleSet.parse(
            """
            statuses: { Break: { presence: Break }, Meeting: { presence: Meeting } }
            rules:
              - name: flagged
                when: { conversation: { attributes.wfm_status: { in: [Break, Meeting] } } }
                then: { status: "${conversation.attributes.wfm_status}" }
            """,
            file: "rules.yaml",
            diagnostics: diagnostics
        )
        return DecisionEngine(
            rules: try #require(compiled, "\(diagnostics.all)"),
            targets: AgentWorld.targets,
            policy: EpisodePolicy(),
            mode: .act
        )
    }

    @Test("after quiet returns the presence is what the rules and the agent's last word demand, whatever the seed")
    func seeds() throws {
        let engine = try engine()
        let environment = ProcessInfo.processInfo.environment
        let seeds =
            environment["MODEL_SEED"].flatMap(Int.init).map { $0...$0 }
            ?? 1...(environment["MODEL_SEEDS"].flatMap(Int.init) ?? 300)
        var failures = 0
        for seed in seeds {
            var world = AgentWorld(seed: seed, engine: engine)
            world.run()
            let complaints = world.judge()
            guard !complaints.isEmpty else { continue }
            failures += 1
            let story = failures == 1 ? "\n" + world.log.joined(separator: "\n") : ""
            if failures <= 10 { Issue.record("seed \(seed): \(complaints.joined(separator: "; "))\(story)") }
        }
        #expect(failures == 0, "\(failures) of \(seeds.count) seeds")
    }
}
