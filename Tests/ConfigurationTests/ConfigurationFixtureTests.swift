// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Foundation
import StatusRules
import Testing

/// Each file in Tests/Fixtures/configuration is a configuration that ends with what `check` is to say about it, one
/// `#= line:column: severity: message` for each finding; none = the file is good.
@Suite("Configuration files and their findings")
struct ConfigurationFixtureTests {
    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: RepositoryFile.fixtures.path)
        return (files ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    @Test("the fixtures are there")
    func fixturesExist() {
        #expect(Self.names.count >= 10)
    }

    @Test("a file has exactly the findings written at its end", arguments: names)
    func findings(name: String) throws {
        let yaml = try RepositoryFile.text("Tests/Fixtures/configuration/\(name)")
        let expected = yaml.split(separator: "\n").filter { $0.hasPrefix("#= ") }.map { String($0.dropFirst(3)) }
        let outcome = Outcome(yaml, file: name)
        #expect(outcome.findings == expected)
        #expect((outcome.configuration == nil) == expected.contains { $0.contains(": error: ") })
    }

    @Test("no value of a variable or file is ever shown", arguments: names)
    func secrets(name: String) throws {
        let findings = Outcome(try RepositoryFile.text("Tests/Fixtures/configuration/\(name)")).findings
        for secret in ["hush-hush", "in-the-environment", "client-secret", "password-in-a-file"] {
            #expect(!findings.contains { $0.contains(secret) })
        }
    }

    @Test("the example in deploy passes, and would even where its variables are not set")
    func example() throws {
        let yaml = try RepositoryFile.text("deploy/relay.yaml")
        #expect(Outcome(yaml).findings == [])
        #expect(Outcome(yaml).configuration?.rules.ruleNames.count == 4)

        let elsewhere = Outcome(yaml, environment: .mock(missingIsError: false))
        #expect(elsewhere.configuration != nil)
        #expect(elsewhere.findings.count == 4)
        #expect(elsewhere.findings.allSatisfy { $0.contains("warning: the environment variable") })
    }
}
