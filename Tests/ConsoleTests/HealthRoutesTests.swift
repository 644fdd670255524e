// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer
import Testing

@testable import Console

@Suite("The health routes")
struct HealthRoutesTests {
    private func fixture(_ health: HealthView) -> ConsoleFixture {
        var sources = ConsoleSources.mock
        sources.health = { health }
        return ConsoleFixture(sources: sources)
    }

    private var warning: HealthView {
        HealthView(
            status: .warn,
            mode: "observe",
            rules: .init(version: "9f2c", count: 3),
            checks: [
                "journal": HealthCheck(.pass, values: ["pending": 0, "lagSeconds": 0.25]),
                "genesys": HealthCheck(.warn, message: "Calls wait for the rate limit."),
                "delivery": HealthCheck(.pass),
            ]
        )
    }

    @Test("liveness asks nobody")
    func live() async {
        let response = await ConsoleFixture().send(.get, "/livez")
        #expect(response.status.code == 200)
        #expect(response.text == "ok\n")
    }

    @Test("a relay that warns is ready")
    func ready() async throws {
        let response = await fixture(warning).send(.head, "/readyz")
        #expect(response.status.code == 200)
        try expectJSON(response, #"{ "ready": true, "reasons": [] }"#)
    }

    @Test("a relay that cannot take events says why, with 503 on both probes")
    func notReady() async throws {
        var health = warning
        health.status = .fail
        health.notReady = ["draining"]
        let response = await fixture(health).send(.get, "/readyz")
        #expect(response.status.code == 503)
        try expectJSON(response, #"{ "ready": false, "reasons": ["draining"] }"#)
        let full = await fixture(health).send(.get, "/healthz")
        #expect(full.status.code == 503)
        #expect(try full.json()["notReady"] as? [String] == ["draining"])
    }

    @Test("health has the field names of the contract and the relay's version")
    func health() async throws {
        let response = await fixture(warning).send(.get, "/healthz")
        #expect(response.status.code == 200)
        #expect(response.headers["Cache-Control"] == "no-store")
        try expectJSON(
            response,
            """
            { "status": "warn", "version": "1.2.3", "mode": "observe", "rules": { "version": "9f2c", "count": 3 },
              "checks": { "journal": { "status": "pass", "values": { "pending": 0, "lagSeconds": 0.25 } },
                          "genesys": { "status": "warn", "message": "Calls wait for the rate limit." },
                          "delivery": { "status": "pass" } } }
            """
        )
    }
}
