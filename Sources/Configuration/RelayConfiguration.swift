// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax
public import StatusRules

/// A secret value: prints as `<secret>`.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let value: String
    public init(_ value: String) { self.value = value }
    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// `relay.yaml`, typed and validated. Defaults are those of the design, section 5.5.
public struct RelayConfiguration: Sendable {
    public struct Server: Sendable {
        public var host = "127.0.0.1"
        public var port = 8080
        public var tls: TLS?
        public var maxBodyBytes = 1_048_576
        public var maxConnections = 10_000
        public var headerTimeout: Duration = .seconds(10)
        public var bodyTimeout: Duration = .seconds(20)
        public var idleTimeout: Duration = .seconds(60)
        public var handlerTimeout: Duration = .seconds(5)
        public var drainDelay: Duration = .seconds(5)
        public var trustedProxies: [String] = []
    }
    public struct TLS: Sendable {
        public var certificate: String
        public var privateKey: String
        public var clientCA: String?
    }
    public enum WebhookAuthentication: Sendable {
        case apiKey(header: String, values: [Secret])
        case basic(username: String, passwords: [Secret])
        case bearer(tokens: [Secret])
    }
    public struct Webhook: Sendable {
        public var path = "/v1/events"
        public var allowedSources: [String] = ["0.0.0.0/0", "::/0"]
        public var authentication: [WebhookAuthentication] = []
        /// Opens the endpoint to anyone; must be said explicitly (`allowUnauthenticated: true`).
        public var allowUnauthenticated = false
    }
    public struct Admin: Sendable {
        public var tokens: [Secret] = []
        public var allowUnauthenticated = false
        /// `/metrics` needs a token too.
        public var protectMetrics = false
    }
    public struct OAuthClient: Sendable {
        public var id: String
        public var secret: Secret
    }
    public struct Genesys: Sendable {
        /// `https://api.mypurecloud.com`, from `region` or as given.
        public var apiURL: String
        public var loginURL: String
        public var clients: [OAuthClient]
        public var requestsPerMinute = 300
    }
    public struct JournalSettings: Sendable {
        public var url = "sqlite:presence-relay.db"
        public var keep: Duration = .seconds(30 * 86_400)
    }
    public enum Mode: String, Sendable { case act, observe }
    public struct Agents: Sendable {
        public var includeUsers: [String] = []
        public var excludeUsers: [String] = []
    }
    public struct Verify: Sendable {
        public var within: Duration = .seconds(10)
        public var attempts = 3
        public var adherence = false
    }

    public var server = Server()
    public var webhook = Webhook()
    public var admin = Admin()
    public var genesys: Genesys
    public var journal = JournalSettings()
    public var mode = Mode.act
    public var agents = Agents()
    public var verify = Verify()
    public var maxEventAge: Duration = .seconds(120)
    public var rules: RuleSet

    /// Reads a whole file's text. Findings go to `diagnostics`; `nil` when there is an error.
    public static func parse(
        _ yaml: String, file: String, environment: ConfigurationEnvironment, diagnostics: Diagnostics
    ) -> RelayConfiguration? { nil }
}

/// Where `${env:NAME}` and `${file:PATH}` come from.
public struct ConfigurationEnvironment: Sendable {
    public var variable: @Sendable (_ name: String) -> String?
    public var file: @Sendable (_ path: String) throws -> String
    public init(variable: @escaping @Sendable (String) -> String?, file: @escaping @Sendable (String) throws -> String) {
        self.variable = variable
        self.file = file
    }
}
