// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Metrics

/// Measurements of delivery, made once: to look a metric up by its name costs as much as a small call.
struct DeliveryMetrics: Sendable {
    private let stages = Dictionary(
        uniqueKeysWithValues: Latency.Stage.allCases.map { stage in
            (stage, Timer(label: "presence_relay_latency_seconds", dimensions: [("stage", stage.rawValue)]))
        }
    )
    private let calls = Dictionary(
        uniqueKeysWithValues: ["write", "bulkWrite", "read", "bulkRead"].map { call in
            (call, Timer(label: "presence_relay_delivery_call_seconds", dimensions: [("call", call)]))
        }
    )
    private let carried = Dictionary(
        uniqueKeysWithValues: ["write", "bulkWrite", "read", "bulkRead"].map { call in
            (call, Counter(label: "presence_relay_delivery_agents_total", dimensions: [("call", call)]))
        }
    )

    func record(_ latencies: [Latency]) {
        for latency in latencies {
            stages[latency.stage]?.recordNanoseconds(Int64(latency.duration / .nanoseconds(1)))
        }
    }

    /// A call for so many agents has ended.
    func record(isWrite: Bool, count: Int, took: Duration) {
        let call = (isWrite, count > 1)
        let name =
            switch call {
            case (true, true): "bulkWrite"
            case (true, false): "write"
            case (false, true): "bulkRead"
            case (false, false): "read"
            }
        calls[name]?.recordNanoseconds(Int64(took / .nanoseconds(1)))
        carried[name]?.increment(by: count)
    }
}
