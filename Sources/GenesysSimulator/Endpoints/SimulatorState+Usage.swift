// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

extension SimulatorState {
    /// Counts a request that has arrived, before anything can go wrong with it; `nil` for those that are not counted.
    mutating func begin(_ request: HTTPRequest, now: Timestamp) -> Usage.Ticket? {
        if request.path == "/oauth/token" { usage.tokenRequests += 1 }
        guard request.path.hasPrefix("/api/v2/") else { return nil }
        let writes = Self.presenceWrites(of: request)
        for user in writes {
            guard let index = organization.agent(user) else { continue }
            let agent = organization.agents[index]
            guard agent.presence.system == "Offline" else { continue }
            usage.wroteOffline(
                Usage.OfflineWrite(at: now, agent: user, offlineSince: agent.presenceModifiedAt)
            )
        }
        let client = access.owner(authorization: request.headers["Authorization"]) ?? "unknown"
        return usage.begin(client: client, writes: writes, now: now)
    }

    /// Counts a request that has arrived and says what goes wrong with it.
    mutating func admit(_ request: HTTPRequest, now: Timestamp) -> (Usage.Ticket?, Fault?) {
        var ticket = begin(request, now: now)
        let fault = chooseFault(for: request)
        if fault?.kind == .timeoutBefore || fault?.kind == .timeoutAfter, var hanging = ticket, hanging.isWrite {
            usage.hang(&hanging)
            ticket = hanging
        }
        return (ticket, fault)
    }

    /// Whether an earlier write for one of the request's users hangs. Its client may have hung up a moment ago without
    /// that being known here yet: news of two connections come in any order.
    func followsHangingWrite(_ request: HTTPRequest) -> Bool {
        usage.hasHanging { Self.presenceWrites(of: request) }
    }

    mutating func end(_ ticket: Usage.Ticket?) {
        if let ticket { usage.end(ticket) }
    }

    /// The users whose presence a request is to change.
    private static func presenceWrites(of request: HTTPRequest) -> [String] {
        let parts = request.path.split(separator: "/")
        switch request.method.rawValue {
        case "PATCH" where parts.count == 6 && parts[2] == "users" && parts[4] == "presences": return [String(parts[3])]
        case "PUT" where request.path == "/api/v2/users/presences/bulk":
            let items = (try? JSONValue(parsing: request.body))?.arrayValue ?? []
            return items.compactMap { $0["id"]?.stringValue }
        default: return []
        }
    }
}
