// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Probing
import Synchronization

/// An even load on one relay, and what the relay is like meanwhile.
final class Endurance {
    private let relay: ChildProcess
    private let database: String
    private let event: EventTemplate
    private let rate: Int
    private let client: HTTPClient
    private var sent = 0
    private var processorSeconds = 0.0

    init(relay: ChildProcess, database: String, event: EventTemplate, rate: Int) throws {
        self.relay = relay
        self.database = database
        self.event = event
        self.rate = rate
        client = try HTTPClient.forLoad(connections: 64)
        processorSeconds = relay.processorSeconds
    }

    /// Sends a minute's events; returns the fields of its line.
    func minute(_ number: Int) async throws -> String {
        let log = AnswerLog()
        let first = sent
        let clock = ContinuousClock()
        let start = clock.now
        await withDiscardingTaskGroup { group in
            for index in 0..<60 * rate {
                let due = start + .nanoseconds(Int64(index) * 1_000_000_000 / Int64(rate))
                if clock.now < due { try? await clock.sleep(until: due) }
                let body = event.body(first + index)
                group.addTask { [client, relay] in
                    let begun = clock.now
                    let answer = try? await client.send(Self.post(body, to: relay.url))
                    log.note(clock.now - begun, isAccepted: answer?.status == 202)
                }
            }
        }
        sent += 60 * rate
        let used = relay.processorSeconds
        defer { processorSeconds = used }
        let (times, refused) = log.result()
        func milliseconds(_ share: Double) -> String {
            times.percentile(share).map { String(format: "%.2f", $0 / .milliseconds(1)) } ?? "-"
        }
        let fields = [
            "\(number)", "\(60 * rate)", "\(refused)", milliseconds(0.5), milliseconds(0.99), milliseconds(1),
            "\(residentMegabytes)", String(format: "%.1f", used - processorSeconds), "\(size)", try await lag(),
        ]
        return fields.joined(separator: "\t")
    }

    private static func post(_ body: [UInt8], to url: String) -> ClientRequest {
        ClientRequest(
            method: "POST",
            url: url + "/v1/events",
            headers: [
                (name: "Content-Type", value: "application/json"), (name: "X-API-Key", value: "benchmark-key"),
            ],
            body: body
        )
    }

    /// As it is now, not the greatest so far.
    private var residentMegabytes: Int {
        let text = (try? String(contentsOfFile: "/proc/\(relay.id)/status", encoding: .utf8)) ?? ""
        return text.firstMatch(of: /VmRSS:\s+(\d+)/).flatMap { Int($0.1) }.map { $0 / 1024 } ?? 0
    }

    private var size: Int {
        [database, database + "-wal"].reduce(0) { sum, path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return sum + ((attributes?[.size] as? Int) ?? 0)
        } / 1_000_000
    }

    /// Events in the journal that the decisions have not seen yet.
    private func lag() async throws -> String {
        let answer = try await client.send(
            ClientRequest(
                method: "GET",
                url: relay.url + "/metrics",
                headers: [(name: "Authorization", value: "Bearer benchmark-admin-token")]
            )
        )
        let text = String(decoding: answer.body, as: UTF8.self)
        return text.firstMatch(of: /\npresence_relay_journal_lag_entries(?:\{[^}]*\})? (\d+)/).map { String($0.1) }
            ?? "-"
    }
}

/// How long the answers took.
private final class AnswerLog: Sendable {
    private let state = Mutex<(times: [Duration], refused: Int)>(([], 0))

    func note(_ time: Duration, isAccepted: Bool) {
        state.withLock { state in
            state.times.append(time)
            if !isAccepted { state.refused += 1 }
        }
    }

    /// In order of size.
    func result() -> (times: [Duration], refused: Int) { state.withLock { ($0.times.sorted(), $0.refused) } }
}
