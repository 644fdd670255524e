// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The calls of API and login, for tests and for people who want to see what a client does.
struct RequestLog: Sendable {
    struct Entry: Sendable {
        var at: Timestamp
        var method: String
        /// With its query.
        var target: String
        var status: Int
        var client: String?
        /// The user named in the path.
        var user: String?
        var body: String
        var correlationID: String
        var fault: Fault.Kind?
        /// The fault was chosen by chaos.
        var isChaos = false
        /// Users whom a fault of a bulk call hit.
        var faultUsers: [String] = []

        var json: JSONValue {
            let path = target.split(separator: "?", maxSplits: 1)
            return object([
                "at": at, "method": method, "path": path.first.map(String.init) ?? target,
                "query": path.count > 1 ? String(path[1]) : nil, "status": status, "client": client, "user": user,
                "body": body.isEmpty ? nil : body, "correlationId": correlationID, "fault": fault?.rawValue,
                "chaos": isChaos ? true : nil, "faultUsers": faultUsers.isEmpty ? nil : faultUsers,
            ])
        }
    }

    static let capacity = 20_000
    /// Bytes kept of one body.
    static let bodyLimit = 64 * 1024
    /// Bytes kept of all bodies together.
    static let bodiesLimit = 32 * 1024 * 1024

    private var entries: [Entry] = []
    private var bodyBytes = 0
    private(set) var total = 0
    /// "METHOD /pattern" → calls.
    private(set) var byEndpoint: [String: Int] = [:]
    private(set) var byStatus: [Int: Int] = [:]

    mutating func record(_ entry: Entry, pattern: String) {
        total += 1
        byEndpoint["\(entry.method) \(pattern)", default: 0] += 1
        byStatus[entry.status, default: 0] += 1
        entries.append(entry)
        bodyBytes += entry.body.utf8.count
        // Dropping a quarter at once keeps the cost per call constant.
        while entries.count > Self.capacity || bodyBytes > Self.bodiesLimit {
            let oldest = entries.prefix(max(1, entries.count / 4))
            bodyBytes -= oldest.reduce(0) { $0 + $1.body.utf8.count }
            entries.removeFirst(oldest.count)
        }
    }

    mutating func clear() { self = RequestLog() }

    /// Oldest first.
    func matching(_ isWanted: (Entry) -> Bool) -> [Entry] { entries.filter(isWanted) }
}
