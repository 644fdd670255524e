// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import ConfigurationSyntax
import Foundation
import Pipeline
import Rehearsal
import StatusRules

struct Rules: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Works on status rules.",
        subcommands: [RulesTest.self]
    )
}

struct RulesTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract:
            "Runs your own tests of your rules (docs/rules-test.md), without a network and on a clock of their own.",
        discussion: "Exit code 0 = all are as expected, 1 = some are not, 2 = wrong usage, or a file with errors."
    )

    @Option(help: "The configuration under test, in place of the one that a file names.")
    var config: String?

    @Flag(help: "Results as JSON on standard output.")
    var json = false

    @Option(help: "Write results as JUnit XML to this file, too.")
    var junit: String?

    @Argument(help: "Files with cases.")
    var cases: [String]

    func run() throws {
        let diagnostics = Diagnostics()
        let outcomes = try load(diagnostics).flatMap { $0.run() }
        if let junit {
            do {
                try Data(JUnitReport(outcomes).xml.utf8).write(to: URL(fileURLWithPath: junit))
            } catch {
                complain("\(junit): error: the file cannot be written: \(error.localizedDescription)")
                throw ExitCode(2)
            }
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            say(String(decoding: try encoder.encode(CaseReport(outcomes)), as: UTF8.self))
        } else {
            show(outcomes)
        }
        if outcomes.contains(where: { !$0.isGood }) { throw ExitCode(1) }
    }

    /// All files; errors of all of them are shown before it ends.
    private func load(_ diagnostics: Diagnostics) throws -> [CaseFile] {
        let given = config.flatMap { Self.engine($0, diagnostics) }
        var files: [CaseFile] = []
        if config == nil || given != nil {
            for path in cases {
                guard let yaml = try? String(contentsOfFile: path, encoding: .utf8) else {
                    diagnostics.error(
                        at: SourceLocation(file: path, line: 1, column: 1),
                        "the file cannot be read: it does not exist, may not be read, or is not UTF-8"
                    )
                    continue
                }
                let file = CaseFile.parse(
                    yaml,
                    path: path,
                    configuration: given,
                    sources: .process,
                    diagnostics: diagnostics
                )
                if let file { files.append(file) }
            }
        }
        // Two files may name the same configuration, and so the same error.
        var shown: Set<Diagnostic> = []
        for diagnostic in diagnostics.sorted where diagnostic.severity == .error && shown.insert(diagnostic).inserted {
            complain(diagnostic.description)
        }
        guard !diagnostics.hasErrors else { throw ExitCode(2) }
        return files
    }

    static func engine(_ path: String, _ diagnostics: Diagnostics) -> DecisionEngine? {
        let errorsBefore = diagnostics.errorCount
        let configuration = RelayConfiguration.load(
            path: path,
            environment: .process(missingIsError: false),
            diagnostics: diagnostics
        )
        guard let configuration, diagnostics.errorCount == errorsBefore else { return nil }
        return DecisionEngine(configuration, targets: configuration.rules.offlineTargets, directory: nil)
    }

    private func show(_ outcomes: [CaseOutcome]) {
        for outcome in outcomes {
            guard let failure = outcome.failure else {
                say("ok      \(outcome.name)")
                continue
            }
            let at = failure.location
            say("FAILED  \(outcome.name)")
            say("  \(at.file):\(at.line):\(at.column): step \(failure.step), \(failure.at)")
            for line in failure.lines { say("    \(line)") }
        }
        let failed = outcomes.count { !$0.isGood }
        say("\(outcomes.count) cases, \(failed == 0 ? "all as expected" : "\(failed) failed")")
    }
}

extension CaseFile.Sources {
    /// Files of this machine.
    static var process: CaseFile.Sources {
        CaseFile.Sources(
            file: { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) },
            configuration: RulesTest.engine,
            rules: { written, path, diagnostics in
                let sources = RuleSources.read(
                    statuses: written.statuses,
                    rules: written.rules,
                    file: path,
                    environment: .process(missingIsError: false),
                    diagnostics: diagnostics
                )
                return (sources.statuses, sources.rules)
            }
        )
    }
}
