// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import ConfigurationSyntax
import Foundation
import GenesysEvents
import Journal
import Logging
import Rehearsal

/// `presence-relay journal`
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Checks, exports, compacts and backs up the journal. docs/journal.md says how and when.",
        discussion: """
            All but vacuum work beside the relay that is writing it. Exit code 0 = done, 1 = something is wrong with it or \
            with a file, 2 = wrong usage.
            """,
        subcommands: [VerifyJournal.self, ExportJournal.self, VacuumJournal.self, BackUpJournal.self]
    )
}

/// Which journal a command works on.
struct JournalOptions: ParsableArguments {
    @Option(help: "The configuration file, which names the journal.")
    var config: String?

    @Option(help: "The journal's database file, instead.")
    var journal: String?

    func validate() throws {
        guard (config == nil) != (journal == nil) else {
            throw ValidationError("write --config FILE or --journal FILE, one of them")
        }
    }

    /// `sqlite:PATH`
    func url() throws -> String {
        if let config { return try RelayConfiguration.load(orExit: config, secretsAreNeeded: false).journal.url }
        let path = journal ?? ""
        return path.hasPrefix("sqlite:") ? path : "sqlite:" + path
    }

    /// Opens it; errors end the command with code 1.
    func open(_ access: Journal.Configuration.Access) throws -> Journal {
        let url = try url()
        var configuration = Journal.Configuration()
        configuration.access = access
        do {
            if access == .readWrite { try Journal.requireFile(url: url) }
            return try Journal(url: url, configuration: configuration, logger: .ofCommand)
        } catch {
            complain("error: \(error.message)")
            throw ExitCode(1)
        }
    }

    /// Opens it for a while; errors of the journal end the command with code 1.
    func withJournal<Value>(
        _ access: Journal.Configuration.Access,
        _ body: (Journal) async throws -> Value
    ) async throws -> Value {
        let journal = try open(access)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(journal))
        } catch let error as JournalError {
            complain("error: \(error.message)")
            result = .failure(ExitCode(1))
        } catch {
            result = .failure(error)
        }
        await journal.close()
        return try result.get()
    }
}

private struct VerifyJournal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Looks whether the database is sound and whether all in it can be read.",
        discussion: """
            It is only read, also beside a running relay, whose log grows meanwhile: for a large journal check a backup \
            instead.
            """
    )

    @OptionGroup var options: JournalOptions

    @Flag(help: "The report as JSON on standard output.")
    var json = false

    func run() async throws {
        let report = try await options.withJournal(.readOnly) { try await JournalReport(verifying: $0) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            say(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            say(report.text)
        }
        if !report.ok { throw ExitCode(1) }
    }
}

private struct ExportJournal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes events as NDJSON, as `replay --events` and `explain` read them.",
        discussion: """
            One event as received on each line, with a member `journal` in front that says when and from whom it came. \
            Events hold personal data: the file is readable for its owner alone.
            """
    )

    @OptionGroup var options: JournalOptions

    @Option(help: "Only events about this agent's user id, and those that name none; may be given again.")
    var agent: [String] = []

    @Option(
        help: "Only topics like this, with * for one part: 'v2.users.*.presence'; may be given again.",
        transform: TopicPattern.parse
    )
    var topic: [TopicPattern] = []

    @Option(
        help: "Received from then on: a duration back from now (with --until: from there) or a time.",
        transform: MomentArgument.parse
    )
    var since: MomentArgument?

    @Option(help: "Received until then: a duration back from now or a time.", transform: MomentArgument.parse)
    var until: MomentArgument?

    @Option(help: "Write to this file instead of standard output.")
    var output: String?

    func run() async throws {
        let end = until?.before(.now) ?? JournalExport.endOfTime
        let start = since?.before(until == nil ? .now : end) ?? JournalExport.beginningOfTime
        guard start <= end else {
            complain("error: --since \(start) is after --until \(end)")
            throw ExitCode(2)
        }
        do {
            let file = try JournalFile(url: try options.url())
            let counts = try await file.export(
                JournalExport(window: start...end, agents: Set(agent), topics: topic),
                to: output
            )
            complain(counts.sentence)
            await file.close()
        } catch let failure as ReplayFailure {
            complain("error: \(failure.message)")
            throw ExitCode(1)
        }
    }
}

private struct VacuumJournal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vacuum",
        abstract: "Gives the free pages of the database back to the file system. Not while a relay runs on it.",
        discussion: "Needs free space of twice what is in use. A relay uses free pages again, so this is seldom needed."
    )

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let sizes = try await options.withJournal(.readWrite) { try await $0.vacuum() }
        say("\(sizes.before / 1000) KB before, \(sizes.after / 1000) KB now")
    }
}

private struct BackUpJournal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the journal to a new file, while the relay goes on.",
        discussion: """
            The copy has everything that was answered with 202 before. It is checked, on disk and readable for its owner \
            alone when it appears under its name. A file that is there is never overwritten.
            """
    )

    @OptionGroup var options: JournalOptions

    @Argument(help: "The new file.")
    var path: String

    func run() async throws {
        let backup = try await options.withJournal(.readOnly) { try await $0.backup(to: path) }
        say("\(path): \(backup.bytes / 1000) KB, events up to \(backup.lastSequence)")
    }
}

extension Logger {
    /// Of a command that reads or keeps a journal: standard error has what the journal says.
    static var ofCommand: Logger { Logger(label: "journal") { StreamLogHandler.standardError(label: $0) } }
}
