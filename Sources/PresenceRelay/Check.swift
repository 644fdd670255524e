// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import ConfigurationSyntax
import Foundation
import Logging
import StatusRules

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validates a configuration and its rules.",
        discussion: """
            With --online also its names against the organisation, by calls that change nothing: a token for each OAuth \
            client, the presence of each status, and every queue, wrap-up code, management unit, team, group and presence \
            that rules and agents.include name.

            Exit code 0 = usable (warnings may remain), 1 = errors, also when Genesys cannot be asked, 2 = wrong usage.
            """
    )

    @Argument(help: "The configuration file.")
    var file: String

    @Flag(help: "Findings as JSON on standard output.")
    var json = false

    @Flag(help: "Missing environment variables and secret files are errors, as they are for `serve`.")
    var secrets = false

    @Flag(help: "Look names up in Genesys Cloud; implies --secrets.")
    var online = false

    func run() async throws {
        let diagnostics = Diagnostics()
        let configuration = RelayConfiguration.load(
            path: file,
            environment: .process(missingIsError: secrets || online),
            diagnostics: diagnostics
        )
        if online, !diagnostics.hasErrors, let configuration {
            for finding in try await OnlineCheck(configuration).findings() { diagnostics.add(finding) }
        }
        let failed = configuration == nil || diagnostics.hasErrors
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let report = Report(ok: !failed, diagnostics: diagnostics.sorted.map(Finding.init))
            say(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            for diagnostic in diagnostics.sorted { say(diagnostic.description) }
            if let configuration, !failed {
                let rules = configuration.rules
                let files = configuration.ruleFiles.isEmpty ? "" : " in \(configuration.ruleFiles.count) files"
                let names =
                    online ? ", \(rules.statuses.count) statuses and \(configuration.nameCount) names found" : ""
                say("\(file): ok, \(rules.ruleNames.count) rules\(files), version \(rules.version)\(names)")
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
