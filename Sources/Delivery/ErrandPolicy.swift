// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Limits of errands.
public struct ErrandPolicy: Sendable {
    /// First retry delay; doubles with each failure, with full jitter. A `Retry-After` of Genesys wins.
    public var backoffBase: Duration = .seconds(1)
    /// The longest retry delay.
    public var backoffLimit: Duration = .seconds(60)
    /// An errand whose calls have done nothing but fail for this long is `failed`.
    public var giveUpAfter: Duration = .seconds(600)
    /// Answers 409 before an errand is `failed`: each time what is there is read again.
    public var conflictLimit = 5
    /// How soon a job is looked at first; doubles each time.
    public var jobPoll: Duration = .seconds(1)
    /// The longest time between two looks at a job.
    public var jobPollLimit: Duration = .seconds(10)
    /// A job that has not ended by then is `failed`.
    public var jobDeadline: Duration = .seconds(300)
    /// How long a write without an answer is left alone before existing explanations are looked for: it may have
    /// started a job that has yet to add the explanation.
    public var settle: Duration = .seconds(10)

    /// The defaults.
    public init() {}

    /// Full jitter: anywhere between nothing and the doubled delay, so that many errands do not retry together.
    func backoff(failures: Int, random: Double) -> Duration {
        min(backoffLimit, backoffBase * (1 << min(failures, 16))) * max(0.1, random)
    }
}
