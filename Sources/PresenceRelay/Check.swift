// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import ConfigurationSyntax
import Foundation
import StatusRules

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validates a configuration and its rules; exit code 0 = usable, 1 = errors."
    )

    @Argument(help: "The configuration file.")
    var file: String

    @Flag(help: "Findings as JSON on standard output.")
    var json = false

    @Flag(help: "Missing environment variables and secret files are errors, as they are for `serve`.")
    var secrets = false

    func run() throws {
        let diagnostics = Diagnostics()
        let configuration = RelayConfiguration.load(
            path: file,
            environment: .process(missingIsError: secrets),
            diagnostics: diagnostics
        )
        let failed = configuration == nil || diagnostics.hasErrors
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let report = Report(ok: !failed, diagnostics: diagnostics.sorted.map(Finding.init))
            say(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            for diagnostic in diagnostics.sorted { say(diagnostic.description) }
            if let configuration, !failed {
                let files = configuration.ruleFiles.isEmpty ? "" : " in \(configuration.ruleFiles.count) files"
                say(
                    "\(file): ok, \(configuration.rules.ruleNames.count) rules\(files), version \(configuration.rules.version)"
                )
            }
        }
        if failed { throw ExitCode(1) }
    }

    private struct Report: Encodable {
        var ok: Bool
        var diagnostics: [Finding]
    }

    private struct Finding: Encodable {
        var file: String
        var line: Int
        var column: Int
        var severity: String
        var message: String

        init(_ diagnostic: Diagnostic) {
            file = diagnostic.location.file
            line = diagnostic.location.line
            column = diagnostic.location.column
            severity = diagnostic.severity.rawValue
            message = diagnostic.message
        }
    }
}
