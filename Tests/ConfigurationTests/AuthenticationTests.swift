// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Credentials
import Foundation
import GenesysEvents
import Testing

@Suite("Authentication of senders")
struct AuthenticationTests {
    private static let key = "0123456789abcdef-key"
    private static let now = Timestamp("2026-06-01T12:00:00Z") ?? Timestamp(milliseconds: 0)

    /// A configuration with these schemes, at noon of 2026-06-01.
    private func outcome(_ schemes: String, server: String = "{}", now: Timestamp = Self.now) -> Outcome {
        var environment = ConfigurationEnvironment.fixtures
        environment.now = { now }
        return Outcome(
            """
            server: \(server)
            webhook: { authentication: [\(schemes)] }
            admin: { allowUnauthenticated: true }
            genesys: { region: us-east-1, clients: [{ id: a, secret: b }] }
            statuses: { Break: { presence: Break } }
            rules: [{ name: r, when: { outOfOffice: true }, then: { status: Break } }]
            """,
            environment: environment
        )
    }

    @Test("every setting of every scheme arrives, and has its default")
    func settings() throws {
        let text = try RepositoryFile.text("Tests/Fixtures/configuration/authentication-signatures.yaml")
        let configuration = try #require(Outcome(text).configuration)
        let webhook = configuration.webhook
        #expect(webhook.retiredPaths == ["/hook/1", "/v1/events"])
        #expect(webhook.allowedOrigins == ["eventgrid.azure.net", "*"])
        #expect(configuration.server.tls?.clientCertificatesAreOptional == true)
        let end = try #require(Timestamp("2999-12-31T00:00:00Z"))
        let ways = webhook.authentication
        try #require(ways.count == 7)
        guard case .hmac("X-Signature", "", .sha256, .hex, let one) = ways[0],
            case .hmac("X-Hub-Signature", "", .sha1, .base64, let two) = ways[1],
            case .standardWebhooks(let secrets, [], .seconds(300)) = ways[2],
            case .standardWebhooks(let expiring, let publicKeys, .seconds(30)) = ways[3],
            case .mutualTLS(let subjects, []) = ways[4], case .mutualTLS([], ["CN=Acme CA"]) = ways[5],
            case .basic("genesys", let passwords) = ways[6]
        else {
            Issue.record("the schemes are not those of the file")
            return
        }
        let key = Secret("key-in-the-environment")
        #expect(one == [ExpiringSecret(key)])
        #expect(two == [ExpiringSecret(key), ExpiringSecret(key, notAfter: end)])
        #expect(secrets == [ExpiringSecret(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))])
        #expect(expiring.map(\.notAfter) == [end.advanced(by: .seconds(-3600))])
        #expect(publicKeys.map(\.secret.value) == ["whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="])
        #expect(subjects == ["CN=sender, O=Acme", "DNS:sender.example.com", "URI:spiffe://example.com/a"])
        #expect(passwords == [ExpiringSecret(Secret("password-in-a-file"), notAfter: end)])
        let smallest = try #require(Outcome().configuration).webhook
        #expect(smallest.retiredPaths == [] && smallest.allowedOrigins == ["*"])
    }

    @Test("a value that has run out is a warning beside one that has not, in its scheme or in another")
    func runOut() throws {
        let old = "{ value: \(Self.key), notAfter: 2026-06-01T11:59:59Z }"
        for schemes in [
            "{ bearer: { tokens: [\(old), \(Self.key)] } }",
            "{ bearer: { tokens: [\(old)] } }, { apiKey: { header: K, values: \(Self.key) } }",
        ] {
            let outcome = outcome(schemes)
            #expect(outcome.configuration != nil)
            #expect(outcome.findings.count == 1)
            let finding = try #require(outcome.findings.first)
            #expect(finding.contains("warning: webhook.authentication.bearer.tokens.notAfter"))
            #expect(finding.contains("has run out") && finding.hasPrefix("2:"))
            #expect(!finding.contains(Self.key))
        }
        let last = "{ bearer: { tokens: { value: \(Self.key), notAfter: 2026-06-01T12:00:00Z } } }"
        #expect(outcome(last).findings == [])
    }

