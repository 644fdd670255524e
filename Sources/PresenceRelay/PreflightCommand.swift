// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import ConfigurationSyntax
import Foundation
import HTTPClient
import Logging
import Preflight

struct PreflightCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preflight",
        abstract: "Looks whether Genesys Cloud has what the configuration needs, and says what to grant.",
        discussion: """
            Makes at most \(Preflight.mostCalls) calls, and \(Preflight.callsForName) more for each kind of name (queues, \
            wrap-up codes, management units, teams, groups), within genesys.requestsPerMinute, and changes nothing. Exit \
            code 0 = all that is needed is there (warnings may remain), 1 = something is not, 2 = wrong usage or an \
            error in the configuration.
            """
    )

    @Option(help: "The configuration file.")
    var config: String

    @Flag(help: "The report as JSON on standard output.")
    var json = false

    @Flag(help: "Log each call on standard error.")
    var verbose = false

    func run() async throws {
        let diagnostics = Diagnostics()
        let configuration = RelayConfiguration.load(
            path: config,
            environment: .process(missingIsError: true),
            diagnostics: diagnostics
        )
        for diagnostic in diagnostics.sorted { complain(diagnostic.description) }
        guard let configuration, !diagnostics.hasErrors else { throw ExitCode(2) }

        var logger = Logger(label: "presence-relay") { StreamLogHandler.standardError(label: $0) }
        // What failed is in the report.
        logger.logLevel = verbose ? .debug : .critical
        let client = try HTTPClient(logger: logger)
        let preflight = Preflight(configuration, logger: logger) { request throws(HTTPClientError) in
            try await client.send(request)
        }
        let report = await preflight.run()
        await client.shutdown()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            say(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            say(report.text)
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }
}
