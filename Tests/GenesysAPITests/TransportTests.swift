// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient
import Logging
import Metrics
import Synchronization
import Testing

@testable import GenesysAPI

@Suite("What is seen of Genesys calls", .timeLimit(.minutes(1)))
struct TransportTests {
    @Test("calls are counted by endpoint and status, and timed")
    func metrics() async throws {
        let metrics = CountingMetrics()
        let mock = GenesysMock(api: { _, number async throws(HTTPClientError) in
            switch number {
            case 1: return .routing
            case 2: return .json(503, "")
            default: throw HTTPClientError(.timeout, "")
            }
        })
        await withMetricsFactory(metrics) {
            let client = mock.client()
            for _ in 1...3 { _ = try? await client.routingStatus(userID: "u") }
        }
        let counts = metrics.values.withLock { $0 }
        let total = "presence_relay_genesys_requests_total"
        #expect(counts["\(total) endpoint=token status=200"] == 1)
        #expect(counts["\(total) endpoint=routingStatus status=200"] == 1)
        #expect(counts["\(total) endpoint=routingStatus status=503"] == 1)
        #expect(counts["\(total) endpoint=routingStatus status=timeout"] == 1)
        #expect(counts["presence_relay_genesys_request_seconds endpoint=routingStatus"] == 3)
    }

    @Test("a call is logged with what support asks for, and without secrets, ids or tokens")
    func log() async throws {
        let lines = LogLines()
        let mock = GenesysMock(
            api: GenesysMock.always(
                .json(200, #"{"status":"IDLE"}"#, headers: [("ININ-Correlation-Id", "correlation-1")])
            )
        )
        let client = mock.client(
            logger: Logger(label: "test") { _ in CapturingLogHandler(lines: lines) }
        )
        _ = try await client.routingStatus(userID: "user-1")
        let text = lines.text.withLock { $0 }
        let call = try #require(text.last)
        for part in [
            "debug", "method=GET", "path=/api/v2/users/{id}/routingstatus", "status=200", "ms=",
            "correlationID=correlation-1",
        ] {
            #expect(call.contains(part))
        }
        for secret in ["client-secret", "token-1", "Bearer", "Basic", "user-1"] {
            #expect(!text.joined().contains(secret))
        }
    }
}

private final class LogLines: Sendable {
    let text = Mutex<[String]>([])
}

private struct CapturingLogHandler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {
        let metadata = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted()
        lines.text.withLock {
            $0.append("\(event.level) \(event.message) \(metadata.joined(separator: " "))")
        }
    }
}

/// Counts per label and dimensions: increments of counters, values of timers.
private final class CountingMetrics: MetricsFactory, Sendable {
    let values = Mutex<[String: Int64]>([:])

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        Series(name: name(label, dimensions), metrics: self)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        Series(name: name(label, dimensions), metrics: self)
    }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private func name(_ label: String, _ dimensions: [(String, String)]) -> String {
        ([label] + dimensions.map { "\($0)=\($1)" }).joined(separator: " ")
    }

    private final class Series: CounterHandler, TimerHandler {
        let name: String
        let metrics: CountingMetrics
        init(name: String, metrics: CountingMetrics) {
            self.name = name
            self.metrics = metrics
        }
        func increment(by amount: Int64) { metrics.values.withLock { $0[name, default: 0] += amount } }
        func reset() {}
        func recordNanoseconds(_ duration: Int64) { metrics.values.withLock { $0[name, default: 0] += 1 } }
    }
}
