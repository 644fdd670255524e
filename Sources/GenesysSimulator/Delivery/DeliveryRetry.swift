// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// When an EventBridge API destination sends an event again (facts 7.2).
struct DeliveryRetry: Sendable {
    enum Decision: Sendable, Equatable {
        case delivered
        case retry(after: Duration)
        /// Goes to the dead letter queue, or is lost.
        case failed
    }

    /// What came of one attempt.
    enum Outcome: Sendable, Equatable {
        case answered(status: Int, retryAfter: String?)
        /// No answer in time, or no connection.
        case unanswered
    }

    var firstDelay: Duration = .seconds(1)
    var maximumAttempts = 185
    var maximumAge: Duration = .seconds(86_400)

    /// - Parameters:
    ///   - attempts: attempts made, this one included
    ///   - age: of the event at this moment
    ///   - jitter: 0..<1
    func decide(_ outcome: Outcome, attempts: Int, age: Duration, jitter: Double) -> Decision {
        var asked: Duration = .zero
        switch outcome {
        case .answered(let status, let retryAfter):
            if (200..<300).contains(status) { return .delivered }
            guard status == 429 || status >= 500 else { return .failed }
            if let seconds = retryAfter.flatMap({ Int($0.filter { $0 != " " }) }) {
                // A negative value stops retries.
                if seconds < 0 { return .failed }
                asked = .seconds(min(seconds, 86_400))
            }
        case .unanswered: break
        }
        // The first attempt is none of the retries.
        guard attempts <= maximumAttempts else { return .failed }
        let doubling = firstDelay * (1 << min(attempts - 1, 20))
        let capped = min(doubling, firstDelay * 60)
        let backoff = capped * (0.5 + jitter / 2)
        // The more conservative of policy and header wins.
        let wait = max(backoff, asked)
        return age + wait <= maximumAge ? .retry(after: wait) : .failed
    }
}
