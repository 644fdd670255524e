// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient

/// One HTTP exchange with the API host; the login host's are not among them.
public struct APIExchange: Sendable, Equatable {
    /// The second exchange of one call, after a 401.
    public var isRepeat: Bool
    /// What Genesys says of the limit, when it does.
    public var limits: RateLimitHeaders?
    /// `nil` without an answer.
    public var status: Int?

    /// An exchange.
    public init(isRepeat: Bool, limits: RateLimitHeaders? = nil, status: Int? = nil) {
        self.isRepeat = isRepeat
        self.limits = limits
        self.status = status
    }
}

/// `inin-ratelimit-count`, `-allowed` and `-reset` (facts 2.1): used where present, never required.
public struct RateLimitHeaders: Sendable, Equatable {
    /// Calls made in the current window.
    public var count: Int
    /// Calls that a window takes.
    public var allowed: Int
    /// Until the next window.
    public var reset: Duration

    /// The numbers of an answer.
    public init(count: Int, allowed: Int, reset: Duration) {
        self.count = count
        self.allowed = allowed
        self.reset = reset
    }

    /// `nil` unless count and limit are numbers that make sense. Without a reset a whole window of a minute is assumed.
    init?(_ response: ClientResponse) {
        guard let count = response.number("inin-ratelimit-count"),
            let allowed = response.number("inin-ratelimit-allowed"), allowed > 0
        else { return nil }
        self.init(count: count, allowed: allowed, reset: .seconds(response.number("inin-ratelimit-reset") ?? 60))
    }
}

extension ClientResponse {
    /// A header that is a number from 0 to a million, whole or not.
    fileprivate func number(_ name: String) -> Int? {
        guard let text = header(name)?.trimmingCharacters(in: .whitespaces), let value = Double(text),
            (0...1_000_000).contains(value)
        else { return nil }
        return Int(value.rounded(.up))
    }
}
