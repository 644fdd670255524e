// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax
public import Credentials
public import StatusRules

/// `relay.yaml`, typed and validated. What the file does not say has the default written here.
public struct RelayConfiguration: Sendable {
    /// The listener and its limits.
    public struct Server: Sendable {
        /// One or more.
        public var listen: [ListenAddress] = [.ip(host: "127.0.0.1", port: 8080)]
        /// Whether `[::]` takes IPv6 only, or IPv4 as well.
        public var ipv6Only = true
        /// The mode of the files of Unix sockets.
        public var unixSocketMode: UInt32 = 0o660
        /// `nil` = plain HTTP.
        public var tls: TLS?
        /// The largest request body that is taken.
        public var maxBodyBytes = 1_048_576
        /// The most connections that are open at once.
        public var maxConnections = 10_000
        /// The most of them from one IPv4 address or IPv6 /64 network that is neither loopback nor a trusted proxy; behind
        /// trusted proxies, the most requests in hand of one forwarded address.
        public var maxConnectionsPerAddress = 1000
        /// Bytes of a request body that must come in each second; 0 = no minimum.
        public var minBodyRate = 240
        /// From the first byte of a request to the end of its header.
        public var headerTimeout: Duration = .seconds(10)
        /// From the end of the header to the end of the body.
        public var bodyTimeout: Duration = .seconds(20)
        /// Between two requests of a connection.
        public var idleTimeout: Duration = .seconds(60)
        /// For the answer.
        public var handlerTimeout: Duration = .seconds(5)
        /// How long the listeners stay open after SIGTERM.
        public var drainDelay: Duration = .seconds(5)
        /// Addresses and CIDR blocks whose `X-Forwarded-For` is believed.
        public var trustedProxies: [String] = []
    }

    /// Files in PEM. A relative path is seen from the folder of the configuration file.
    public struct TLS: Sendable {
        /// The certificate chain.
        public var certificate: String
        /// Its private key.
        public var privateKey: String
        /// Clients must have a certificate of this authority; `nil` = none is asked for.
        public var clientCA: String?
        /// With a client CA: clients without a certificate may connect, and prove themselves otherwise.
        public var clientCertificatesAreOptional = false
    }

    /// One way for a sender of events to show who it is; several values are for rotation.
    public enum WebhookAuthentication: Sendable {
        /// A value in a header of its own.
        case apiKey(header: String, values: [ExpiringSecret])
        /// RFC 7617.
        case basic(username: String, passwords: [ExpiringSecret])
        /// RFC 6750.
        case bearer(tokens: [ExpiringSecret])
        /// An HMAC of the body in a header, after a prefix.
        case hmac(
            header: String,
            prefix: String,
            algorithm: HMACAlgorithm,
            encoding: TagEncoding,
            secrets: [ExpiringSecret]
        )
        /// Standard Webhooks: `whsec_…` of HMAC signatures, `whpk_…` of Ed25519 signatures; not both empty.
        case standardWebhooks(secrets: [ExpiringSecret], publicKeys: [ExpiringSecret], tolerance: Duration)
        /// Names of client certificates; an empty list asks for nothing, and not both are empty.
        case mutualTLS(subjects: [String], issuers: [String])
    }

    /// Where events come in.
    public struct Webhook: Sendable {
        /// The path of the endpoint.
        public var path = "/v1/events"
        /// Where it was before; answered with 410.
        public var retiredPaths: [String] = []
        /// Addresses and CIDR blocks that may send.
        public var allowedSources: [String] = ["0.0.0.0/0", "::/0"]
        /// Sending systems that the handshake of CloudEvents welcomes; `*` = all.
        public var allowedOrigins: [String] = ["*"]
        /// Any one suffices.
        public var authentication: [WebhookAuthentication] = []
        /// Opens the endpoint to anyone; must be said explicitly (`allowUnauthenticated: true`).
        public var allowUnauthenticated = false
    }

    /// Access to the admin API and the status page.
    public struct Admin: Sendable {
        /// Any one suffices.
        public var tokens: [Secret] = []
        /// Opens the admin API to anyone; must be said explicitly.
        public var allowUnauthenticated = false
        /// `/metrics` needs a token too.
        public var protectMetrics = false
    }

    /// A client-credentials client of Genesys Cloud.
    public struct OAuthClient: Sendable {
        /// The client's id.
        public var id: String
        /// The client's secret.
        public var secret: Secret
        /// The budget of this client.
        public var requestsPerMinute = 300
        /// Where it is written.
        public var location: SourceLocation
    }

