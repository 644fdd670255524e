// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import CoreMetrics
import Synchronization

/// A back end for swift-metrics that shows everything in the Prometheus text format 0.0.4.
///
/// | swift-metrics | Prometheus |
/// |---|---|
/// | `Counter`, `FloatingPointCounter` | counter, name ends in `_total` |
/// | `Gauge`, `Meter`, `Recorder(aggregate: false)` | gauge |
/// | `Recorder` | histogram |
/// | `Timer` | histogram in seconds, name ends in `_seconds` |
///
/// Names and label names are made valid; two metrics that end up with the same name and labels share one series.
public final class PrometheusMetrics: MetricsFactory, Sendable {
    /// The `Content-Type` of ``exposition()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// What an operator reads and how values are grouped.
    public struct Configuration: Sendable {
        /// `# HELP` texts by the label as used in code; a metric without one gets its name in words.
        public var help: [String: String]
        /// Upper bounds of buckets by the label as used in code: seconds for timers, else the recorder's own unit.
        public var buckets: [String: [Double]]
        /// Bounds of timers that have none of their own: 0.5 ms to 60 s.
        public var timerBuckets: [Double] = [
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
        ]
        /// Bounds of recorders that have none of their own, fit for counts and sizes: 1 to 1,048,576 in steps of four.
        public var recorderBuckets: [Double] = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262_144, 1_048_576]

        /// Texts and bounds by label.
        public init(help: [String: String] = [:], buckets: [String: [Double]] = [:]) {
            self.help = help
            self.buckets = buckets
        }
    }

    private let configuration: Configuration
    private let families = Mutex<[String: MetricFamily]>([:])

    /// An empty set of metrics.
    public init(configuration: Configuration = Configuration()) { self.configuration = configuration }

    // MARK: MetricsFactory

    /// A counter that goes up in whole steps.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter, suffix: "_total", as: CounterSeries.self) { CounterSeries() }
    }

    /// A counter that goes up in steps of any size.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter, suffix: "_total", as: CounterSeries.self) { CounterSeries() }
    }

    /// A value that goes up and down.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge, as: GaugeSeries.self) { GaugeSeries() }
    }

    /// A histogram of values, or with `aggregate: false` (a swift-metrics `Gauge`) the last value.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return series(label, dimensions, .gauge, as: GaugeSeries.self) { GaugeSeries() } }
        let bounds = configuration.buckets[label] ?? configuration.recorderBuckets
        return series(label, dimensions, .histogram, as: HistogramSeries.self) { HistogramSeries(bounds: bounds) }
    }

    /// A histogram of durations.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let bounds = configuration.buckets[label] ?? configuration.timerBuckets
        return series(label, dimensions, .histogram, suffix: "_seconds", as: HistogramSeries.self) {
            HistogramSeries(bounds: bounds)
        }
    }

    /// Its series is shown no more.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    /// Its series is shown no more.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    /// Its series is shown no more.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    /// Its series is shown no more.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    /// Its series is shown no more.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    // MARK: Exposition

    /// All metrics and those of the process, families by name and series by labels.
    public func exposition() -> [UInt8] {
        // Only references are copied under the lock, so a scrape never holds up a handler for long.
        let families = families.withLock { Array($0.values) }.sorted { $0.name < $1.name }
        var text = ""
        for family in families where !family.series.isEmpty { family.write(to: &text) }
        ProcessMetrics.write(to: &text)
        return Array(text.utf8)
    }

    // MARK: Registry

    private func series<Series: MetricSeries>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: MetricFamily.Kind,
        suffix: String = "",
        as type: Series.Type,
        make: () -> Series
    ) -> Series {
        var name = PrometheusText.metricName(label)
        if !name.hasSuffix(suffix) { name += suffix }
        let labels = PrometheusText.labels(dimensions)
        let help = configuration.help[label] ?? PrometheusText.help(for: name)
        return families.withLock { families in
            // One name is one type in the format; a second type with the same name gets a name of its own.
            while let family = families[name], family.kind != kind { name += "_" + kind.rawValue }
            var family = families[name] ?? MetricFamily(name: name, kind: kind, help: help)
            if let known = family.series[labels] as? Series { return known }
            let new = make()
            family.series[labels] = new
            families[name] = family
            return new
        }
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            for (name, var family) in families {
                guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
                family.series[labels] = nil
                families[name] = family
            }
        }
    }
}
