// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysAPI
public import GenesysEvents
import Synchronization

/// What the answers of the API host say besides: their time and their limits. For the `observe` of ``GenesysAPI``.
public final class ExchangeNotes: Sendable {
    struct Notes {
        var limits: RateLimitHeaders?
        /// The clock of Genesys ahead of ours; of the answer that shows the least, for an answer may be slow.
        var skew: Duration?
    }

    private let notes = Mutex(Notes())

    /// Nothing noted.
    public init() {}

    /// Takes note of an exchange.
    ///
    /// - Parameter now: the wall clock at its end.
    public func note(_ exchange: APIExchange, now: Timestamp) {
        notes.withLock { notes in
            if let limits = exchange.limits { notes.limits = limits }
            guard let time = exchange.serverTime else { return }
            let skew = time.timeIntervalSince(now)
            if notes.skew.map({ abs(skew) < abs($0) }) ?? true { notes.skew = skew }
        }
    }

    var current: Notes { notes.withLock { $0 } }
}

/// Without a sign.
func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }
