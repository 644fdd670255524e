// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import Ingest

/// Tests/Fixtures/Authentication: requests of the specifications, and what an attacker makes of them.
@Suite("Requests of the specifications and what comes of them")
struct AuthenticationVectorTests {
    @Test(
        "the fixtures are there, with every kind of outcome",
        arguments: [("hmac.json", 80), ("standard-webhooks.json", 80), ("secrets.json", 25)]
    )
    func fixtures(file: String, count: Int) {
        let vectors = AuthenticationVector.all(file)
        #expect(vectors.count >= count)
        let outcomes = Set(vectors.map(\.expect))
        let all: Set = ["accepted", "credentials_missing", "credentials_wrong", "credentials_expired"]
        #expect(outcomes.isSuperset(of: all))
    }

    @Test("HMAC over the body", arguments: AuthenticationVector.all("hmac.json"))
    func hmac(vector: AuthenticationVector) throws { #expect(try vector.outcome() == vector.expect) }

    @Test("Standard Webhooks", arguments: AuthenticationVector.all("standard-webhooks.json"))
    func standardWebhooks(vector: AuthenticationVector) throws { #expect(try vector.outcome() == vector.expect) }

    @Test("API key, basic and bearer", arguments: AuthenticationVector.all("secrets.json"))
    func secrets(vector: AuthenticationVector) throws { #expect(try vector.outcome() == vector.expect) }
}
