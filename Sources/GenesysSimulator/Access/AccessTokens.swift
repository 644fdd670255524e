// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// OAuth clients, the tokens they hold, and how much each token may still do.
struct AccessTokens: Sendable {
    private struct Token: Sendable {
        var client: String
        var expiresAt: Timestamp
        var window = RateWindow()
    }

    /// Client id → secret.
    var clients: [String: String]
    var requestsPerMinute: Int
    var lifetime: Duration
    private var tokens: [String: Token] = [:]

    init(clients: [(id: String, secret: String)], requestsPerMinute: Int, lifetime: Duration) {
        self.clients = Dictionary(clients.map { ($0.id, $0.secret) }, uniquingKeysWith: { $1 })
        self.requestsPerMinute = requestsPerMinute
        self.lifetime = lifetime
    }

    mutating func issue(client: String, now: Timestamp, generator: inout SeededGenerator) -> String {
        if tokens.count >= 1000 { tokens = tokens.filter { now < $0.value.expiresAt } }
        let token = generator.uuid() + generator.uuid().replacing("-", with: "")
        tokens[token] = Token(client: client, expiresAt: now.advanced(by: lifetime))
        return token
    }

    /// Makes tokens void: all, or those of one client. Says how many.
    mutating func revoke(client: String? = nil) -> Int {
        let before = tokens.count
        tokens = client.map { client in tokens.filter { $0.value.client != client } } ?? [:]
        return before - tokens.count
    }

    /// Makes the token in an `Authorization` field void.
    mutating func revoke(authorization: String?) {
        guard let token = Self.bearer(authorization) else { return }
        tokens[token] = nil
    }

    /// Whose token that is, however old; for the books only.
    func owner(authorization: String?) -> String? { Self.bearer(authorization).flatMap { tokens[$0]?.client } }

    /// The client behind a bearer token.
    func client(authorization: String?, now: Timestamp) throws(PlatformError) -> (client: String, token: String) {
        guard let name = Self.bearer(authorization) else { throw .authenticationRequired }
        guard let token = tokens[name] else { throw .badCredentials }
        guard now < token.expiresAt else { throw .credentialsExpired }
        return (token.client, name)
    }

    private static func bearer(_ authorization: String?) -> String? {
        guard let parts = authorization?.split(separator: " ", maxSplits: 1), parts.count == 2,
            parts[0].lowercased() == "bearer"
        else { return nil }
        return String(parts[1])
    }

    mutating func take(token: String, now: Timestamp) -> RateWindow.Verdict {
        tokens[token, default: Token(client: "", expiresAt: now)].window.take(limit: requestsPerMinute, now: now)
    }
}
