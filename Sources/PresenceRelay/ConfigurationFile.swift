// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import ConfigurationSyntax

extension RelayConfiguration {
    /// Reads a file for a command; findings go to standard error, errors end the command with code 1.
    static func load(orExit path: String, secretsAreNeeded: Bool = true) throws -> RelayConfiguration {
        let diagnostics = Diagnostics()
        let configuration = load(
            path: path,
            environment: .process(missingIsError: secretsAreNeeded),
            diagnostics: diagnostics
        )
        for diagnostic in diagnostics.sorted where secretsAreNeeded || diagnostic.severity == .error {
            complain(diagnostic.description)
        }
        guard let configuration, !diagnostics.hasErrors else { throw ExitCode(1) }
        return configuration
    }
}
