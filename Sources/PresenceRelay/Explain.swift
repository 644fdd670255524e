// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import Foundation
import GenesysEvents
import Pipeline
import Rehearsal
import StatusRules

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes events through the rules, without a network, and says what would happen and why."
    )

    @Option(help: "The configuration file.")
    var config: String

    @Flag(help: "JSON on standard output.")
    var json = false

    @Option(
        help: "The time on the clock before the first event, such as 2026-03-02T09:00:00Z; default: that of the event.",
        transform: { text in
            guard let time = Timestamp(text) else {
                throw ValidationError("'\(text)' is no time; write it as 2026-03-02T09:00:00Z")
            }
            return time
        }
    )
    var at: Timestamp?

    @Option(
        help: "Let timers run until then: a duration after the last event, such as 10m, or a time.",
        transform: MomentArgument.parse
    )
    var until: MomentArgument?

    @Argument(help: "Files with events (JSON, JSON array or NDJSON); - is standard input.")
    var events: [String]

    func run() throws {
        let configuration = try RelayConfiguration.load(orExit: config, secretsAreNeeded: false)
        var explanation = Explanation(
            engine: DecisionEngine(configuration, targets: configuration.rules.offlineTargets, directory: nil),
            from: at
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
        if let until { explanation.run(until: until.after(explanation.clock ?? .now)) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            say(String(decoding: try encoder.encode(explanation.report), as: UTF8.self))
        } else {
            for line in explanation.lines { say(line) }
        }
    }
}
