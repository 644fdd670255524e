// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
public import HTTPClient
public import Logging

/// Typed endpoints of the Genesys Cloud platform API, with OAuth client credentials.
///
/// The access token is fetched when first needed, shared by all calls, and renewed ahead of its end. A call that gets
/// a 401 drops the token and is sent once more with a new one. Nothing else is retried here: whether a call may be
/// repeated is the caller's to know (``GenesysAPIError/isRetryable``, ``GenesysAPIError/outcomeIsUnknown``).
public final class GenesysAPI: Sendable {
    /// One OAuth client of one organisation.
    public struct Configuration: Sendable {
        /// `https://api.mypurecloud.com`, without `/api/v2`.
        public var apiURL: String
        /// `https://login.mypurecloud.com`; must be of the same region as ``apiURL``.
        public var loginURL: String
        /// The OAuth client's id.
        public var clientID: String
        /// The OAuth client's secret; sent to ``loginURL`` only, never logged.
        public var clientSecret: String
        /// For each HTTP request; a call that has to fetch a token first, or again, takes up to one each more.
        public var timeout: Duration = .seconds(10)

        /// A configuration with the default timeout.
        public init(apiURL: String, loginURL: String, clientID: String, clientSecret: String) {
            self.apiURL = apiURL
            self.loginURL = loginURL
            self.clientID = clientID
            self.clientSecret = clientSecret
        }
    }

    let transport: Transport
    let tokens: TokenSource
    let apiURL: String
    let logger: Logger
    private let configuration: Configuration

    private let observe: @Sendable (APIExchange) -> Void

    /// Makes no call yet. `send` is `HTTPClient.send`, or a test's.
    ///
    /// - Parameters:
    ///   - now: the clock that token lifetimes are measured with; best one that is never set, as only differences count.
    ///   - observe: called after every HTTP exchange with the API host, from the task of the call.
    public init(
        configuration: Configuration,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        observe: @escaping @Sendable (APIExchange) -> Void = { _ in },
        send: @escaping @Sendable (ClientRequest) async throws(HTTPClientError) -> ClientResponse
    ) {
        transport = Transport(timeout: configuration.timeout, logger: logger, send: send)
        tokens = TokenSource(configuration: configuration, transport: transport, now: now)
        apiURL = configuration.apiURL.withoutTrailingSlash
        self.configuration = configuration
        self.logger = logger
        self.observe = observe
    }

    /// Takes another OAuth client, or the same with another secret, from now on; the addresses stay.
    ///
    /// A token at hand is used until it ends or is refused, so that a change of secret makes no gap.
    public func replaceClient(id: String, secret: String) {
        var new = configuration
        new.clientID = id
        new.clientSecret = secret
        tokens.replace(configuration: new)
    }

    /// Fetches a token now, whatever is cached: for start-up checks.
    ///
    /// `POST {loginURL}/oauth/token`
    ///
    /// - Throws: `.unauthorized` for a wrong id, secret or region, `.rateLimited`, `.network`, …
    public func verifyToken() async throws(GenesysAPIError) {
        _ = try await tokens.fetched()
    }

    /// A call that must be answered with a 2xx.
    ///
    /// - Parameters:
    ///   - ids: those of the path, in its order.
    ///   - query: percent-encoded, with its question mark.
    func call(
        _ endpoint: Endpoint,
        _ ids: String...,
        query: String = "",
        body: [UInt8]? = nil
    ) async throws(GenesysAPIError) -> ClientResponse {
        let url = apiURL + (try endpoint.path(ids)) + query
        return try endpoint.succeeded(try await answer(endpoint, url: url, body: body))
    }

    /// Sends with the token, and once more with a new one after a 401 (RFC 6750 section 3.1, `invalid_token`).
    func answer(
        _ endpoint: Endpoint,
        url: String,
        body: [UInt8]? = nil
    ) async throws(GenesysAPIError) -> ClientResponse {
        let token = try await tokens.current()
        let response = try await send(endpoint, url, body, token, isRepeat: false)
        guard response.status == 401, let renewed = try await tokens.successor(of: token) else { return response }
        let second = try await send(endpoint, url, body, renewed, isRepeat: true)
        if second.status == 401 { tokens.doubt(renewed) }
        return second
    }

    private func send(
        _ endpoint: Endpoint,
        _ url: String,
        _ body: [UInt8]?,
        _ token: AccessToken,
        isRepeat: Bool
    ) async throws(GenesysAPIError) -> ClientResponse {
        var headers = [(name: "Authorization", value: "Bearer \(token.value)"), ("Accept", "application/json")]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        do {
            let response = try await transport.exchange(endpoint, url: url, headers: headers, body: body)
            observe(APIExchange(response, isRepeat: isRepeat))
            return response
        } catch {
            observe(APIExchange(isRepeat: isRepeat))
            throw error
        }
    }
}

extension String {
    var withoutTrailingSlash: String {
        hasSuffix("/") ? String(dropLast()).withoutTrailingSlash : self
    }
}
