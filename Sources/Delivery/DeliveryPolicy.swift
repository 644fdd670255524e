// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Limits of delivery.
public struct DeliveryPolicy: Sendable {
    /// How long to wait for the presence event before reading.
    public var verifyWithin: Duration = .seconds(10)
    /// Writes that Genesys has taken without effect before the wish is `notApplied`.
    public var verifyAttempts = 3
    /// First retry delay; doubles with each failure, with full jitter.
    public var backoffBase: Duration = .milliseconds(500)
    /// The longest retry delay.
    public var backoffLimit: Duration = .seconds(30)
    /// A wish whose calls have done nothing but fail for this long is `failed`.
    public var giveUpAfter: Duration = .seconds(3600)
    /// The most users in one bulk write; the maximum of Genesys is not documented (facts 3.3).
    public var bulkSize = 50

    /// The defaults of the design, section 5.5.
    public init() {}

    /// Full jitter: anywhere between nothing and the doubled delay, so that many agents do not retry together.
    func backoff(failures: Int, random: Double) -> Duration {
        min(backoffLimit, backoffBase * (1 << min(failures, 16))) * max(0.1, random)
    }
}
