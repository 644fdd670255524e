// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("Many agents at once", .serialized)
struct BulkTests {
    /// What the rules look at, and nothing else: a call is some fourteen events.
    static let topics = [".conversations", ".presence"]

    @Test("three hundred agents flagged at once are all confirmed, each written once, by few calls within the limit")
    func crowd() async throws {
        try await withInstallation(agents: 310, requestsPerMinute: 300) { site in
            let relay = try await site.relay(try site.configuration(requestsPerMinute: 300), topics: Self.topics)
            try await site.storm(300)
            try await relay.confirmed(300)
            #expect(try await site.count() == 300)
            let writes = try await site.writes()
            let users = writes.bulk.flatMap(\.self) + writes.single
            #expect(users.count == 300 && Set(users).count == 300)
            #expect(writes.bulk.count + writes.single.count <= 40, "\(writes.bulk.map(\.count)) \(writes.single.count)")
            #expect(writes.bulk.map(\.count).max() == 50)
            try await site.expectFairPlay()
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
        }
    }

    @Test("whoever a bulk answer leaves out, or shows with the old presence, is written alone")
    func partial() async throws {
        try await withInstallation(agents: 210) { site in
            // With a budget like this changes gather.
            let configuration = try site.configuration(
                verify: "{ within: 1s, attempts: 3 }",
                requestsPerMinute: 300,
                bulkSize: 20
            )
            let relay = try await site.relay(configuration, topics: Self.topics)
            try await eventually("the start's question, a bulk write with nobody in it, is answered") {
                try await !site.requests("PUT", "/presences/bulk").isEmpty
            }
            let variants = ["unchanged", "applied", "stale"]
            try await site.fault(
                variants.map { variant -> [String: Any] in
                    [
                        "match": "PUT presences/bulk", "kind": "partialBulk", "variant": variant, "percent": 40,
                        "times": 1,
                    ]
                }
            )
            try await site.storm(200)
            try await relay.confirmed(200)
            #expect(try await site.count() == 200)
            let hits = try await site.requests("PUT", "/presences/bulk").map { $0["faultUsers"].list.map(\.text) }
                .filter { !$0.isEmpty }
            try #require(hits.count == variants.count)
            let writes = try await site.writes()
            // Those who were changed all the same may have been seen in an event before it was their turn. Which of the
            // answers are theirs is not told by the log: calls that overlap stand there as they have ended.
            #expect(hits.contains { Set($0).isSubset(of: writes.single) })
            let hit = Set(hits.joined())
            for user in [hits[0][0], hits[2][0]] {
                #expect(try await relay.tells(user, "left out of the answer to a bulk call"))
            }
            for (user, calls) in Dictionary(grouping: writes.bulk.flatMap(\.self) + writes.single, by: \.self) {
                #expect(calls.count <= (hit.contains(user) ? 2 : 1), "\(user): \(calls.count)")
            }
            try await site.expectFairPlay()
        }
    }

    @Test(
        "an organisation that takes twenty in a bulk write gets no more, whichever way it says so",
        arguments: [400, 413]
    )
    func limit(status: Int) async throws {
        try await withInstallation(agents: 130) { site in
            let relay = try await site.relay(try site.configuration(requestsPerMinute: 200), topics: Self.topics)
            try await site.simulate("PATCH", "/simulator/settings", ["bulkLimit": 20, "bulkLimitStatus": status])
            try await site.storm(120)
            try await relay.confirmed(120)
            #expect(try await site.count() == 120)
            let calls = try await site.requests("PUT", "/presences/bulk")
            let refused = calls.count { $0["status"].int == status }
            #expect(refused >= 1)
            #expect(refused <= 12, "learned from its refusals: \(refused) of \(calls.count)")
            let values = try await relay.get("/healthz").json["checks"]["delivery"]["values"]
            #expect((values["bulkSize"].int ?? 50) < 50)
            try await site.expectFairPlay()
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
        }
    }

    @Test("presences whose events are lost are verified by reads of many at once")
    func lostEvents() async throws {
        try await withInstallation(agents: 110) { site in
            let configuration = try site.configuration(
                verify: "{ within: 1s, attempts: 3 }",
                requestsPerMinute: 200
            )
            let relay = try await site.relay(configuration, topics: Self.topics)
            try await site.fault(["match": ".presence", "kind": "dropEvents"])
            try await site.storm(100)
            try await relay.confirmed(100)
            #expect(try await site.count() == 100)
            let reads = try await site.requests("GET", "/presences/purecloud")
            let bulk = reads.count { $0["path"].text.hasSuffix("/bulk") }
            #expect(bulk >= 2)
            // Unknown agents are read before the first decision, written ones after it.
            #expect(reads.count <= 40, "\(bulk) of \(reads.count)")
            try await site.expectFairPlay()
            let writes = try await site.writes()
            #expect(writes.bulk.flatMap(\.self).count + writes.single.count == 100)
        }
    }
}
