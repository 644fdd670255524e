// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CoreMetrics

extension PrometheusMetrics {
    /// Brings the gauges of delivery up to date. Asked for at each scrape: a gauge that is set when something changes
    /// would still show a budget as used up long after the minute has passed.
    func show(_ load: DeliveryLoadView) {
        func set(_ name: String, _ value: Int, _ dimensions: [(String, String)] = []) {
            makeMeter(label: "presence_relay_" + name, dimensions: dimensions).set(Int64(value))
        }
        for (index, budget) in load.budgets.enumerated() {
            // Not by the client's id, which is half of what it logs in with.
            let client = [("client", String(index))]
            set("budget_remaining", budget.remaining, client)
            set("budget_limit", budget.limit, client)
        }
        for (priority, count) in load.waiting { set("calls_waiting", count, [("priority", priority)]) }
        set("calls_under_way", load.underWay)
        set("breaker_open", load.breaker == .closed ? 0 : 1)
        set("bulk_size", load.bulkSize)
        set("delivery_outstanding", load.outstanding)
        set("errands_outstanding", load.errands)
        set("adherence_checks_outstanding", load.adherenceChecks)
    }
}
