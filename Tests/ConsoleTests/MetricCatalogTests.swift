// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CoreMetrics
import Foundation
import Testing

@testable import Console

@Suite("The catalogue of the relay's metrics")
struct MetricCatalogTests {
    /// Every metric name that stands in the sources, with where.
    private func namesInSources() throws -> [String: String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        var names: [String: String] = [:]
        for case let file as URL in files
        where file.pathExtension == "swift" && file.lastPathComponent != "PrometheusMetrics+Relay.swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /"(presence_relay_[a-z_]*[a-z])"/) {
                names[String(match.output.1)] = file.lastPathComponent
            }
            // Gauges of the load are written without the prefix.
            guard file.lastPathComponent == "PrometheusMetrics+Load.swift" else { continue }
            for match in text.matches(of: /set\("([a-z_]+)"/) {
                names["presence_relay_" + match.output.1] = file.lastPathComponent
            }
        }
        return names
    }

    @Test("every metric of the sources is explained, and nothing else")
    func help() throws {
        let names = try namesInSources()
        let help = PrometheusMetrics.Configuration.relay.help
        #expect(names.count > 20)
        for (name, file) in names { #expect(help[name] != nil, "\(name) of \(file)") }
        for name in help.keys { #expect(names[name] != nil, "\(name) is in no source") }
        for name in PrometheusMetrics.Configuration.relay.buckets.keys { #expect(help[name] != nil, "\(name)") }
    }

    @Test("a timer whose name says seconds keeps it, with buckets from a millisecond to ten minutes")
    func latency() {
        let metrics = PrometheusMetrics(configuration: .relay)
        metrics.makeTimer(label: "presence_relay_latency_seconds", dimensions: [("stage", "event_to_presence")])
            .recordNanoseconds(90_000_000_000)
        let text = String(decoding: metrics.exposition(), as: UTF8.self)
        #expect(text.contains("# TYPE presence_relay_latency_seconds histogram"))
        #expect(!text.contains("_seconds_seconds"))
        let series = #"presence_relay_latency_seconds_bucket{stage="event_to_presence",le="#
        #expect(text.contains(series + #""0.001"} 0"#))
        #expect(text.contains(series + #""60"} 0"#))
        #expect(text.contains(series + #""120"} 1"#))
        #expect(text.contains(series + #""600"} 1"#))
        #expect(text.contains("# HELP presence_relay_latency_seconds Time between two stages"))
    }
}
