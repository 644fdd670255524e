// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
public import GenesysEvents
public import HTTPServer

/// How a simulated Genesys Cloud behaves.
public struct SimulatorConfiguration: Sendable {
    /// Where API, login and control are served; port 0 lets the kernel choose.
    public var listen: ListenAddress
    /// Users of the organization; the last one starts Offline, every tenth Available, the others On Queue.
    public var agents: Int = 10
    /// Inbound calls of the whole organization a minute; 0 = only those made through the control API.
    public var callsPerMinute: Double = 0
    /// Decides ids, names, schedules and traffic.
    public var seed: UInt64 = 1
    /// How fast calls go by: 1 = talks of some ten seconds, 2 = twice as fast.
    public var pace: Double = 1
    /// Receives every event as an EventBridge API destination would; `nil` = no events are built.
    public var webhookURL: String?
    /// Header fields added to each event, such as the API key.
    public var webhookHeaders: [(name: String, value: String)] = []
    /// Events on their way at the same time.
    public var webhookConcurrency: Int = 8
    /// Keeps connections to the webhook; API destinations open a new one for each event.
    public var webhookKeepsAlive: Bool = false
    /// Parts of topics, such as `.presence`: only events whose topic contains one are made; `nil` = all.
    public var webhookTopics: [String]?
    /// First wait before a failed event is sent again; doubles up to 60 times its value.
    public var webhookRetryDelay: Duration = .seconds(1)
    /// Time an answer may take before the event counts as not delivered (EventBridge: 5 s).
    public var webhookTimeout: Duration = .seconds(5)
    /// OAuth clients that may ask for a token.
    public var clients: [(id: String, secret: String)] = [(id: "simulator", secret: "simulator")]
    /// Calls a token may make in a minute (facts: `client.credentials.token.rate.per.minute`).
    public var requestsPerMinute: Int = 300
    /// Whether a 429 of the rate limit says when to come back; some services do not (facts 2.2).
    public var hasRetryAfter: Bool = true
    /// Whether successes carry `inin-ratelimit-count`, `-allowed` and `-reset`.
    public var hasRateLimitHeaders: Bool = true
    /// `expires_in` of a token.
    public var tokenLifetime: Duration = .seconds(86_400)
    /// From a change of presence to the adherence that shows it.
    public var adherenceLatency: Duration = .milliseconds(300)
    /// Whether calls end in after-call work.
    public var afterCallWork: Bool = true
    /// The clock; timers follow real time whatever it says.
    public var now: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    /// Serves on `listen` with everything else at its default.
    public init(listen: ListenAddress = .ip("127.0.0.1", port: 0)) { self.listen = listen }
}
