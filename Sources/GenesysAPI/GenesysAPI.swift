// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
public import HTTPClient
public import Logging

/// `GET /api/v2/presence/definitions`
public struct PresenceDefinition: Sendable, Equatable {
    public var id: String
    /// System or User
    public var type: String?
    public var systemPresence: SystemPresence
    /// Locale → label
    public var labels: [String: String]
    public var deactivated: Bool
    public init(id: String, type: String?, systemPresence: SystemPresence, labels: [String: String], deactivated: Bool = false) {
        self.id = id
        self.type = type
        self.systemPresence = systemPresence
        self.labels = labels
        self.deactivated = deactivated
    }
}

/// A user's presence as REST gives it, with the raw JSON so that it can be journalled as an observation.
public struct UserPresence: Sendable, Equatable {
    public var userID: String
    public var definitionID: String
    public var system: SystemPresence?
    public var message: String
    public var modifiedAt: Timestamp?
    public init(userID: String, definitionID: String, system: SystemPresence?, message: String, modifiedAt: Timestamp?) {
        self.userID = userID
        self.definitionID = definitionID
        self.system = system
        self.message = message
        self.modifiedAt = modifiedAt
    }
}

/// A call that did not succeed.
public struct GenesysAPIError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        public static let badRequest = Code(description: "badRequest")
        public static let unauthorized = Code(description: "unauthorized")
        public static let forbidden = Code(description: "forbidden")
        public static let notFound = Code(description: "notFound")
        public static let conflict = Code(description: "conflict")
        public static let rateLimited = Code(description: "rateLimited")
        public static let server = Code(description: "server")
        public static let timeout = Code(description: "timeout")
        public static let network = Code(description: "network")
        /// A 2xx whose body is not what the endpoint promises.
        public static let unexpectedBody = Code(description: "unexpectedBody")
        public static let other = Code(description: "other")
    }
    public var code: Code
    /// HTTP status; `nil` without an answer.
    public var status: Int?
    /// What went wrong and what to do; names the missing permission on 403.
    public var message: String
    /// Genesys' own code: `missing.any.permissions`.
    public var genesysCode: String?
    /// `ININ-Correlation-Id` header, else `contextId`: what Genesys support asks for.
    public var correlationID: String?
    /// From `Retry-After`, else from the message's number.
    public var retryAfter: Duration?
    public init(_ code: Code, status: Int? = nil, message: String, genesysCode: String? = nil, correlationID: String? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.status = status
        self.message = message
        self.genesysCode = genesysCode
        self.correlationID = correlationID
        self.retryAfter = retryAfter
    }
    /// 408, 429, 5xx, time-outs and network errors (facts 2.3).
    public var isRetryable: Bool {
        switch code {
        case .rateLimited, .server, .timeout, .network: true
        default: status == 408
        }
    }
    /// The write may have happened (no answer, or 5xx).
    public var outcomeIsUnknown: Bool { code == .timeout || code == .network || code == .server }
    public var description: String { "\(code)\(status.map { " (\($0))" } ?? ""): \(message)" }
}

/// Typed endpoints of the Genesys Cloud platform API, with OAuth client credentials.
public final class GenesysAPI: Sendable {
    public struct Configuration: Sendable {
        public var apiURL: String
        public var loginURL: String
        public var clientID: String
        public var clientSecret: String
        public var timeout: Duration = .seconds(10)
        public init(apiURL: String, loginURL: String, clientID: String, clientSecret: String) {
            self.apiURL = apiURL
            self.loginURL = loginURL
            self.clientID = clientID
            self.clientSecret = clientSecret
        }
    }
    /// `send` is `HTTPClient.send`, or a test's.
    public init(
        configuration: Configuration,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        send: @escaping @Sendable (ClientRequest) async throws(HTTPClientError) -> ClientResponse
    ) {}
    /// `GET /api/v2/presence/definitions?deactivated=false&localeCode=ALL`
    public func presenceDefinitions() async throws(GenesysAPIError) -> [PresenceDefinition] { [] }
    /// `GET /api/v2/users/{id}/presences/purecloud`
    public func presence(userID: String) async throws(GenesysAPIError) -> UserPresence { throw GenesysAPIError(.other, message: "") }
    /// `PATCH /api/v2/users/{id}/presences/purecloud`; the message is always sent (`""` clears it).
    public func setPresence(userID: String, definitionID: String, message: String) async throws(GenesysAPIError) -> UserPresence { throw GenesysAPIError(.other, message: "") }
    /// `GET /api/v2/users/{id}/routingstatus`
    public func routingStatus(userID: String) async throws(GenesysAPIError) -> RoutingStatusObservation { throw GenesysAPIError(.other, message: "") }
}
