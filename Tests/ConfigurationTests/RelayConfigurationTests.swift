// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Foundation
import StatusRules
import Testing

@Suite("RelayConfiguration")
struct RelayConfigurationTests {
    @Test("what the file does not say has the default of the contract")
    func defaults() throws {
        let yaml = try RepositoryFile.text("Tests/Fixtures/configuration/smallest.yaml")
        let configuration = try #require(Outcome(yaml).configuration)
        #expect(configuration.server.listen == [.ip(host: "127.0.0.1", port: 8080)])
        #expect(configuration.server.ipv6Only)
        #expect(configuration.server.unixSocketMode == 0o660)
        #expect(configuration.server.maxConnectionsPerAddress == 1000)
        #expect(configuration.server.minBodyRate == 240)
        #expect(configuration.server.tls == nil)
        #expect(configuration.webhook.path == "/v1/events")
        #expect(configuration.webhook.allowedSources == ["0.0.0.0/0", "::/0"])
        #expect(configuration.journal.url == "sqlite:presence-relay.db")
        #expect(configuration.journal.keep == .seconds(30 * 86_400))
        #expect(configuration.journal.maxSize == nil)
        #expect(configuration.mode == .act)
        #expect(configuration.verify.within == .seconds(10))
        #expect(configuration.verify.attempts == 3)
        #expect(!configuration.verify.adherence)
        #expect(configuration.maxEventAge == .seconds(120))
        #expect(configuration.genesys.apiURL == "https://api.mypurecloud.com")
        #expect(configuration.genesys.loginURL == "https://login.mypurecloud.com")
        #expect(configuration.genesys.requestsPerMinute == 300)
        #expect(configuration.rules.ruleNames == ["flagged"])
        guard case .apiKey("X-API-Key", let values) = configuration.webhook.authentication.first else {
            Issue.record("no API key")
            return
        }
        #expect(values == [ExpiringSecret(Secret("key-in-the-environment"))])
        #expect(configuration.admin.tokens == [Secret("admin-in-the-environment")])
        #expect(configuration.genesys.clients.first?.secret == Secret("client-secret"))
    }

