// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Synchronization
import Testing

@testable import Console

@Suite("How delivery stands")
struct DeliveryRoutesTests {
    private func fixture(
        metrics: PrometheusMetrics = PrometheusMetrics(),
        _ load: @escaping @Sendable () -> DeliveryLoadView
    ) -> ConsoleFixture {
        var sources = ConsoleSources.mock
        sources.load = { load() }
        return ConsoleFixture(metrics: metrics, sources: sources)
    }

    @Test("the load is shown with the field names of the contract")
    func load() async throws {
        try expectJSON(
            await fixture { .busy }.send(.get, "/v1/delivery"),
            """
            { "budgets": [ { "remaining": 12, "limit": 300, "heldBack": false },
                           { "remaining": 0, "limit": 60, "heldBack": true } ],
              "waiting": { "write": 3, "verify": 2, "resync": 40, "errand": 1 }, "underWay": 5,
              "breaker": "halfOpen", "bulkSize": 50, "outstanding": 77, "errands": 8, "adherenceChecks": 9,
              "deadLetters": { "hours": 24, "notApplied": 1, "failed": 2, "errand": 3, "event": 4 } }
            """
        )
    }

    @Test("the gauges are those of the moment of the scrape")
    func gauges() async throws {
        let now = Mutex(DeliveryLoadView.busy)
        let fixture = fixture(metrics: PrometheusMetrics(configuration: .relay)) { now.withLock { $0 } }
        let busy = await fixture.send(.get, "/metrics").text.split(separator: "\n")
        for line in [
            #"presence_relay_budget_remaining{client="0"} 12"#, #"presence_relay_budget_limit{client="0"} 300"#,
            #"presence_relay_budget_remaining{client="1"} 0"#, #"presence_relay_budget_limit{client="1"} 60"#,
            #"presence_relay_calls_waiting{priority="write"} 3"#, #"presence_relay_calls_waiting{priority="verify"} 2"#,
            #"presence_relay_calls_waiting{priority="resync"} 40"#,
            #"presence_relay_calls_waiting{priority="errand"} 1"#,
            "presence_relay_calls_under_way 5", "presence_relay_breaker_open 1", "presence_relay_bulk_size 50",
            "presence_relay_delivery_outstanding 77", "presence_relay_errands_outstanding 8",
            "presence_relay_adherence_checks_outstanding 9",
        ] {
            #expect(busy.contains(line[...]), "\(line)")
        }
        now.withLock { $0 = .idle }
        let idle = await fixture.send(.get, "/metrics").text.split(separator: "\n")
        for line in [
            #"presence_relay_budget_remaining{client="0"} 300"#, "presence_relay_breaker_open 0",
            #"presence_relay_calls_waiting{priority="resync"} 0"#, "presence_relay_delivery_outstanding 0",
        ] {
            #expect(idle.contains(line[...]), "\(line)")
        }
    }
}
