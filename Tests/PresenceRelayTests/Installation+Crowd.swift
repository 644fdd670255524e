// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

/// Many agents at once, and what the simulator's books say of how they were treated.
extension Installation {
    /// Ids that are the same in every organisation.
    static let breakID = "227b37e2-f1d0-4dd0-8f50-badd7cf6d158"
    static let offlineID = "ccf3c10a-aa2c-4845-8e8d-f59fa48c58e5"

    /// A call for each of the first agents who are not Offline, with the flag that the rules look for.
    func storm(_ agents: Int, status: String = "Break", talkSeconds: Double? = nil) async throws {
        var body: [String: Any] = ["agents": agents, "attributes": ["wfm_status": status]]
        if let talkSeconds { body["talkSeconds"] = talkSeconds }
        try await simulate("POST", "/simulator/storm", body)
    }

    /// Faults, one or several.
    func fault(_ fault: Any) async throws { try await simulate("POST", "/simulator/faults", fault) }

    /// The definition of everybody's presence now.
    func presences() async throws -> [String: String] {
        try #require(try await simulate("GET", "/simulator/presences").value as? [String: String])
    }

    /// How many have that presence.
    func count(_ definitionID: String = breakID) async throws -> Int {
        try await presences().values.count { $0 == definitionID }
    }

    /// Calls of the API and the login host, oldest first.
    func requests(_ method: String, _ path: String) async throws -> [JSON] {
        try await simulate("GET", "/simulator/requests?method=\(method)&path=\(path)")["requests"].list
    }

    /// The users in the bulk writes and who was written alone, each in order.
    func writes() async throws -> (bulk: [[String]], single: [String]) {
        let bulk = try await requests("PUT", "/presences/bulk").map { call in
            JSON(parsing: call["body"].text).list.map { $0["id"].text }
        }
        let single = try await requests("PATCH", "/presences/").map { $0["user"].text }
        return (bulk, single)
    }

    /// What holds in every test: no call over the limit that Genesys has, no two writes at once for an agent.
    func expectFairPlay(tooMany: Int = 0) async throws {
        let usage = try await simulate("GET", "/simulator/usage")
        let clients = try #require(usage["clients"].value as? [String: Any])
        let refused = clients.values.reduce(0) { $0 + (JSON($1)["tooManyRequests"].int ?? 0) }
        #expect(refused <= tooMany, "\(usage)")
        #expect((usage["maxConcurrentWritesPerAgent"].int ?? 0) <= 1, "\(usage)")
        #expect(usage["offlineWrites"]["count"].int == 0, "\(usage)")
    }
}

extension RunningRelay {
    /// Everybody the relay knows, by id.
    func agents() async throws -> [String: JSON] {
        var all: [String: JSON] = [:]
        var next: String?
        repeat {
            let page = try await get("/v1/agents?limit=1000" + (next.map { "&cursor=\($0)" } ?? "")).json
            for agent in page["agents"].list { all[agent["id"].text] = agent }
            next = page["next"].value as? String
        } while next != nil
        return all
    }

    /// How many wishes have come to that end.
    func count(_ state: String) async throws -> Int {
        try await agents().values.count { $0["delivery"]["state"].text == state }
    }

    /// Waits until so many wishes are confirmed.
    func confirmed(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        do {
            try await eventually("\(count) confirmed", within: limit) { try await self.count("confirmed") == count }
        } catch let error as NotReached {
            let states = Dictionary(grouping: try await agents().values) { $0["delivery"]["state"].text }
            throw NotReached(description: "\(error); there are \(states.mapValues(\.count))")
        }
    }

    /// Waits until all that was taken is decided and nothing is left to be done.
    func quiet(within limit: Duration = .seconds(60)) async throws {
        try await eventually("nothing is left to be done", within: limit) {
            let checks = try await get("/healthz").json["checks"]
            return checks["delivery"]["values"]["outstanding"].int == 0 && checks["journal"]["values"]["lag"].int == 0
        }
    }

    /// The configuration with this relay's own address in place of port 0, for the relay after it.
    func sameAddress(_ configuration: String) throws -> String {
        let yaml = try String(contentsOfFile: configuration, encoding: .utf8)
        let address = url.replacingOccurrences(of: "http://", with: "")
        try yaml.replacingOccurrences(of: "127.0.0.1:0", with: address)
            .write(toFile: configuration, atomically: true, encoding: .utf8)
        return configuration
    }

    /// Whether the history has a line with that text.
    func tells(_ agent: String, _ text: String) async throws -> Bool {
        try await history(agent).contains { $0.summary.contains(text) }
    }
}
