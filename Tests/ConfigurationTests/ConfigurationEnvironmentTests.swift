// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Foundation
import Testing

@Suite("ConfigurationEnvironment")
struct ConfigurationEnvironmentTests {
    @Test("a file that does not exist is a finding at its beginning")
    func missingFile() {
        let diagnostics = Diagnostics()
        let configuration = RelayConfiguration.load(
            path: "nowhere/relay.yaml",
            environment: .mock(),
            diagnostics: diagnostics
        )
        #expect(configuration == nil)
        #expect(diagnostics.all.map(\.location) == [SourceLocation(file: "nowhere/relay.yaml", line: 1, column: 1)])
    }

    @Test("the files and variables of this machine are read, relative to the configuration's folder")
    func process() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "token\r\n".write(to: folder.appending(path: "token"), atomically: true, encoding: .utf8)
        let path = folder.appending(path: "relay.yaml")
        try """
        webhook: { authentication: { bearer: { tokens: "${file:token}" } } }
        admin: { tokens: "${env:PATH}" }
        genesys: { region: us-east-1, clients: [{ id: a, secret: b }] }
        """.write(to: path, atomically: true, encoding: .utf8)

        let diagnostics = Diagnostics()
        let configuration = RelayConfiguration.load(
            path: path.path,
            environment: .process(),
            diagnostics: diagnostics
        )
        guard case .bearer(let tokens) = configuration?.webhook.authentication.first else {
            Issue.record("no bearer token: \(diagnostics.all)")
            return
        }
        #expect(tokens == [ExpiringSecret(Secret("token"))])
        #expect(configuration?.admin.tokens.first?.value == ProcessInfo.processInfo.environment["PATH"])
    }

    @Test("where variables are not set, check warns and validates the rest")
    func placeholders() {
        let yaml = """
            server: { listen: "${env:LISTEN}", maxBodyBytes: "${env:MAX}", drainDelay: "${env:DELAY}" }
            webhook: { authentication: [{ apiKey: { header: "${env:HEADER}", values: "${file:key}" } }] }
            admin: { tokens: ["${env:TOKEN}"] }
            genesys: { apiURL: "${env:API}", loginURL: "${env:LOGIN}", clients: [{ id: a, secret: b }] }
            mode: ${env:MODE}
            journal: { url: "${env:DB}", kep: 1d }
            statuses: { Break: { presence: "${env:PRESENCE}" } }
            rules: [{ name: r, when: { conversation: { media: "${env:MEDIA}" } }, then: { status: "${env:STATUS}" } }]
            """
        let outcome = Outcome(yaml, environment: .mock(missingIsError: false))
        let errors = outcome.findings.filter { $0.contains("error:") }
        #expect(errors == ["6:30: error: unknown key 'kep'; did you mean 'keep'?"])
        #expect(outcome.findings.count { $0.contains("warning:") } == 14)

        let good = Outcome(yaml.replacing("kep", with: "keep"), environment: .mock(missingIsError: false))
        #expect(good.configuration != nil)
    }
}
