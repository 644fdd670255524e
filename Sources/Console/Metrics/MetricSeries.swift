// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CoreMetrics
import Synchronization

/// A value that only goes up.
final class CounterSeries: CounterHandler, FloatingPointCounterHandler, MetricSeries {
    /// Whole steps, which are nearly all, cost one atomic add.
    private let whole = Atomic<Int64>(0)
    private let fraction = Mutex(0.0)

    func increment(by amount: Int64) {
        // A counter that goes down would look like a restart.
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fraction.withLock { $0 += amount }
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.withLock { $0 = 0 }
    }

    func write(name: String, labels: String, to text: inout String) {
        let whole = whole.load(ordering: .relaxed)
        let fraction = fraction.withLock { $0 }
        let value = fraction == 0 ? String(whole) : PrometheusText.number(Double(whole) + fraction)
        text += PrometheusText.sample(name, labels, value)
    }
}

/// A value that goes up and down.
final class GaugeSeries: MeterHandler, RecorderHandler, MetricSeries {
    private let value = Mutex(0.0)

    func set(_ new: Int64) { set(Double(new)) }
    func set(_ new: Double) { value.withLock { $0 = new } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ new: Int64) { set(Double(new)) }
    func record(_ new: Double) { set(new) }

    func write(name: String, labels: String, to text: inout String) {
        text += PrometheusText.sample(name, labels, PrometheusText.number(value.withLock { $0 }))
    }
}

/// How many values fell at or under each bound, and their sum.
final class HistogramSeries: RecorderHandler, TimerHandler, MetricSeries {
    private struct State {
        /// One per bound and one above all; not cumulative, so that recording touches one of them.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// Bounds that are not finite are left out: `+Inf` is always there.
    init(bounds: [Double]) {
        self.bounds = Set(bounds.filter(\.isFinite)).sorted()
        state = Mutex(State(counts: Array(repeating: 0, count: self.bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        state.withLock { state in
            state.counts[low] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func write(name: String, labels: String, to text: inout String) {
        let state = state.withLock { $0 }
        var cumulative: UInt64 = 0
        for (index, count) in state.counts.enumerated() {
            cumulative += count
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            let separator = labels.isEmpty ? "" : ","
            text += PrometheusText.sample(name + "_bucket", "\(labels)\(separator)le=\"\(bound)\"", String(cumulative))
        }
        text += PrometheusText.sample(name + "_sum", labels, PrometheusText.number(state.sum))
        text += PrometheusText.sample(name + "_count", labels, String(cumulative))
    }
}
