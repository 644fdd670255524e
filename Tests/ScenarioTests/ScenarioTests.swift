// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Foundation
import Pipeline
import Rehearsal
import StatusRules
import Testing

/// The cases of `Tests/Fixtures/Scenarios`, as `presence-relay rules test` runs them.
@Suite("Scenarios")
struct ScenarioTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/Scenarios")

    /// File names, so that a failure names its file.
    static let files: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    @Test("there are scenarios to run")
    func some() { #expect(Self.files.count >= 5) }

    @Test("every case of the file is as expected", arguments: files)
    func file(name: String) throws {
        let path = Self.folder.appendingPathComponent(name).path
        let diagnostics = Diagnostics()
        let file = CaseFile.parse(
            try String(contentsOfFile: path, encoding: .utf8),
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
}
