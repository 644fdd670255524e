// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Foundation
import Pipeline
import Rehearsal
import StatusRules
import Testing

/// Runs a file of cases as `presence-relay rules test` does, and records what is not as expected.
///
/// - Parameters:
///   - path: seen from where the paths in the file are.
///   - name: for what is recorded.
func runCases(_ text: String, path: String, name: String) throws {
    let diagnostics = Diagnostics()
    let file = CaseFile.parse(
        text,
        path: path,
        sources: CaseFile.Sources(
            file: { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) },
            configuration: { path, diagnostics in
                RelayConfiguration.load(
                    path: path,
                    environment: .process(missingIsError: false),
                    diagnostics: diagnostics
                ).map { configuration in
                    DecisionEngine(
                        rules: configuration.rules,
                        targets: configuration.rules.offlineTargets,
                        policy: EpisodePolicy(maxEventAge: configuration.maxEventAge),
                        mode: .act
                    )
                }
            }
        ),
        diagnostics: diagnostics
    )
    for diagnostic in diagnostics.sorted where diagnostic.severity == .error {
        Issue.record("\(diagnostic)")
    }
    let cases = try #require(file)
    #expect(!cases.cases.isEmpty)
    for outcome in cases.run() {
        guard let failure = outcome.failure else { continue }
        let place = "\(name):\(failure.location.line): \(outcome.name), step \(failure.step)"
        Issue.record("\(place)\n\(failure.lines.joined(separator: "\n"))")
    }
}
