// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
public import GenesysEvents
import HTTPClient

/// One HTTP exchange with the API host; the login host's are not among them.
public struct APIExchange: Sendable, Equatable {
    /// The second exchange of one call, after a 401.
    public var isRepeat: Bool
    /// What Genesys says of the limit, when it does.
    public var limits: RateLimitHeaders?
    /// `nil` without an answer.
    public var status: Int?
    /// The `Date` header, in whole seconds.
    public var serverTime: Timestamp?

    /// An exchange.
    public init(
        isRepeat: Bool,
        limits: RateLimitHeaders? = nil,
        status: Int? = nil,
        serverTime: Timestamp? = nil
    ) {
        self.isRepeat = isRepeat
        self.limits = limits
        self.status = status
        self.serverTime = serverTime
    }

    init(_ response: ClientResponse, isRepeat: Bool) {
        self.init(
            isRepeat: isRepeat,
            limits: RateLimitHeaders(response),
            status: response.status,
            serverTime: response.header("Date").flatMap { Timestamp(httpDate: $0) }
        )
    }
}

extension Timestamp {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is still sent (RFC 9110 section 5.6.7).
    init?(httpDate text: String) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
            let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
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
