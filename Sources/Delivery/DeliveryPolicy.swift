// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI

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
    /// The longest `Retry-After` that is believed.
    public var retryAfterLimit: Duration = .seconds(300)
    /// A wish whose calls have done nothing but fail for this long is `failed`.
    public var giveUpAfter: Duration = .seconds(3600)
    /// The most users in one bulk write; the maximum of Genesys is not documented (facts 3.3).
    public var bulkSize = 50

    /// The defaults of the design, section 5.5.
    public init() {}

    /// How long an agent waits after a failure. For a client that a 429 holds back the gate waits: another may be free.
    func delay(after error: GenesysAPIError, failures: Int, random: Double) -> Duration {
        let backoff = backoff(failures: failures, random: random)
        guard let asked = error.retryAfter else { return backoff }
        return error.code == .rateLimited ? min(asked, backoff) : min(asked, retryAfterLimit)
    }

    /// Full jitter: anywhere between nothing and the doubled delay, so that many agents do not retry together.
    func backoff(failures: Int, random: Double) -> Duration {
        min(backoffLimit, backoffBase * (1 << min(failures, 16))) * max(0.1, random)
    }
}
