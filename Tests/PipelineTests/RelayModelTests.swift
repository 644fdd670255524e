// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Foundation
import Pipeline
import StatusRules
import Testing

/// Any order of calls, words, faults, delays and deaths ends as the rules and the agents' last words demand, within the
/// budget, and with one call at a time for each agent.
///
/// `MODEL_SEEDS=n` plays more of them, `MODEL_SEED=n` one whose story is printed when it fails.
@Suite("Relay model")
struct RelayModelTests {
    private static let plainRules = """
        statuses: { Break: { presence: Break }, Meeting: { presence: Meeting } }
        rules:
          - name: flagged
            when: { conversation: { attributes.wfm_status: { in: [Break, Meeting] } } }
            then: { status: "${conversation.attributes.wfm_status}" }
        """

    private func engine(_ rules: String) throws -> DecisionEngine {
        let diagnostics = Diagnostics()
        let compiled = RuleSet.parse(rules, file: "rules.yaml", diagnostics: diagnostics)
        return DecisionEngine(
            rules: try #require(compiled, "\(diagnostics.all)"),
            targets: RelayWorld.targets,
            policy: EpisodePolicy(),
            mode: .act
        )
    }

    /// One agent meets more races, many agents bulk calls and a budget that is too small for them.
    @Test(
        "after quiet returns the presence is what the rules and the agent's last word demand, whatever the seed",
        arguments: [1, 12, 40]
    )
    func seeds(agents: Int) throws {
        try play(try engine(Self.plainRules), agents) { seed, engine in
            RelayWorld(seed: seed, agents: agents, engine: engine)
        }
    }

    @Test(
        "statuses that wait, last, rest and are released to others end as their rules demand, whatever the seed",
        arguments: [1, 12]
    )
    func timedSeeds(agents: Int) throws {
        try play(try engine(RelayWorld.timedRules), agents) { seed, engine in
            RelayWorld(seed: seed, agents: agents, engine: engine, flags: RelayWorld.timedFlags)
        }
    }

    private func play(
        _ engine: DecisionEngine,
        _ agents: Int,
        _ world: (Int, DecisionEngine) -> RelayWorld
    ) throws {
        let environment = ProcessInfo.processInfo.environment
        let all = environment["MODEL_SEEDS"].flatMap(Int.init) ?? 300
        let seeds = environment["MODEL_SEED"].flatMap(Int.init).map { $0...$0 } ?? 1...max(1, all / agents)
        var failures = 0, calls = 0, bulkCalls = 0
        for seed in seeds {
            var world = world(seed, engine)
            world.run()
            let complaints = world.judge()
            calls += world.calls
            bulkCalls += world.bulkCalls
            guard !complaints.isEmpty else { continue }
            failures += 1
            let story = failures == 1 ? "\n" + world.log.joined(separator: "\n") : ""
            if failures <= 10 { Issue.record("seed \(seed): \(complaints.joined(separator: "; "))\(story)") }
        }
        #expect(failures == 0, "\(failures) of \(seeds.count) seeds")
        // A model without bulk calls would prove nothing of them.
        if agents > 1, seeds.count > 1 { #expect(bulkCalls > calls / 20, "\(bulkCalls) of \(calls) calls") }
    }
}
