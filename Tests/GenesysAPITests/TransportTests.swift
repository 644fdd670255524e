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

    @Test(
        "a failed call is logged once, with what support asks for and nothing secret",
        arguments: [
            (401, "info"), (404, "info"), (409, "info"), (429, "info"), (400, "warning"), (403, "warning"),
            (500, "warning"), (503, "warning"), (302, "warning"),
        ]
    )
    func failures(status: Int, level: String) async throws {
        let lines = LogLines()
        let mock = GenesysMock(
            api: GenesysMock.always(
                .json(status, #"{"code":"some.code","message":"about user-1","contextId":"correlation-1"}"#)
            )
        )
        let client = mock.client(logger: Logger(label: "test") { _ in CapturingLogHandler(lines: lines) })
        _ = try? await client.setPresence(userID: "user-1", definitionID: "definition-1", message: "text")
        let text = lines.text.withLock { $0 }.filter { $0.contains("failed") }
        // After a 401 there is a second exchange.
        #expect(text.count == (status == 401 ? 2 : 1))
        for part in [
            level, "method=PATCH", "path=/api/v2/users/{id}/presences/purecloud", "status=\(status)", "code=some.code",
            "correlationID=correlation-1",
        ] {
            #expect(text.first?.contains(part) == true, "\(part)")
        }
        for secret in ["client-secret", "token-1", "Bearer", "user-1", "definition-1"] {
            #expect(!text.joined().contains(secret))
        }
    }

    @Test("empty and HTML bodies, and calls without an answer, are logged as well", arguments: ["", "<html>"])
    func failuresWithoutJSON(body: String) async throws {
        let lines = LogLines()
        let mock = GenesysMock(api: { _, number async throws(HTTPClientError) in
            guard number > 1 else { return .json(502, body) }
            throw HTTPClientError(.dropped, "api.example.com:443: gone")
        })
        let client = mock.client(logger: Logger(label: "test") { _ in CapturingLogHandler(lines: lines) })
        for _ in 1...2 { _ = try? await client.routingStatus(userID: "u") }
        let text = lines.text.withLock { $0 }.filter { $0.hasPrefix("warning") }
        #expect(text.count == 2)
        #expect(text.first?.contains("status=502") == true)
        #expect(text.last?.contains("status=dropped") == true)
    }

    @Test("an outage does not bury the log")
    func outage() async throws {
        let lines = LogLines()
        let mock = GenesysMock(api: GenesysMock.always(.json(503, "")))
        let client = mock.client(logger: Logger(label: "test") { _ in CapturingLogHandler(lines: lines) })
        for _ in 1...200 { _ = try? await client.routingStatus(userID: "u") }
        _ = try? await client.presence(userID: "u")
        let text = lines.text.withLock { $0 }
        #expect(text.count { $0.hasPrefix("warning") } == FailureLog.linesPerMinute + 1)
        #expect(text.count { $0.contains("failed") } == 201)
    }

    @Test("the first line of a new minute says how many were left out")
    func leftOut() {
        let log = FailureLog()
        let start = ContinuousClock.now
        let limit = FailureLog.linesPerMinute
        #expect((1...limit).map { _ in log.admit("a", at: start) } == Array(repeating: 0, count: limit))
        for _ in 1...7 { #expect(log.admit("a", at: start + .seconds(59)) == nil) }
        #expect(log.admit("b", at: start + .seconds(59)) == 0)
        #expect(log.admit("a", at: start + .seconds(60)) == 7)
        #expect(log.admit("a", at: start + .seconds(61)) == 0)
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
