// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// How much delivery has to do, and how much it may do: `GET /v1/delivery`, and gauges of `GET /metrics`.
public struct DeliveryLoadView: Codable, Sendable, Equatable {
    /// Calls that an OAuth client may make.
    public struct Budget: Codable, Sendable, Equatable {
        /// Calls left in the current minute.
        public var remaining: Int
        /// Calls a minute.
        public var limit: Int
        /// Genesys has said 429: none until it is over.
        public var heldBack: Bool

        /// A budget as it is now.
        public init(remaining: Int, limit: Int, heldBack: Bool = false) {
            self.remaining = remaining
            self.limit = limit
            self.heldBack = heldBack
        }
    }

    /// Whether calls are made while many of them fail.
    public enum Breaker: String, Codable, Sendable, CaseIterable {
        /// They are.
        case closed
        /// They are not, for some seconds.
        case open
        /// One is made, to see whether it succeeds.
        case halfOpen
    }

    /// Dead letters of the last hours, by what they are about.
    public struct DeadLetters: Codable, Sendable, Equatable {
        /// How many hours are looked at.
        public var hours: Int
        /// Statuses that Genesys took and that reads do not show.
        public var notApplied: Int
        /// Statuses that Genesys refused.
        public var failed: Int
        /// Tags, explanations and the like that failed for good.
        public var errand: Int
        /// Events that cannot be applied.
        public var event: Int

        /// None unless said otherwise.
        public init(hours: Int, notApplied: Int = 0, failed: Int = 0, errand: Int = 0, event: Int = 0) {
            self.hours = hours
            self.notApplied = notApplied
            self.failed = failed
            self.errand = errand
            self.event = event
        }
    }

    /// One for each OAuth client, in the order of `genesys.clients`.
    public var budgets: [Budget]
    /// Calls that wait for a budget, by what they are for: `write`, `verify`, `resync`, `errand`.
    public var waiting: [String: Int]
    /// Calls that are being made.
    public var underWay: Int
    /// Whether calls are made.
    public var breaker: Breaker
    /// Users that go into one bulk write now.
    public var bulkSize: Int
    /// Agents with a wish or a call under way.
    public var outstanding: Int
    /// Errands that have not ended.
    public var errands: Int
    /// Agents whose adherence is not known yet, though asked for.
    public var adherenceChecks: Int
    /// What was given up of late.
    public var deadLetters: DeadLetters

    /// Nothing to do unless said otherwise.
    public init(
        budgets: [Budget],
        waiting: [String: Int] = [:],
        underWay: Int = 0,
        breaker: Breaker = .closed,
        bulkSize: Int,
        outstanding: Int = 0,
        errands: Int = 0,
        adherenceChecks: Int = 0,
        deadLetters: DeadLetters
    ) {
        self.budgets = budgets
        self.waiting = waiting
        self.underWay = underWay
        self.breaker = breaker
        self.bulkSize = bulkSize
        self.outstanding = outstanding
        self.errands = errands
        self.adherenceChecks = adherenceChecks
        self.deadLetters = deadLetters
    }
}
