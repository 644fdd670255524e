// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import DequeModule
public import GenesysEvents

/// Holds all calls back while most of them fail, and finds out with one at a time when they succeed again. Pure: times
/// come in as arguments.
///
/// Only what says that the service is down counts as a failure (5xx, no answer); a refused call is an answer.
public struct CircuitBreaker: Sendable {
    /// When it opens and closes.
    public struct Policy: Sendable {
        /// Calls that are looked at: those that ended in this time.
        public var window: Duration = .seconds(30)
        /// Fewer calls than this prove nothing.
        public var minimumCalls = 10
        /// Opens at this share of failures.
        public var failureRatio = 0.5
        /// How long it stays open before a probe; doubles with each probe that fails.
        public var openFor: Duration = .seconds(5)
        /// The longest time between two probes.
        public var openLimit: Duration = .seconds(60)

        /// The defaults.
        public init() {}
    }

    /// How it stands.
    public enum State: String, Sendable, CaseIterable { case closed, open, halfOpen }

    /// Whether a call may be made.
    public enum Verdict: Sendable, Equatable {
        case go
        /// May be made, and decides: its outcome goes to `record` with `isProbe`.
        case probe
        /// `nil` = until the probe has ended.
        case wait(until: Timestamp?)
    }

    private let policy: Policy
    private var outcomes: Deque<(at: Timestamp, failed: Bool)> = []
    private var failures = 0
    private var openUntil: Timestamp?
    private var openings = 0
    private var isProbing = false

    /// Closed.
    public init(policy: Policy = Policy()) { self.policy = policy }

    /// How it stands.
    public func state(at now: Timestamp) -> State {
        guard let openUntil else { return .closed }
        return isProbing || now >= openUntil ? .halfOpen : .open
    }

    /// Asks for one call; a probe is taken with the answer.
    public mutating func admit(at now: Timestamp) -> Verdict {
        guard let openUntil else { return .go }
        if isProbing { return .wait(until: nil) }
        guard now >= openUntil else { return .wait(until: openUntil) }
        isProbing = true
        return .probe
    }

    /// A probe that was not made after all.
    public mutating func giveBackProbe() { isProbing = false }

    /// A call has ended. Those that began before it opened say nothing new.
    public mutating func record(failed: Bool, isProbe: Bool, at now: Timestamp) {
        if isProbe {
            isProbing = false
            if failed { open(at: now) } else { close() }
            return
        }
        guard openUntil == nil else { return }
        outcomes.append((now, failed))
        if failed { failures += 1 }
        while let first = outcomes.first, now.timeIntervalSince(first.at) > policy.window {
            outcomes.removeFirst()
            if first.failed { failures -= 1 }
        }
        guard outcomes.count >= policy.minimumCalls,
            Double(failures) >= policy.failureRatio * Double(outcomes.count)
        else { return }
        open(at: now)
    }

    private mutating func open(at now: Timestamp) {
        openUntil = now.advanced(by: min(policy.openLimit, policy.openFor * (1 << min(openings, 16))))
        openings += 1
        outcomes = []
        failures = 0
    }

    private mutating func close() {
        openUntil = nil
        openings = 0
        outcomes = []
        failures = 0
    }
}
