// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import GenesysSimulator

@Suite("DeliveryRetry")
struct DeliveryRetryTests {
    private let retry = DeliveryRetry()

    private func decide(
        _ status: Int,
        _ retryAfter: String? = nil,
        attempts: Int = 1,
        age: Duration = .zero,
        jitter: Double = 0
    ) -> DeliveryRetry.Decision {
        retry.decide(.answered(status: status, retryAfter: retryAfter), attempts: attempts, age: age, jitter: jitter)
    }

    @Test("2xx is delivered", arguments: [200, 202, 204])
    func delivered(status: Int) { #expect(decide(status) == .delivered) }

    @Test("3xx and 4xx other than 429 lose the event", arguments: [301, 400, 401, 403, 404, 409, 413, 415])
    func refused(status: Int) { #expect(decide(status) == .failed) }

    @Test("429, 5xx and silence are tried again", arguments: [429, 500, 502, 503, 504])
    func retried(status: Int) {
        #expect(decide(status) == .retry(after: .milliseconds(500)))
        #expect(retry.decide(.unanswered, attempts: 1, age: .zero, jitter: 0) == .retry(after: .milliseconds(500)))
    }

    @Test("waits double, with jitter, up to a limit")
    func backoff() {
        #expect(decide(503, attempts: 3) == .retry(after: .seconds(2)))
        #expect(decide(503, attempts: 3, jitter: 0.5) == .retry(after: .seconds(3)))
        #expect(decide(503, attempts: 100) == .retry(after: .seconds(30)))
    }

    @Test("the longer of Retry-After and backoff counts, a negative one ends it")
    func retryAfter() {
        #expect(decide(429, "9") == .retry(after: .seconds(9)))
        #expect(decide(503, "1", attempts: 5) == .retry(after: .seconds(8)))
        #expect(decide(503, "-1") == .failed)
        #expect(decide(503, "soon") == .retry(after: .milliseconds(500)))
    }

    @Test("after 185 retries or 24 hours the event is given up")
    func limits() {
        #expect(decide(503, attempts: 185) != .failed)
        #expect(decide(503, attempts: 186) == .failed)
        #expect(decide(503, age: .seconds(86_400)) == .failed)
    }
}