    @Test("when nothing is left that could be accepted, it is an error; nothing is opened by running out")
    func allRunOut() throws {
        let schemes = """
            { bearer: { tokens: { value: \(Self.key), notAfter: 2026-06-01T12:00:00Z } } }, \
            { standardWebhooks: { publicKeys:
              [{ value: whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=, notAfter: 2026-01-01T00:00:00Z }] } }
            """
        #expect(outcome(schemes).configuration?.webhook.authentication.count == 2)
        let late = outcome(schemes, now: Self.now.advanced(by: .milliseconds(1)))
        #expect(late.configuration == nil)
        #expect(late.findings.contains { $0.contains("error: webhook.authentication: all values have run out") })
        let certificates = outcome(
            schemes + ", { mutualTLS: { subjects: CN=a } }",
            server: "{ tls: { certificate: a, privateKey: b, clientCA: c } }",
            now: Self.now.advanced(by: .seconds(1))
        )
        #expect(certificates.configuration != nil)
    }

    @Test("mutual TLS without a client CA is an error that says so")
    func noClientCA() {
        for server in ["{}", "{ tls: { certificate: a, privateKey: b } }"] {
            let outcome = outcome("{ mutualTLS: { subjects: CN=a } }", server: server)
            #expect(outcome.configuration == nil)
            #expect(outcome.findings.count == 1)
            #expect(outcome.findings.first?.contains("mutualTLS needs server.tls.clientCA") == true)
        }
        let right = outcome(
            "{ mutualTLS: { subjects: CN=a } }",
            server: "{ tls: { certificate: a, privateKey: b, clientCA: c } }"
        )
        #expect(right.findings == [])
        #expect(right.configuration?.server.tls?.clientCertificatesAreOptional == false)
    }

    @Test(
        "a short value is a warning in every scheme that is about words, and is not shown",
        arguments: [
            "apiKey: { header: K, values: VALUE }", "basic: { username: u, passwords: [VALUE] }",
            "bearer: { tokens: { value: VALUE } }", "hmac: { header: H, secrets: VALUE }",
        ]
    )
    func short(scheme: String) throws {
        let short = outcome("{ \(scheme.replacing("VALUE", with: "fifteen-letters")) }")
        #expect(short.configuration != nil)
        #expect(short.findings.count == 1)
        let finding = try #require(short.findings.first)
        #expect(finding.contains("warning: ") && finding.contains("fewer than 16 bytes"))
        #expect(!finding.contains("fifteen-letters"))
        #expect(outcome("{ \(scheme.replacing("VALUE", with: "sixteen--letters")) }").findings == [])
    }

    @Test("where a variable is missing, check warns of that alone")
    func elsewhere() {
        let environment = ConfigurationEnvironment.mock(missingIsError: false)
        let outcome = Outcome(
            """
            server: { tls: { certificate: a, privateKey: b, clientCA: "${env:CA}" } }
            webhook:
              authentication:
                - hmac: { header: "${env:A}", algorithm: "${env:B}", encoding: "${env:C}", secrets: "${env:D}" }
                - standardWebhooks: { secrets: "${env:E}", publicKeys: { value: "${env:F}", notAfter: "${env:G}" } }
                - mutualTLS: { subjects: "${env:H}", issuers: "${file:i}" }
            admin: { allowUnauthenticated: true }
            genesys: { region: us-east-1, clients: [{ id: a, secret: b }] }
            statuses: { Break: { presence: Break } }
            rules: [{ name: r, when: { outOfOffice: true }, then: { status: Break } }]
            """,
            environment: environment
        )
        #expect(outcome.configuration != nil)
        #expect(outcome.findings.count == 10)
        #expect(outcome.findings.allSatisfy { $0.contains("warning: the ") && $0.contains("the value is not checked") })
    }

    @Test("every example of docs/webhook.md is a good part of a configuration")
    func documentation() throws {
        let page = try RepositoryFile.text("docs/webhook.md")
        let examples = page.matches(of: /```yaml\n(?s)(.*?)```/).map { String($0.output.1) }
        #expect(examples.count >= 8)
        let environment = ConfigurationEnvironment.mock(missingIsError: false)
        for example in examples {
            let outcome = Outcome(
                """
                \(example)
                admin: { allowUnauthenticated: true }
                genesys: { region: us-east-1, clients: [{ id: a, secret: b }] }
                statuses: { Break: { presence: Break } }
                rules: [{ name: r, when: { outOfOffice: true }, then: { status: Break } }]
                """,
                environment: environment
            )
            #expect(outcome.configuration != nil, "\(example)")
            #expect(outcome.findings.allSatisfy { $0.contains("the value is not checked") }, "\(outcome.findings)")
        }
    }
}
