// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import Foundation
import Pipeline
import StatusRules

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes events through the rules, without a network, and says what would happen and why."
    )

    @Option(help: "The configuration file.")
    var config: String

    @Flag(help: "JSON on standard output.")
    var json = false

    @Argument(help: "Files with events (JSON, JSON array or NDJSON); - is standard input.")
    var events: [String]

    func run() throws {
        let configuration = try RelayConfiguration.load(orExit: config, secretsAreNeeded: false)
        var explanation = Explanation(
            engine: DecisionEngine(
                configuration,
                targets: StatusTargets(offline: configuration.rules.statuses).targets,
                directory: nil
            )
        )
        for path in events {
            let bytes: Data
            do {
                // Not Data(contentsOf:), which refuses pipes such as a shell's <(…).
                let file = path == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                bytes = try file.readToEnd() ?? Data()
            } catch {
                complain("\(path): error: the file cannot be read: \(error.localizedDescription)")
                throw ExitCode(1)
            }
            do {
                try explanation.take(Array(bytes), now: .now)
            } catch {
                complain("\(path): error: \(error)")
                throw ExitCode(1)
            }
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            say(String(decoding: try encoder.encode(explanation.report), as: UTF8.self))
        } else {
            for line in explanation.lines { say(line) }
        }
    }
}
