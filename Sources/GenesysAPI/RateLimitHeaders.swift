// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient

/// How much of its window Genesys says is used (`inin-ratelimit-count`, `-allowed`, `-reset`; facts 2.1). Not every
/// answer has it.
public struct RateLimitHeaders: Sendable, Equatable {
    /// Calls counted in the window, this one included.
    public var count: Int
    /// Calls allowed in it.
    public var allowed: Int
    /// Until it ends.
    public var reset: Duration

    /// All three numbers.
    public init(count: Int, allowed: Int, reset: Duration) {
        self.count = count
        self.allowed = allowed
        self.reset = reset
    }
}

/// One HTTP exchange with the API host.
public struct APIExchange: Sendable, Equatable {
    /// The second one of a call, with a new token after a 401.
    public var isRepeat: Bool
    /// HTTP status; `nil` without an answer.
    public var status: Int?
    /// When the answer tells them.
    public var limits: RateLimitHeaders?

    /// What is known of the exchange.
    public init(isRepeat: Bool, status: Int?, limits: RateLimitHeaders? = nil) {
        self.isRepeat = isRepeat
        self.status = status
        self.limits = limits
    }
}