    /// The Genesys Cloud organisation.
    public struct Genesys: Sendable {
        /// `https://api.mypurecloud.com`, from `region` or as given; without a slash at the end.
        public var apiURL: String
        /// `https://login.mypurecloud.com`, likewise.
        public var loginURL: String
        /// They share the load; each has its own id and its own budget. Never empty.
        public var clients: [OAuthClient]
        /// The budget of each client that does not say its own.
        public var requestsPerMinute = 300
        /// Agents in one bulk write.
        public var bulkSize = 50
        /// How often names are looked up again, with the members of queues, management units, teams and groups.
        public var directoryRefresh: Duration = .seconds(300)
    }

    /// Where `then.tag` goes.
    public enum TagSettings: Sendable, Equatable {
        /// The customer's participant attributes: visible to flows and scripts.
        case participantAttributes
        /// Custom attributes of the conversation: for reporting and search.
        case customAttributes(schema: AttributeSchema)
    }

    /// Which schema custom attributes follow.
    public enum AttributeSchema: Sendable, Equatable {
        /// By its id; must exist.
        case id(String)
        /// By its name; `create` makes it when it is not there.
        case name(String, create: Bool)
    }

    /// Where events, decisions and calls are kept.
    public struct JournalSettings: Sendable {
        /// `sqlite:PATH`; a relative path is seen from the working directory.
        public var url = "sqlite:presence-relay.db"
        /// How long entries, history and dead letters are kept.
        public var keep: Duration = .seconds(30 * 86_400)
        /// Bytes of the database that may be in use before the oldest go, however young; `nil` = no limit.
        public var maxSize: Int64?
    }

    /// Whether statuses are set.
    public enum Mode: String, Sendable, CaseIterable {
        /// Decide and set.
        case act
        /// Decide and record, write nothing.
        case observe
    }

    /// Whom the relay may touch.
    public struct Agents: Sendable {
        /// Ids of users; without these and ``includeUnits``, everyone seen.
        public var includeUsers: [String] = []
        /// Queues and management units whose members may be touched as well.
        public var includeUnits: [DirectoryReference] = []
        /// Ids of users; wins over all that is included.
        public var excludeUsers: [String] = []
    }

    /// Where `then.notify` sends signed webhooks.
    public struct NotificationEndpoint: Sendable {
        /// `https`, or `http` on this machine or where it is explicitly allowed. May have a token in it.
        public var url: String
        /// `whsec_…`; each signs every message. Never empty.
        public var secrets: [Secret]
        /// For the answer.
        public var timeout: Duration = .seconds(5)
    }

    /// When a status counts as set.
    public struct Verify: Sendable {
        /// How long after a write its effect may take to show.
        public var within: Duration = .seconds(10)
        /// How often a write without an effect is made in all.
        public var attempts = 3
        /// Adherence is to show it as well; where it does not, the history says why.
        public var adherence = false
    }

    /// See ``Server``.
    public var server = Server()
    /// See ``Webhook``.
    public var webhook = Webhook()
    /// See ``Admin``.
    public var admin = Admin()
    /// See ``Genesys``.
    public var genesys: Genesys
    /// See ``JournalSettings``.
    public var journal = JournalSettings()
    /// See ``Mode``.
    public var mode = Mode.act
    /// See ``Agents``.
    public var agents = Agents()
    /// See ``Verify``.
    public var verify = Verify()
    /// See ``TagSettings``.
    public var tags = TagSettings.participantAttributes
    /// See ``NotificationEndpoint``; by name.
    public var notifications: [String: NotificationEndpoint] = [:]
    /// Older events change what is known, but set no status.
    public var maxEventAge: Duration = .seconds(120)
    /// Older events release no status.
    public var maxReleaseAge: Duration = .seconds(86_400)
    /// A conversation without news for so long is read again before a rule trusts it.
    public var conversationTimeout: Duration = .seconds(4 * 3600)
    /// Statuses and rules, compiled, from however many files they come.
    public var rules: RuleSet
    /// The files that `rules:` names, in order; empty = the rules are in the configuration file itself.
    public var ruleFiles: [String] = []
    /// What the rules and statuses are called and what each says, for the log.
    public var inventory = RuleInventory()
    /// The files are read again when one of them has changed.
    public var watch = true
}
