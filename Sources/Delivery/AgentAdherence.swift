// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents

/// One agent's adherence on its way to a verdict. Pure: time, randomness and answers come in as arguments.
struct AgentAdherence: Sendable {
    /// What follows an answer.
    enum Step: Equatable {
        /// This is it.
        case verdict(AdherenceVerdict)
        /// Look again at `due`.
        case wait
        /// Nothing explains the difference; the primary source may. Goes on with `learned(source:)`.
        case askSource
    }

    let revision: Int
    let target: PresenceTarget
    private(set) var circumstances: AdherenceCircumstances
    /// When to read, unless an event confirms before.
    private(set) var due: Timestamp
    private let policy: AdherencePolicy
    private var reads = 0
    private var failures = 0
    private var failingSince: Timestamp?
    /// The last read and what was expected of it, while the primary source is asked for.
    private var unexplained: (read: UserAdherence, expectation: AdherenceExpectation)?

    init(revision: Int, target: PresenceTarget, circumstances: AdherenceCircumstances, policy: AdherencePolicy) {
        self.revision = revision
        self.target = target
        self.circumstances = circumstances
        self.policy = policy
        due = circumstances.confirmedAt.advanced(by: policy.within)
    }

    /// An event; it can confirm, but not contradict: what it shows may be from before the write.
    func observed(
        _ observation: AdherenceObservation,
        expectation: AdherenceExpectation,
        now: Timestamp
    ) -> AdherenceVerdict? {
        // A code that is not known may make another activity the right one.
        guard expectation.isCertain else { return nil }
        let seen = UserAdherence(userID: "", observation: observation)
        let verdict = AdherenceVerdict(of: seen, against: expectation, given: circumstances, at: now)
        return verdict.state == .confirmed ? verdict : nil
    }

    /// The answer to a read; `nil` when the agent is absent from it.
    mutating func didRead(
        _ read: UserAdherence?,
        expectation: AdherenceExpectation,
        knowsSource: Bool,
        now: Timestamp
    ) -> Step {
        reads += 1
        failures = 0
        failingSince = nil
        let verdict = AdherenceVerdict(of: read, against: expectation, given: circumstances, at: now)
        if verdict.state == .confirmed || verdict.reason == .notInWorkforceManagement { return .verdict(verdict) }
        guard reads >= policy.attempts else {
            due = now.advanced(by: policy.within)
            return .wait
        }
        if let read, !knowsSource, verdict.state == .differs, verdict.reason == .lag || verdict.reason == .other {
            unexplained = (read, expectation)
            return .askSource
        }
        return .verdict(verdict)
    }

    /// The agent's primary source; `nil` when it could not be found out.
    mutating func know(source: String?) { circumstances.primarySource = source }

    /// The verdict that had to wait for the primary source.
    mutating func learned(source: String?, now: Timestamp) -> AdherenceVerdict? {
        know(source: source)
        guard let (read, expectation) = unexplained else { return nil }
        return AdherenceVerdict(of: read, against: expectation, given: circumstances, at: now)
    }

    /// A read that failed; `expected` is the category, as far as it is known.
    mutating func failed(_ error: GenesysAPIError, expected: String?, now: Timestamp, random: Double) -> Step {
        failures += 1
        let since = failingSince ?? now
        failingSince = since
        let delay = error.retryAfter ?? policy.backoff(failures: failures - 1, random: random)
        let next = now.advanced(by: delay)
        let isInTime = failures < policy.maxFailures && next.timeIntervalSince(since) <= policy.giveUpAfter
        if error.isRetryable, isInTime {
            due = next
            return .wait
        }
        return .verdict(
            AdherenceVerdict(
                state: .unknown,
                at: now,
                expected: expected,
                reason: .unreadable,
                message: AdherenceMessage.unreadable(error)
            )
        )
    }
}
