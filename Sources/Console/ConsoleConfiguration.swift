// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What an operator decides about the console.
public struct ConsoleConfiguration: Sendable {
    /// Accepted bearer tokens, several for rotation. Empty = the admin API is open; whoever composes the relay must
    /// have made sure that this was asked for.
    public var adminTokens: [String]
    /// Whether `GET /metrics` needs an admin token too.
    public var protectMetrics: Bool
    /// The relay's own version, shown by `/healthz` and the page.
    public var version: String
    /// Live streams open at the same time; one more is answered 503.
    public var maximumStreams: Int
    /// Silence after which a live stream sends a comment, so that proxies keep the connection.
    public var heartbeat: Duration

    /// Only the tokens need a decision.
    public init(
        adminTokens: [String],
        protectMetrics: Bool = false,
        version: String,
        maximumStreams: Int = 64,
        heartbeat: Duration = .seconds(15)
    ) {
        self.adminTokens = adminTokens
        self.protectMetrics = protectMetrics
        self.version = version
        self.maximumStreams = maximumStreams
        self.heartbeat = heartbeat
    }
}
