// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Limits of adherence checks.
public struct AdherencePolicy: Sendable {
    /// `verify.within`: how long to wait for the adherence event before reading, and between reads.
    public var within: Duration = .seconds(10)
    /// Reads that do not show what is expected before the verdict is given with its reason.
    public var attempts = 3
    /// Agents that are due this much later are read along with the one that is due now.
    public var gather: Duration = .seconds(1)
    /// Reads under way at once. Agents that fall due meanwhile gather, so that a scarce budget makes fuller reads.
    public var maxReads = 2
    /// First retry delay of a read that failed; doubles with each failure, with jitter.
    public var backoffBase: Duration = .seconds(1)
    /// The longest retry delay, unless Genesys asks for a longer one.
    public var backoffLimit: Duration = .seconds(30)
    /// Failures in a row after which an agent's adherence is `unreadable`.
    public var maxFailures = 5
    /// So is one whose reads have done nothing but fail for this long, or would have to wait for as long.
    public var giveUpAfter: Duration = .seconds(600)
    /// How long activity codes and primary sources are remembered.
    public var memory: Duration = .seconds(3600)
    /// How long codes that could not be read for good (a permission is missing) are not asked for again.
    public var codesRetry: Duration = .seconds(300)
    /// Agents that wait to be asked for their primary source; a verdict beyond that number is given without.
    public var maxSourceQueue = 100

    /// The defaults; `attempts` is at least 1.
    public init(within: Duration = .seconds(10), attempts: Int = 3) {
        self.within = within
        self.attempts = max(1, attempts)
    }

    /// Half the doubled delay up to all of it, so that batches do not retry together and none retries at once.
    func backoff(failures: Int, random: Double) -> Duration {
        min(backoffLimit, backoffBase * (1 << min(failures, 16))) * (0.5 + random / 2)
    }
}
