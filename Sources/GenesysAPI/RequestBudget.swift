// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import DequeModule
public import GenesysEvents

/// How many calls of one OAuth client may still be made: never more than the limit in any 60 seconds, wherever Genesys'
/// window begins (facts 2.1), and none before the end of a pause that a 429 has asked for. Pure: times come in as
/// arguments.
///
/// Genesys counts a call at some moment between its start and its end. So a call counts while it is under way and for
/// 60 s after its end: a slow connection cannot push two windows into one.
public struct RequestBudget: Sendable {
    /// Calls in any 60 s.
    public let requestsPerMinute: Int
    /// Calls under way.
    public private(set) var underWay = 0
    /// When the others of the last minute ended.
    private var ended: Deque<Timestamp> = []
    private var pausedUntil: Timestamp?
    /// What Genesys itself has said is left of its window, which others may use as well.
    private var told: (remaining: Int, until: Timestamp)?

    /// Pauses in a row of our own choice.
    private var refusals = 0

    private static let window = Duration.seconds(60)
    /// The longest that is believed: the window is a minute.
    private static let longestPause = Duration.seconds(300)

    /// A budget of which nothing is used; at least one call a minute.
    public init(requestsPerMinute: Int) { self.requestsPerMinute = max(1, requestsPerMinute) }

    /// Takes one call if it may be made now and leaves `reserve` others; else says when to ask again.
    public mutating func take(at now: Timestamp, leaving reserve: Int = 0) -> Verdict {
        if let pausedUntil, now < pausedUntil { return .wait(until: pausedUntil) }
        forgetEnded(before: now)
        if let told {
            if now >= told.until {
                self.told = nil
            } else if told.remaining <= reserve {
                return .wait(until: told.until)
            }
        }
        let surplus = underWay + ended.count - (requestsPerMinute - max(0, min(reserve, requestsPerMinute - 1)))
        guard surplus < 0 else {
            // As many as have to grow old; those under way say themselves when they end.
            guard surplus < ended.count else { return .wait(until: nil) }
            return .wait(until: ended[surplus].advanced(by: Self.window))
        }
        underWay += 1
        told?.remaining -= 1
        return .taken
    }

    /// A call taken has ended.
    public mutating func end(at now: Timestamp) {
        underWay = max(0, underWay - 1)
        ended.append(now)
    }

    /// A call taken was not made after all.
    public mutating func giveBack() {
        underWay = max(0, underWay - 1)
        told?.remaining += 1
    }

    /// A call was made that nobody had asked for: the repetition with a new token.
    public mutating func charge(at now: Timestamp) { ended.append(now) }

    /// Genesys said 429: a pause of `Retry-After`, at least a second. When it does not say how long, a second at first,
    /// doubling up to a window (facts 2.2).
    public mutating func refused(retryAfter: Duration?, at now: Timestamp) {
        var delay = max(.seconds(1), min(retryAfter ?? .zero, Self.longestPause))
        if retryAfter == nil {
            // Those that were under way together say it once.
            if let pausedUntil, now < pausedUntil { return }
            delay = min(Self.window, delay * (1 << min(refusals, 6)))
            refusals += 1
        }
        pause(until: now.advanced(by: delay))
    }

    /// Genesys took a call.
    public mutating func accepted() { refusals = 0 }

    /// Nothing more before then. A later pause wins.
    public mutating func pause(until: Timestamp) {
        pausedUntil = max(pausedUntil ?? until, until)
    }

    /// What Genesys counts itself (`inin-ratelimit-…`): a lower limit, or calls of others with the same client. It can
    /// only take away: `requestsPerMinute` is what the user allows.
    public mutating func note(_ limits: RateLimitHeaders, at now: Timestamp) {
        guard limits.allowed > 0, limits.reset > .zero, limits.reset <= .seconds(300) else { return }
        told = (limits.allowed - limits.count - max(0, underWay - 1), now.advanced(by: limits.reset))
    }

    /// Nothing may be called, because Genesys has said 429.
    public func isHeldBack(at now: Timestamp) -> Bool { pausedUntil.map { now < $0 } ?? false }

    /// Calls left now.
    public func remaining(at now: Timestamp) -> Int {
        if isHeldBack(at: now) { return 0 }
        let used = underWay + ended.count { now.timeIntervalSince($0) < Self.window }
        let own = max(0, requestsPerMinute - used)
        guard let told, now < told.until else { return own }
        return min(own, max(0, told.remaining))
    }

    private mutating func forgetEnded(before now: Timestamp) {
        while let first = ended.first, now.timeIntervalSince(first) >= Self.window { ended.removeFirst() }
    }

    /// The answer of `take`.
    public enum Verdict: Sendable, Equatable {
        case taken
        /// `nil` = until a call under way ends.
        case wait(until: Timestamp?)
    }
}
