// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// How hard the API was used, for proofs such as "never over budget" and "never two writes at once for an agent".
///
/// A call counts from the moment it arrives, whatever becomes of it; it is under way until it is answered or its client
/// has given up.
struct Usage: Sendable {
    /// A call under way.
    struct Ticket: Sendable {
        fileprivate var writes: [String]
        fileprivate(set) var hangs = false
        /// Of presences.
        var isWrite: Bool { !writes.isEmpty }
    }

    /// A write to an agent who was Offline when it arrived.
    struct OfflineWrite: Sendable {
        var at: Timestamp
        var agent: String
        var offlineSince: Timestamp
    }

    private struct Client: Sendable {
        var requests = 0
        var tooManyRequests = 0
        var perMinute = SlidingMaximum()
    }

    private var clients: [String: Client] = [:]
    private var underWay: [String: Int] = [:]
    /// Of those, calls that will not be answered.
    private var hanging: [String: Int] = [:]
    private(set) var presenceWrites = 0
    private(set) var maxConcurrentWritesPerAgent = 0
    private var concurrentAgents: Set<String> = []
    private(set) var offlineWrites: [OfflineWrite] = []
    var tokenRequests = 0

    /// Offline writes kept with their details; the count goes on.
    static let offlineWritesKept = 10_000
    private(set) var offlineWriteCount = 0

    /// - Parameter writes: the users whose presence the call writes
    mutating func begin(client: String, writes: [String], now: Timestamp) -> Ticket {
        clients[client, default: Client()].requests += 1
        clients[client, default: Client()].perMinute.add(now)
        presenceWrites += writes.count
        for user in writes {
            let count = underWay[user, default: 0] + 1
            underWay[user] = count
            maxConcurrentWritesPerAgent = max(maxConcurrentWritesPerAgent, count)
            if count > 1 { concurrentAgents.insert(user) }
        }
        return Ticket(writes: writes)
    }

    /// The call will not be answered; its client gives up sooner or later.
    mutating func hang(_ ticket: inout Ticket) {
        ticket.hangs = true
        for user in ticket.writes { hanging[user, default: 0] += 1 }
    }

    /// Whether one of these users has a write that hangs.
    func hasHanging(_ users: () -> [String]) -> Bool {
        !hanging.isEmpty && users().contains { hanging[$0] != nil }
    }

    mutating func end(_ ticket: Ticket) {
        for user in ticket.writes {
            Self.decrement(&underWay, user)
            if ticket.hangs { Self.decrement(&hanging, user) }
        }
    }

    private static func decrement(_ counts: inout [String: Int], _ user: String) {
        guard let count = counts[user] else { return }
        counts[user] = count > 1 ? count - 1 : nil
    }

    mutating func refused(client: String) { clients[client, default: Client()].tooManyRequests += 1 }

    mutating func wroteOffline(_ write: OfflineWrite) {
        offlineWriteCount += 1
        if offlineWrites.count < Self.offlineWritesKept { offlineWrites.append(write) }
    }

    /// Begins anew; calls under way stay so.
    mutating func clear() {
        let (running, hanging) = (underWay, hanging)
        self = Usage()
        underWay = running
        self.hanging = hanging
    }

    var json: JSONValue {
        let names = clients.keys.sorted()
        let rows = names.map { name in
            JSONObject.Member(
                name: name,
                value: object([
                    "requests": clients[name]?.requests,
                    "maxPerMinute": clients[name]?.perMinute.maximum,
                    "tooManyRequests": clients[name]?.tooManyRequests,
                ])
            )
        }
        return object([
            "clients": JSONObject(distinct: rows),
            "tokenRequests": tokenRequests,
            "presenceWrites": presenceWrites,
            "maxConcurrentWritesPerAgent": maxConcurrentWritesPerAgent,
            "agentsWithConcurrentWrites": concurrentAgents.sorted(),
            "offlineWrites": object([
                "count": offlineWriteCount,
                "agentIds": Set(offlineWrites.map(\.agent)).sorted(),
                "writes": offlineWrites.map {
                    object(["at": $0.at, "agentId": $0.agent, "offlineSince": $0.offlineSince])
                },
            ]),
        ])
    }
}

/// The greatest number of moments within any sixty seconds.
struct SlidingMaximum: Sendable {
    static let length: Int64 = 60_000

    private(set) var maximum = 0
    private var recent: [Int64] = []
    private var head = 0

    mutating func add(_ now: Timestamp) {
        recent.append(now.milliseconds)
        while recent[head] <= now.milliseconds - Self.length { head += 1 }
        maximum = max(maximum, recent.count - head)
        if head > 1024, head * 2 > recent.count {
            recent.removeFirst(head)
            head = 0
        }
    }
}
