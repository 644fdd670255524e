// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CoreMetrics
import Foundation
import HTTPServer
import Testing

@testable import Console

@Suite("Prometheus metrics")
struct PrometheusMetricsTests {
    /// The exposition without the process' own metrics.
    private func text(_ metrics: PrometheusMetrics) -> String {
        let lines = String(decoding: metrics.exposition(), as: UTF8.self).split(separator: "\n")
        return lines.filter { !$0.contains("process_") }.joined(separator: "\n")
    }

    @Test("a counter ends in _total and only goes up")
    func counter() {
        let metrics = PrometheusMetrics(configuration: .init(help: ["relay.events": "Events\ntaken \\ ignored"]))
        let counter = metrics.makeCounter(label: "relay.events", dimensions: [("topic", "presence")])
        counter.increment(by: 3)
        counter.increment(by: -1)
        metrics.makeCounter(label: "relay.events", dimensions: [("topic", "presence")]).increment(by: 1)
        metrics.makeFloatingPointCounter(label: "relay_events_total", dimensions: []).increment(by: 0.5)
        #expect(
            text(metrics) == #"""
                # HELP relay_events_total Events\ntaken \\ ignored
                # TYPE relay_events_total counter
                relay_events_total 0.5
                relay_events_total{topic="presence"} 4
                """#
        )
    }

    @Test("gauges and meters show the last value")
    func gauge() {
        let metrics = PrometheusMetrics()
        metrics.makeRecorder(label: "queue_depth", dimensions: [], aggregate: false).record(Int64(7))
        let meter = metrics.makeMeter(label: "temperature", dimensions: [])
        meter.set(2.5)
        meter.increment(by: 1)
        meter.decrement(by: 4)
        #expect(
            text(metrics) == """
                # HELP queue_depth queue depth.
                # TYPE queue_depth gauge
                queue_depth 7
                # HELP temperature temperature.
                # TYPE temperature gauge
                temperature -0.5
                """
        )
    }

    @Test("a timer is a histogram in seconds with cumulative buckets; a bound belongs to its bucket")
    func timer() {
        let metrics = PrometheusMetrics(configuration: .init(buckets: ["call": [1, 0.1, .infinity]]))
        let timer = metrics.makeTimer(label: "call", dimensions: [("client", "1")])
        for nanoseconds: Int64 in [50_000_000, 100_000_000, 1_000_000_000, 2_500_000_000] {
            timer.recordNanoseconds(nanoseconds)
        }
        #expect(
            text(metrics) == """
                # HELP call_seconds call seconds.
                # TYPE call_seconds histogram
                call_seconds_bucket{client="1",le="0.1"} 2
                call_seconds_bucket{client="1",le="1"} 3
                call_seconds_bucket{client="1",le="+Inf"} 4
                call_seconds_sum{client="1"} 3.65
                call_seconds_count{client="1"} 4
                """
        )
    }

    @Test("names, label names and label values are made valid")
    func spelling() {
        let metrics = PrometheusMetrics()
        metrics.makeMeter(label: "9 lives/é-b", dimensions: [("__a-b", "x"), ("le", "say \"hi\"\\\n"), ("", "e")]).set(
            1.0
        )
        #expect(text(metrics).hasSuffix(#"_9_lives___b{_="e",_a_b="x",le_="say \"hi\"\\\n"} 1"#))
    }

    @Test("one name used for two types becomes two names")
    func conflict() {
        let metrics = PrometheusMetrics()
        metrics.makeMeter(label: "size", dimensions: []).set(1.0)
        metrics.makeRecorder(label: "size", dimensions: [], aggregate: true).record(Int64(1))
        #expect(text(metrics).contains("# TYPE size gauge"))
        #expect(text(metrics).contains("# TYPE size_histogram histogram"))
    }

    @Test("a destroyed metric is shown no more")
    func destroy() {
        let metrics = PrometheusMetrics()
        let counter = metrics.makeCounter(label: "a", dimensions: [])
        metrics.destroyCounter(counter)
        #expect(text(metrics) == "")
    }

    @Test("no count is lost between threads")
    func threads() async {
        let metrics = PrometheusMetrics()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        metrics.makeCounter(label: "c", dimensions: []).increment(by: 1)
                        metrics.makeTimer(label: "t", dimensions: []).recordNanoseconds(1)
                    }
                }
            }
        }
        #expect(text(metrics).contains("c_total 8000"))
        #expect(text(metrics).contains("t_seconds_count 8000"))
    }

    @Test("the process shows memory, descriptors, CPU and start time")
    func process() throws {
        let all = String(decoding: PrometheusMetrics().exposition(), as: UTF8.self)
        func value(_ name: String) throws -> Double {
            let line = try #require(all.split(separator: "\n").first { $0.hasPrefix(name + " ") }, "\(name)")
            return try #require(Double(line.dropFirst(name.count + 1)))
        }
        #expect(try value("process_resident_memory_bytes") > 1_000_000)
        #expect(try value("process_open_fds") >= 3)
        #expect(try value("process_cpu_seconds_total") > 0)
        let age = Date().timeIntervalSince1970 - (try value("process_start_time_seconds"))
        #expect((-5...86_400).contains(age))
    }

    @Test(
        "promtool finds nothing to complain about",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool"))
    )
    func promtool() async throws {
        let metrics = PrometheusMetrics(configuration: .relay)
        metrics.makeTimer(label: "presence_relay_latency_seconds", dimensions: []).recordNanoseconds(1)
        metrics.makeCounter(label: "presence_relay_dead_letters_total", dimensions: []).increment(by: 1)
        metrics.makeCounter(label: "relay.events.accepted", dimensions: [("topic", "a\"b\\c\nd")]).increment(by: 2)
        metrics.makeTimer(label: "relay_call_duration", dimensions: [("status", "200")]).recordNanoseconds(12_345_678)
        metrics.makeRecorder(label: "relay_batch_size", dimensions: [], aggregate: true).record(Int64(17))
        metrics.makeMeter(label: "relay_pending", dimensions: []).set(-1.0)
        var sources = ConsoleSources.mock
        sources.load = { .busy }
        let response = await ConsoleFixture(metrics: metrics, sources: sources).send(.get, "/metrics")
        #expect(response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/promtool")
        process.arguments = ["check", "metrics"]
        let input = Pipe(), output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(response.text.utf8))
        try input.fileHandleForWriting.close()
        let complaints = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(complaints == "")
    }
}
