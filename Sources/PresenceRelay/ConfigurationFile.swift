// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import ConfigurationSyntax
import Dispatch
import Synchronization

/// The file that a relay's configuration comes from, read again while it runs, and what was read with it.
final class ConfigurationFile: Sendable {
    let path: String
    /// Of the last reading.
    private let sources = Mutex(ConfigurationSources())

    init(_ path: String) { self.path = path }

    /// Reads it, and takes note of all files that go into it.
    func load(diagnostics: Diagnostics) -> RelayConfiguration? {
        let reading = ConfigurationSources()
        defer { sources.withLock { $0 = reading } }
        let configuration = RelayConfiguration.load(
            path: path,
            environment: reading.noting(.process()),
            diagnostics: diagnostics
        )
        // The server reads them after this: what changes in between shows as a difference.
        if let tls = configuration?.server.tls {
            for file in [tls.certificate, tls.privateKey, tls.clientCA].compactMap(\.self) {
                reading.note(file, .process())
            }
        }
        return configuration
    }

    /// The files as of the last reading, and as of now.
    func look() async -> ConfigurationWatcher.Look {
        let sources = sources.withLock { $0 }
        return await withCheckedContinuation { continuation in
            // A network file system may keep the thread waiting: not one of those that decide and deliver.
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(returning: (sources.read, sources.look(.process())))
            }
        }
    }
}

extension RelayConfiguration {
    /// Reads a file for a command; findings go to standard error, errors end the command with code 1.
    static func load(orExit path: String, secretsAreNeeded: Bool = true) throws -> RelayConfiguration {
        try load(secretsAreNeeded: secretsAreNeeded) { diagnostics in
            load(path: path, environment: .process(missingIsError: secretsAreNeeded), diagnostics: diagnostics)
        }
    }

    /// The same for a file that is read again later.
    static func load(orExit file: ConfigurationFile) throws -> RelayConfiguration {
        try load(secretsAreNeeded: true) { file.load(diagnostics: $0) }
    }

    private static func load(
        secretsAreNeeded: Bool,
        _ read: (Diagnostics) -> RelayConfiguration?
    ) throws -> RelayConfiguration {
        let diagnostics = Diagnostics()
        let configuration = read(diagnostics)
        for diagnostic in diagnostics.sorted where secretsAreNeeded || diagnostic.severity == .error {
            complain(diagnostic.description)
        }
        guard let configuration, !diagnostics.hasErrors else { throw ExitCode(1) }
        return configuration
    }
}
