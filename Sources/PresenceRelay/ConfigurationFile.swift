// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import ConfigurationSyntax
import Foundation

extension RelayConfiguration {
    /// Reads a file for a command; findings go to standard error, errors end the command with code 1.
    static func load(orExit path: String, secretsAreNeeded: Bool = true) throws -> RelayConfiguration {
        let diagnostics = Diagnostics()
        let configuration = load(
            path: path,
            environment: .process(besides: path, missingIsError: secretsAreNeeded),
            diagnostics: diagnostics
        )
        for diagnostic in diagnostics.all where secretsAreNeeded || diagnostic.severity == .error {
            complain(diagnostic.description)
        }
        guard let configuration, !diagnostics.hasErrors else { throw ExitCode(1) }
        return configuration
    }
}

extension ConfigurationEnvironment {
    /// The process's environment; files relative to the configuration file's folder.
    static func process(besides path: String, missingIsError: Bool = true) -> ConfigurationEnvironment {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return ConfigurationEnvironment(
            variable: { ProcessInfo.processInfo.environment[$0] },
            file: { name in
                let url = name.hasPrefix("/") ? URL(fileURLWithPath: name) : folder.appendingPathComponent(name)
                return try String(contentsOf: url, encoding: .utf8)
            },
            missingIsError: missingIsError
        )
    }
}
