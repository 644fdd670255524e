// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What the platform leaves open, or does differently here and there, and a test wants to choose.
struct Switches: Sendable {
    /// Users in one `PUT …/presences/bulk`: undocumented; the most a Genesys blueprint sends.
    var bulkLimit = 100
    /// 400 or 413
    var bulkLimitStatus = 400
    /// `inin-ratelimit-*` on successes.
    var hasRateLimitHeaders = true
    /// The newer 429, which says when to come back (facts 2.2).
    var hasRetryAfter = true
    /// Queries of explanations answer at once, without a job to wait for.
    var queriesAnswerAtOnce = false
    /// `PUT /api/v2/wfm/users/{id}/adherence` exists, as a gateway may offer it. Genesys has no such call.
    var hasAdherenceGateway = false
    /// Permissions that all clients lack.
    var missingPermissions: Set<String> = []

    var bulkRefusal: PlatformError {
        guard bulkLimitStatus == 413 else { return .invalid("body", "At most \(bulkLimit) presences may be given.") }
        return PlatformError(status: 413, code: "request.entity.too.large", message: "The request is too large.")
    }
}
