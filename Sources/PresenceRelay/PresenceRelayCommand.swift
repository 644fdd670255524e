// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Logging

@main
struct PresenceRelayCommand: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "presence-relay",
        abstract: "Makes an agent's status in Genesys Cloud true within a second of the event that changed it.",
        version: version,
        subcommands: [
            Serve.self, Check.self, Explain.self, Replay.self, Rules.self, PreflightCommand.self, ResyncCommand.self,
            DeadLettersCommand.self, JournalCommand.self, Simulate.self, Demo.self,
        ]
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // Scripts tell "not ready" or "not as expected" (1) from "not asked right" (2).
            let strict = [
                PreflightCommand.configuration.commandName, Rules.configuration.commandName,
                Check.configuration.commandName ?? "check", Replay.configuration.commandName ?? "replay",
                DeadLettersCommand.configuration.commandName, JournalCommand.configuration.commandName,
            ]
            if strict.contains(CommandLine.arguments.dropFirst().first), exitCode(for: error) == .validationFailure {
                complain(fullMessage(for: error))
                exit(withError: ExitCode(2))
            }
            exit(withError: error)
        }
    }
}

/// `--log-level` of every command that logs.
struct LoggingOptions: ParsableArguments {
    @Option(
        help: "trace, debug, info, notice, warning, error or critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else { throw ValidationError("'\(text)' is no log level") }
            return level
        }
    )
    var logLevel: Logger.Level = .info

    func logger(_ label: String = "presence-relay") -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        return logger
    }
}
