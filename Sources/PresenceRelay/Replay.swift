// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ArgumentParser
import Configuration
import ConfigurationSyntax
import Foundation
import GenesysEvents
import Pipeline
import Rehearsal
import StatusRules

struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes the events of the journal through one or two files of rules: timelines, minutes, differences.",
        discussion: """
            Nothing is written, no call is made, and the relay may go on running meanwhile. What the relay itself had set \
            is left out. docs/replay.md says how it decides, and what it cannot know. Times are durations back from now \
            (7d, 12h) or times (2026-03-02T09:00:00Z).
            """
    )

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, csv, html, json }

    @Option(help: "The configuration file.")
    var config: String

    @Option(
        help:
            "Where it begins: a duration back from now (with --until or --events: from the end) or a time; default: the first event.",
        transform: MomentArgument.parse
    )
    var since: MomentArgument?

    @Option(
        help: "Where it ends: a duration back from now or a time; default: the last event.",
        transform: MomentArgument.parse
    )
    var until: MomentArgument?

    @Option(help: "Other rules to compare with: a relay.yaml, or a file with rules.")
    var rules: String?

    @Option(help: "The journal's database file; default: that of the configuration.")
    var journal: String?

    @Option(
        help:
            "Events that were exported, or any NDJSON file of events in the order of their times, instead of a journal."
    )
    var events: String?

    @Option(help: "Only this agent's user id; may be given again.")
    var agent: [String] = []

    @Option(help: "text, csv, html or json.")
    var format = Format.text

    @Option(help: "Write to this file instead of standard output.")
    var output: String?

    @Option(help: "Write the events of the time as NDJSON to this file, and replay nothing.")
    var export: String?

    @Option(
        help: "How long before the beginning events are looked at, so that what is known then is known.",
        transform: { text in
            guard let duration = DurationSyntax.parse(text) else {
                throw ValidationError("'\(text)' is no duration; write it as 12h (ms, s, m, h, d)")
            }
            return duration
        }
    )
    var warmUp = Duration.seconds(12 * 3600)

    func validate() throws {
        if journal != nil, events != nil { throw ValidationError("write --journal or --events, not both") }
        if export != nil, events != nil { throw ValidationError("--export takes a journal: leave out --events") }
    }

    func run() async throws {
        let configuration = try RelayConfiguration.load(orExit: config, secretsAreNeeded: false)
        do {
            let source: any ReplaySource =
                if let events {
                    try EventFile(path: events)
                } else {
                    try JournalFile(
                        url: journal.map { $0.hasPrefix("sqlite:") ? $0 : "sqlite:" + $0 } ?? configuration.journal.url
                    )
                }
            let window = try await window(of: source)
            if let export, let journal = source as? JournalFile {
                let counts = try await journal.export(JournalExport(window: window, agents: Set(agent)), to: export)
                return say("\(export): \(counts.sentence)")
            }
            let start = window.lowerBound.advanced(by: .zero - warmUp)
            let memory = try await source.memory(since: start)
            let files = try Files(configuration: configuration, other: otherRules())
            let plans = (plan(files, memory, window), plan(try files.readAgain(by: self), memory, window))
            let parts = try await source.replay(plans, from: start)
            try show(
                ReplayResult(
                    parts,
                    from: window.lowerBound,
                    to: window.upperBound,
                    old: ReplayedRules(configuration.rules, file: config),
                    new: files.other.map { ReplayedRules($0.rules, file: rules ?? "") }
                )
            )
        } catch let failure as ReplayFailure {
            complain("error: \(failure.message)")
            throw ExitCode(1)
        }
    }

    private func window(of source: any ReplaySource) async throws -> ClosedRange<Timestamp> {
        let bounds = try await source.bounds()
        let end = until?.before(.now) ?? bounds.upperBound
        let reference = until == nil ? max(Timestamp.now, bounds.upperBound) : end
        // A file is as old as it is; in a journal, 7d are the last seven days.
        let asked = since?.before(events == nil ? reference : end) ?? bounds.lowerBound
        // Nothing is known of the time before the first event.
        let start = max(asked, bounds.lowerBound)
        guard start < end else {
            throw ReplayFailure(
                message:
                    "there is nothing between \(asked) and \(end): the events are from \(bounds.lowerBound) to \(bounds.upperBound)"
            )
        }
        return start...end
    }

    /// What is replayed through.
    private struct Files {
        let configuration: RelayConfiguration
        let other: AlternativeRules?

        /// The same in memory of its own. Two parts that count their references to one set of rules, millions of times
        /// in each second, would wait for each other's caches.
        func readAgain(by command: Replay) throws -> Files {
            let again = Files(
                configuration: try RelayConfiguration.load(orExit: command.config, secretsAreNeeded: false),
                other: try command.otherRules()
            )
            guard again.configuration.rules.version == configuration.rules.version,
                again.other?.rules.version == other?.rules.version
            else { throw ReplayFailure(message: "the rules are being changed: try again when they are written") }
            return again
        }
    }

    private func plan(_ files: Files, _ memory: ReplayMemory, _ window: ClosedRange<Timestamp>) -> ReplayRun.Plan {
        func engine(_ rules: RuleSet, _ ages: [String: Duration] = [:]) -> DecisionEngine {
            var one = files.configuration
            one.rules = rules
            var engine = DecisionEngine(one, targets: rules.offlineTargets, directory: nil)
            for (status, target) in engine.targets {
                if let label = target.label, let id = memory.definitions[label] {
                    engine.targets[status]?.definitionID = id
                }
            }
            engine.policy.maxEventAge = ages["maxEventAge"] ?? engine.policy.maxEventAge
            engine.policy.maxReleaseAge = ages["maxReleaseAge"] ?? engine.policy.maxReleaseAge
            engine.policy.conversationTimeout = ages["conversationTimeout"] ?? engine.policy.conversationTimeout
            return engine
        }
        return ReplayRun.Plan(
            old: engine(files.configuration.rules),
            new: files.other.map { engine($0.rules, $0.ages) },
            window: window,
            agents: Set(agent),
            ownChanges: memory.ownChanges
        )
    }

    /// The rules to compare with; `nil` = none are asked for.
    private func otherRules() throws -> AlternativeRules? {
        try rules.map { path in
            let diagnostics = Diagnostics()
            let read = AlternativeRules.load(
                path: path,
                configuration: config,
                environment: .process(missingIsError: false),
                diagnostics: diagnostics
            )
            for diagnostic in diagnostics.sorted where diagnostic.severity == .error {
                complain(diagnostic.description)
            }
            guard let read, !diagnostics.hasErrors else { throw ExitCode(1) }
            return read
        }
    }

    private func show(_ result: ReplayResult) throws {
        let text: String
        switch format {
        case .text: text = result.lines.joined(separator: "\n") + "\n"
        case .csv: text = result.csv
        case .html: text = ReplayPage(result).html
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            text = String(decoding: try encoder.encode(ReplayReport(result)), as: UTF8.self) + "\n"
        }
        guard let output else { return try FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: output))
        } catch {
            throw ReplayFailure(message: "\(output) cannot be written: \(error.localizedDescription)")
        }
    }
}

extension ReplayedRules {
    fileprivate init(_ rules: RuleSet, file: String) {
        self.init(file: file, version: rules.version, rules: rules.ruleNames.count)
    }
}
