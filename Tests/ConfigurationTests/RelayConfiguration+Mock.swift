// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Foundation

extension ConfigurationEnvironment {
    /// Variables and files by name; nothing else exists. A folder that is named as a file with a slash at its end cannot
    /// be read.
    static func mock(
        _ variables: [String: String] = [:],
        files: [String: String] = [:],
        missingIsError: Bool = true
    ) -> ConfigurationEnvironment {
        ConfigurationEnvironment(
            variable: { variables[$0] },
            file: { path in
                guard let text = files[path] else { throw CocoaError(.fileReadNoSuchFile) }
                return text
            },
            matches: { pattern in
                let folders = files.keys.filter { $0.hasSuffix("/") && pattern.hasPrefix($0) }
                guard folders.isEmpty else { throw CocoaError(.fileReadNoPermission) }
                return files.keys.filter { fnmatch(pattern, $0, FNM_PATHNAME | FNM_PERIOD) == 0 }
            },
            missingIsError: missingIsError
        )
    }

    /// All that the fixtures name.
    static let fixtures = mock(
        [
            "KEY": "key-in-the-environment", "ADMIN": "admin-in-the-environment", "ID": "client-id",
            "SECRET": "client-secret", "RELAY_WEBHOOK_KEY": "webhook-key-of-the-relay",
            "RELAY_ADMIN_TOKEN": "admin-token",
            "GENESYS_CLIENT_ID": "client-id", "GENESYS_CLIENT_SECRET": "client-secret", "EMPTY": "",
            "PORT": "9000", "ADDRESS": "hush-hush-address",
        ],
        files: ["/run/secrets/webhook": "password-in-a-file\n"]
    )
}

/// A parsed text and what was found in it.
struct Outcome {
    var configuration: RelayConfiguration?
    /// `line:column: severity: message`, in the order of the file.
    var findings: [String]

    init(_ yaml: String, file: String = "relay.yaml", environment: ConfigurationEnvironment = .fixtures) {
        let diagnostics = Diagnostics()
        configuration = RelayConfiguration.parse(
            yaml,
            file: file,
            environment: environment,
            diagnostics: diagnostics
        )
        findings = diagnostics.sorted.map { String($0.description.dropFirst(file.count + 1)) }
    }

    /// The smallest configuration with a section replaced or added.
    init(
        webhook: String = "{ allowUnauthenticated: true }",
        admin: String = "{ allowUnauthenticated: true }",
        genesys: String = "{ region: us-east-1, clients: [{ id: a, secret: b }] }",
        rest: String = ""
    ) {
        self.init(
            """
            webhook: \(webhook)
            admin: \(admin)
            genesys: \(genesys)
            statuses: { Break: { presence: Break } }
            rules: [{ name: r, when: { outOfOffice: true }, then: { status: Break } }]
            \(rest)
            """
        )
    }
}

/// Files of the repository.
enum RepositoryFile {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let fixtures = root.appending(path: "Tests/Fixtures/configuration")

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}
