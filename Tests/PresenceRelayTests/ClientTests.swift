// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("OAuth clients of a running relay", .serialized)
struct ClientTests {
    private static let two =
        #"[ { id: simulator, secret: "${env:GENESYS_SECRET}" }, { id: second, secret: "${env:GENESYS_SECRET}" } ]"#

    /// Calls of each client that were answered so, other than for tokens.
    private func calls(_ site: Installation) async throws -> [String: Int] {
        let all = try await site.simulate("GET", "/simulator/requests?path=/presences")["requests"].list
        return Dictionary(grouping: all.filter { $0["status"].int == 200 }) { $0["client"].text }.mapValues(\.count)
    }

    @Test("two clients share the load")
    func two() async throws {
        try await withInstallation(agents: 70) { site in
            try await site.simulate("POST", "/simulator/clients", ["id": "second", "secret": "simulator"])
            let relay = try await site.relay(try site.configuration(clients: Self.two))
            try await site.storm(60)
            try await relay.confirmed(60)
            let calls = try await calls(site)
            let (one, other) = (calls["simulator"] ?? 0, calls["second"] ?? 0)
            #expect(one > 0 && other > 0 && abs(one - other) <= max(4, (one + other) / 3), "\(calls)")
            try await site.expectFairPlay()
        }
    }

    @Test("when one client is deleted, or its secret is wrong, the other does all", arguments: [true, false])
    func takeover(isDeleted: Bool) async throws {
        try await withInstallation(agents: 70) { site in
            let secret = isDeleted ? "simulator" : "another"
            try await site.simulate("POST", "/simulator/clients", ["id": "second", "secret": secret])
            let relay = try await site.relay(try site.configuration(clients: Self.two))
            let agent = try await site.workingAgent()
            try await site.flag(agent)
            try await relay.confirmed(agent)
            if isDeleted { try await site.simulate("DELETE", "/simulator/clients/second") }
            try await site.storm(60)
            try await relay.confirmed(60)
            #expect(try await site.count() == 60)
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
        }
    }

    @Test("a secret that is rotated, in Genesys and by SIGHUP, makes no gap")
    func rotation() async throws {
        try await withInstallation { site in
            let file = site.folder.appendingPathComponent("secret")
            try "simulator".write(to: file, atomically: true, encoding: .utf8)
            let clients = #"[ { id: simulator, secret: "${file:\#(file.path)}" } ]"#
            let relay = try await site.relay(try site.configuration(clients: clients))
            let agents = try await site.agents().map(\.id)
            try await site.flag(agents[0])
            try await relay.confirmed(agents[0])

            // Genesys first: tokens at hand stay good.
            try await site.rotate("rotated")
            try await site.call(agents[1], "Break")
            try await relay.confirmed(agents[1])
            try "rotated".write(to: file, atomically: true, encoding: .utf8)
            relay.child.signal(SIGHUP)
            try await eventually("the new secret") { relay.child.errors.contains("are in force; other settings") }
            try await site.simulate("POST", "/simulator/tokens/revoke", ["client": "simulator"])
            try await site.call(agents[2], "Break")
            try await relay.confirmed(agents[2])
            #expect(try await site.requests("POST", "/oauth/token").allSatisfy { $0["status"].int == 200 })
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
            #expect(!relay.child.errors.contains("rotated"), "a secret is in the log")
        }
    }

    @Test("a revoked token costs one repeated call and no status")
    func revoked() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            let agents = try await site.agents().map(\.id)
            try await site.flag(agents[0])
            try await relay.confirmed(agents[0])
            try await site.simulate("POST", "/simulator/tokens/revoke")
            try await site.call(agents[1], "Break")
            try await relay.confirmed(agents[1])
            #expect(try await relay.agent(agents[1])["delivery"]["attempts"].int == 1)
            let calls = try await site.simulate("GET", "/simulator/requests?path=\(agents[1])/presences")["requests"]
                .list
            #expect(calls.filter { $0["method"].text == "PATCH" }.count { $0["status"].int == 200 } == 1)
            #expect(calls.count { $0["status"].int == 401 } == 1, "\(calls.map { ($0["method"], $0["status"]) })")
        }
    }

    @Test("while the login host is down, or limits, wishes wait, and are done after it", arguments: [503, 429])
    func login(status: Int) async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            let agents = try await site.agents().map(\.id)
            try await site.flag(agents[0])
            try await relay.confirmed(agents[0])
            var fault: [String: Any] = ["match": "POST /oauth/token", "kind": "status", "status": status, "times": 2]
            if status == 429 { fault["retryAfter"] = 1 }
            try await site.fault(fault)
            try await site.simulate("POST", "/simulator/tokens/revoke")
            try await site.call(agents[1], "Break")
            try await relay.confirmed(agents[1])
            #expect(try await site.count() == 2)
            let refused = try await site.requests("POST", "/oauth/token").count { $0["status"].int == status }
            #expect(refused == 2)
            let writes = try await site.requests("PATCH", "/\(agents[1])/presences/").count { $0["status"].int == 200 }
            #expect(writes == 1)
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
        }
    }
}

extension Installation {
    /// Another secret of the client, as an administrator makes it.
    func rotate(_ secret: String) async throws {
        try await simulate("POST", "/simulator/clients", ["id": "simulator", "secret": secret])
    }

    /// A call with the flag, made by the control API: no token is needed for it.
    @discardableResult
    func call(_ agentID: String, _ status: String) async throws -> String {
        let id = try await answeredCall(agentID).conversation
        try await simulate("POST", "/simulator/calls/\(id)/attributes", ["wfm_status": status])
        return id
    }
}
