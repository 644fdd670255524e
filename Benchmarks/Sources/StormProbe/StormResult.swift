// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing

/// What a storm has come to.
struct StormResult {
    let variant: Storm.Variant
    let agents: Int
    let start: Date
    let postingTook: TimeInterval
    /// Until everything was confirmed, or patience was at its end.
    var took: TimeInterval = 0
    /// Seconds from the start of the storm, sorted.
    private var set: [Double] = []
    private var confirmed: [Double] = []
    /// Median seconds from the answer to the event until the presence was set, of the tenth that was posted first and of
    /// the tenth that was posted last.
    private var oldest: Double?
    private var newest: Double?
    private var calls: [String: Int] = [:]
    private var mostInAMinute = 0
    private var refused = 0
    var residentMegabytes = 0
    var processorSeconds = 0.0
    /// By phase, in milliseconds.
    var ingest: [(p50: Double, p99: Double)?] = []
    var ingestFailures = 0

    init(variant: Storm.Variant, agents: Int, start: Date, postingTook: TimeInterval) {
        self.variant = variant
        self.agents = agents
        self.start = start
        self.postingTook = postingTook
    }

    /// When Genesys says that the presence was set: both read the same clock.
    mutating func take(simulated: [Peers.SimulatedAgent], posted: [String: Date]) {
        var times: [String: Date] = [:]
        for agent in simulated where agent.presence.system == "BREAK" {
            times[agent.id] = Self.time(agent.presence.modifiedAt)
        }
        set = times.values.map { $0.timeIntervalSince(start) }.sorted()
        let inOrder = posted.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        func median(_ some: some Sequence<(key: String, value: Date)>) -> Double? {
            // Those that are not set yet come last.
            some.map { times[$0.key]?.timeIntervalSince($0.value) ?? .infinity }.sorted().percentile(0.5)
        }
        oldest = median(inOrder.prefix(max(1, agents / 10)))
        newest = median(inOrder.suffix(max(1, agents / 10)))
    }

    mutating func take(relayed: [Peers.RelayAgent]) {
        confirmed = relayed.compactMap(\.delivery).filter { $0.state == "confirmed" }
            .compactMap { Self.time($0.at)?.timeIntervalSince(start) }.sorted()
    }

    mutating func take(requests: [Peers.LoggedRequest]) {
        let counted = requests.filter { $0.path.hasPrefix("/api/") }
        for request in counted { calls[Self.kind(request), default: 0] += 1 }
        refused = counted.count { $0.status == 429 }
        let times = counted.compactMap { Self.time($0.at) }.sorted()
        var first = 0
        for (last, time) in times.enumerated() {
            while time.timeIntervalSince(times[first]) >= 60 { first += 1 }
            mostInAMinute = max(mostInAMinute, last - first + 1)
        }
    }

    /// Fields separated by tabs: variant, agents, seconds of posting, seconds until 50 %, 99 % and all are set, until 50 %,
    /// 99 % and all are confirmed, set, confirmed, seconds of the oldest and the newest tenth, calls by kind, most calls in
    /// 60 s, 429s, RSS MB, CPU s, seconds of the storm, ingest p50 / p99 ms quiet, posting, delivering, ingest failures.
    var line: String {
        func seconds(_ value: Double?) -> String {
            value.map { $0.isFinite ? String(format: "%.1f", $0) : "-" } ?? "-"
        }
        func reached(_ share: Double, _ times: [Double]) -> String {
            let needed = Int((Double(agents) * share).rounded(.up))
            return seconds(times.count >= needed ? times[needed - 1] : nil)
        }
        let kinds = calls.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let latencies = ingest.map { phase in phase.map { String(format: "%.2f / %.2f", $0.p50, $0.p99) } ?? "-" }
        let shares = [0.5, 0.99, 1]
        let fields =
            [variant.rawValue, "\(agents)", seconds(postingTook)] + shares.map { reached($0, set) }
            + shares.map { reached($0, confirmed) }
            + ["\(set.count)", "\(confirmed.count)", seconds(oldest), seconds(newest), kinds, "\(mostInAMinute)"]
            + ["\(refused)", "\(residentMegabytes)", seconds(processorSeconds), seconds(took)] + latencies
            + ["\(ingestFailures)"]
        return fields.joined(separator: "\t")
    }

    private static func kind(_ request: Peers.LoggedRequest) -> String {
        switch (request.method, request.path) {
        case ("PUT", "/api/v2/users/presences/bulk"): "bulk PUT"
        case ("GET", "/api/v2/users/presences/purecloud/bulk"): "bulk GET"
        case ("GET", "/api/v2/users"): "GET users"
        case ("PATCH", let path) where path.hasSuffix("/presences/purecloud"): "PATCH"
        case ("GET", let path) where path.hasSuffix("/presences/purecloud"): "GET"
        default: "other"
        }
    }

    private static func time(_ text: String) -> Date? {
        try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