    @Test("several clients have a budget each; tags and bulk size arrive, and have defaults")
    func errandSettings() throws {
        let written = try #require(
            Outcome(try RepositoryFile.text("Tests/Fixtures/configuration/errands.yaml")).configuration
        )
        #expect(written.genesys.clients.map(\.requestsPerMinute) == [250, 100])
        #expect(written.genesys.bulkSize == 100)
        #expect(written.tags == .customAttributes(schema: .name("wfm", create: true)))
        let smallest = try #require(Outcome().configuration)
        #expect(smallest.genesys.clients.map(\.requestsPerMinute) == [300])
        #expect(smallest.genesys.bulkSize == 50)
        #expect(smallest.tags == .participantAttributes)
        let byID = Outcome(rest: "tags: { to: customAttributes, schema: { id: s } }").configuration
        #expect(byID?.tags == .customAttributes(schema: .id("s")))
    }

    @Test("every setting that is written arrives")
    func settings() throws {
        let outcome = Outcome(
            """
            server:
              listen: ["[::]:8443", unix:relay.sock, "unix:/run/r.sock", systemd, systemd:relay]
              ipv6Only: false
              unixSocketMode: 0666
              minBodyRate: 0
              maxConnectionsPerAddress: 50
              tls: { certificate: tls/a.pem, privateKey: /etc/b.pem, clientCA: c.pem }
              maxBodyBytes: 2_000_000
              maxConnections: ${env:PORT}
              timeouts: { header: 1s, body: 2s, idle: 3m, handler: 400ms }
              drainDelay: 0s
              trustedProxies: 10.0.0.0/8
            webhook:
              path: /hook
              allowedSources: [192.0.2.1, "2001:db8::/32"]
              authentication:
                - basic: { username: genesys, passwords: ["${file:secrets/webhook}", another-password] }
                - bearer: { tokens: token-of-the-webhook }
            admin: { tokens: [a, b], protectMetrics: true }
            genesys:
              apiURL: http://127.0.0.1:9090/
              loginURL: http://localhost:9091
              clients: { id: i, secret: s }
              requestsPerMinute: 600
            journal: { url: "sqlite:/var/lib/relay.db", keep: 2h, maxSize: 12GiB }
            mode: observe
            agents: { include: { users: [u1, u2], queues: [] }, exclude: { users: u3 } }
            verify: { within: 500ms, attempts: 1, adherence: false }
            maxEventAge: 1d
            statuses: { Break: { presence: Break } }
            rules: [{ name: r, when: { outOfOffice: true }, then: { status: Break } }]
            """,
            file: "/etc/relay/relay.yaml",
            environment: .mock(["PORT": "9000"], files: ["/etc/relay/secrets/webhook": "pass-of-the-webhook\n\n"])
        )
        #expect(outcome.findings == [])
        let configuration = try #require(outcome.configuration)
        let server = configuration.server
        #expect(
            server.listen == [
                .ip(host: "::", port: 8443), .unix(path: "/etc/relay/relay.sock"), .unix(path: "/run/r.sock"),
                .systemd(name: nil), .systemd(name: "relay"),
            ]
        )
        #expect(!server.ipv6Only)
        #expect(server.unixSocketMode == 0o666)
        #expect((server.maxConnectionsPerAddress, server.minBodyRate) == (50, 0))
        #expect(server.tls?.certificate == "/etc/relay/tls/a.pem")
        #expect(server.tls?.privateKey == "/etc/b.pem")
        #expect(server.tls?.clientCA == "/etc/relay/c.pem")
        #expect((server.maxBodyBytes, server.maxConnections) == (2_000_000, 9000))
        #expect((server.headerTimeout, server.bodyTimeout) == (.seconds(1), .seconds(2)))
        #expect((server.idleTimeout, server.handlerTimeout) == (.seconds(180), .milliseconds(400)))
        #expect(server.drainDelay == .zero)
        #expect(server.trustedProxies == ["10.0.0.0/8"])
        #expect(configuration.webhook.path == "/hook")
        #expect(configuration.webhook.allowedSources == ["192.0.2.1", "2001:db8::/32"])
        guard case .basic("genesys", let passwords) = configuration.webhook.authentication.first,
            case .bearer(let tokens) = configuration.webhook.authentication.last
        else {
            Issue.record("the schemes are not basic and bearer")
            return
        }
        #expect(passwords.map(\.secret) == [Secret("pass-of-the-webhook"), Secret("another-password")])
        #expect(tokens.map(\.secret) == [Secret("token-of-the-webhook")])
        #expect(configuration.admin.tokens == [Secret("a"), Secret("b")])
        #expect(configuration.admin.protectMetrics)
        #expect(configuration.genesys.apiURL == "http://127.0.0.1:9090")
        #expect(configuration.genesys.loginURL == "http://localhost:9091")
        #expect(configuration.genesys.requestsPerMinute == 600)
        #expect(configuration.journal.url == "sqlite:/var/lib/relay.db")
        #expect(configuration.journal.keep == .seconds(7200))
        #expect(configuration.journal.maxSize == 12 << 30)
        #expect(configuration.mode == .observe)
        #expect(configuration.agents.includeUsers == ["u1", "u2"])
        #expect(configuration.agents.excludeUsers == ["u3"])
        #expect((configuration.verify.within, configuration.verify.attempts) == (.milliseconds(500), 1))
        #expect(configuration.maxEventAge == .seconds(86_400))
    }

    @Test(
        "a region becomes the two addresses of its domain",
        arguments: [
            ("us-east-1", "mypurecloud.com"), ("us-east-2", "use2.us-gov-pure.cloud"),
            ("EU-Central-1", "mypurecloud.de"),
            ("ap-southeast-2", "mypurecloud.com.au"), ("xxw9.pure.cloud", "xxw9.pure.cloud"),
        ]
    )
    func region(region: String, domain: String) throws {
        let outcome = Outcome(genesys: "{ region: \(region), clients: [{ id: a, secret: b }] }")
        #expect(outcome.configuration?.genesys.apiURL == "https://api.\(domain)")
        #expect(outcome.configuration?.genesys.loginURL == "https://login.\(domain)")
    }

    @Test(
        "what is neither a region nor a bare domain is refused with what to write",
        arguments: [
            ("eu-west-4", "did you mean 'eu-west-1'?"), ("api.mypurecloud.de", "without 'api.'"),
            ("https://apps.mypurecloud.jp", "did you mean 'mypurecloud.jp'?"), ("mars", "known regions: us-east-1"),
        ]
    )
    func wrongRegion(region: String, advice: String) {
        let outcome = Outcome(genesys: "{ region: \"\(region)\", clients: [{ id: a, secret: b }] }")
        #expect(outcome.configuration == nil)
        #expect(outcome.findings.count == 1)
        #expect(outcome.findings.first?.contains(advice) == true)
    }

    @Test(
        "plain http is warned about unless it stays on this machine",
        arguments: [
            ("http://api.example.com", true), ("http://127.evil.example", true), ("https://api.example.com", false),
            ("http://127.0.0.1:1", false), ("http://[::1]:1", false), ("http://localhost", false),
        ]
    )
    func plainHTTP(url: String, isWarned: Bool) {
        let outcome = Outcome(
            genesys: "{ apiURL: \"\(url)\", loginURL: \"https://a.example\", clients: [{ id: a, secret: b }] }"
        )
        #expect(outcome.configuration != nil)
        #expect(outcome.findings.contains { $0.contains("warning: genesys.apiURL: plain http") } == isWarned)
    }

    @Test(
        "an address with a password, a query or another scheme is refused",
        arguments: ["https://u:hush@a.example", "https://a.example?x=hush", "ftp://a.example", "a.example", "https://"]
    )
    func wrongAddress(url: String) {
        let outcome = Outcome(
            genesys: "{ apiURL: \"\(url)\", loginURL: \"https://a.example\", clients: [{ id: a, secret: b }] }"
        )
        #expect(outcome.configuration == nil)
        #expect(!outcome.findings.joined().contains("hush"))
    }

    @Test(
        "the mode of a Unix socket is three octal digits",
        arguments: [("660", 0o660), ("0600", 0o600), ("0o660", nil), ("68", nil), ("1777", nil), ("888", nil)]
            as [(String, UInt32?)]
    )
    func socketMode(text: String, mode: UInt32?) {
        let outcome = Outcome(rest: "server: { unixSocketMode: \(text) }")
        #expect(outcome.configuration?.server.unixSocketMode == mode)
    }

    @Test(
        "a listen address is a host and a port",
        arguments: [
            ("0.0.0.0:80", "0.0.0.0"), ("[::1]:80", "::1"), ("relay.internal:80", nil),
            (":80", nil), ("80", nil), ("localhost", nil), ("::1:80", nil), ("[::1]", nil), ("[1.2.3.4]:80", nil),
            ("a b:80", nil), ("localhost:65536", nil), ("localhost:-1", nil), ("localhost:+80", nil),
            ("http://localhost:80", nil), ("unix:", nil), ("unix:/run/", nil), ("systemd:", nil), ("systemd:a:b", nil),
            ("unix:/\(String(repeating: "a", count: 107))", nil),
        ]
    )
    func listen(text: String, host: String?) {
        let outcome = Outcome(rest: "server: { listen: \"\(text)\" }")
        #expect(outcome.configuration?.server.listen == host.map { [.ip(host: $0, port: 80)] })
        #expect(outcome.findings.isEmpty == (host != nil))
    }

    @Test(
        "a path the relay answers itself is not free for the webhook",
        arguments: [
            ("/hook", true), ("/v1/events/x", true), ("/v1/agents/x", false), ("/", false), ("/metrics", false),
            ("hook", false), ("/a?b", false), ("//a", false), ("/a b", false),
        ]
    )
    func webhookPath(path: String, isGood: Bool) {
        let outcome = Outcome(webhook: "{ allowUnauthenticated: true, path: \"\(path)\" }")
        #expect((outcome.configuration?.webhook.path == path) == isGood)
    }

    @Test("a secret shows itself to nobody")
    func secret() throws {
        let secret = Secret("hush")
        let configuration = try #require(
            Outcome(genesys: "{ region: us-east-1, clients: [{ id: a, secret: hush }] }").configuration
        )
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(configuration.genesys.clients.first?.secret == secret)
        #expect("\(secret) \(String(reflecting: secret)) \([secret])" == "<secret> <secret> [<secret>]")
        #expect(!dumped.contains("hush"))
    }
}
