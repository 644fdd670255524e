// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPClient
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Usage")
struct UsageTests {
    @Test("the maximum is of any sixty seconds, not of clock minutes")
    func sliding() {
        var maximum = SlidingMaximum()
        for second in [0, 50, 55, 59, 61, 62] { maximum.add(Bench.start.advanced(by: .seconds(second))) }
        // From 50 to 62; the first call is more than a minute before the fifth.
        #expect(maximum.maximum == 5)
        maximum.add(Bench.start.advanced(by: .seconds(300)))
        #expect(maximum.maximum == 5)
    }

    @Test("many calls do not make it forget or slow")
    func manyCalls() {
        var maximum = SlidingMaximum()
        for index in 0..<100_000 { maximum.add(Bench.start.advanced(by: .milliseconds(index * 20))) }
        #expect(maximum.maximum == 3000)
    }

    @Test("two writes at once for an agent are seen, one after the other are not")
    func concurrentWrites() {
        var usage = Usage()
        let first = usage.begin(client: "relay", writes: ["a", "b"], now: Bench.start)
        usage.end(first)
        let second = usage.begin(client: "relay", writes: ["b"], now: Bench.start)
        #expect(usage.maxConcurrentWritesPerAgent == 1)
        let third = usage.begin(client: "relay", writes: ["b", "c"], now: Bench.start)
        #expect(usage.maxConcurrentWritesPerAgent == 2)
        usage.end(second)
        usage.clear()
        usage.end(third)
        usage.end(usage.begin(client: "relay", writes: ["b"], now: Bench.start))
        #expect(usage.maxConcurrentWritesPerAgent == 1)
        #expect(usage.presenceWrites == 1)
    }

    @Test("calls are counted for their client, refused ones too, and 429 is counted apart")
    func clients() {
        var bench = Bench { $0.requestsPerMinute = 3 }
        for _ in 0..<5 { _ = bench.send(.get, "/api/v2/users") }
        _ = bench.send(.get, "/api/v2/users", authorized: false)
        let usage = bench.send(.get, "/simulator/usage")
        #expect(usage["clients", "simulator", "requests"] == .integer(5))
        #expect(usage["clients", "simulator", "maxPerMinute"] == .integer(5))
        #expect(usage["clients", "simulator", "tooManyRequests"] == .integer(2))
        #expect(usage["clients", "unknown", "requests"] == .integer(1))
        #expect(bench.send(.delete, "/simulator/usage").status == 204)
        #expect(bench.send(.get, "/simulator/usage")["clients"] == .object(JSONObject()))
    }

    @Test("writes to agents who are Offline are listed, by single call and in bulk")
    func offline() throws {
        var bench = Bench()
        let meal = try #require(bench.definition("Meal")?.id)
        let body = { (id: String) in #"{"id":"\#(id)","presenceDefinition":{"id":"\#(meal)"}}"# }
        let (working, offline) = (bench.agent(0).id, bench.agent(9).id)
        _ = bench.send(.put, "/api/v2/users/presences/bulk", "[\(body(working)),\(body(offline))]")
        _ = bench.send(.post, "/simulator/agents/10/presence", #"{"system":"Offline"}"#)
        _ = bench.send(.patch, "/api/v2/users/\(offline)/presences/purecloud", body(offline))
        let usage = bench.send(.get, "/simulator/usage")
        #expect(usage["offlineWrites", "count"] == .integer(2))
        #expect(usage["offlineWrites", "agentIds"] == .array([.string(offline)]))
        #expect(usage["presenceWrites"] == .integer(3))
        #expect(usage["maxConcurrentWritesPerAgent"] == .integer(1))
    }

    @Test("a write tried again after its time-out is one after the other, not two at once")
    func retryAfterTimeout() async throws {
        try await withSimulator { site in
            let agents = try #require(try await site.control("GET", "/simulator/presences").json.objectValue)
            let path = "/api/v2/users/\(try #require(agents.members.first?.name))/presences/purecloud"
            for kind in ["timeoutBefore", "timeoutAfter"] {
                let fault = #"{"kind":"\#(kind)","match":"PATCH presences","times":20}"#
                _ = try await site.control("POST", "/simulator/faults", fault)
                for _ in 0..<20 {
                    _ = try? await site.api("PATCH", path, "{}", timeout: .milliseconds(40))
                }
            }
            #expect(try await site.api("PATCH", path, "{}").status == 200)
            let usage = try await site.control("GET", "/simulator/usage").json
            #expect(usage["presenceWrites"] == .integer(41))
            #expect(usage["maxConcurrentWritesPerAgent"] == .integer(1))
        }
    }

    @Test("a write that hangs is under way until its client gives up")
    func overSockets() async throws {
        try await withSimulator { site in
            let agents = try #require(try await site.control("GET", "/simulator/presences").json.objectValue)
            let id = try #require(agents.members.first?.name)
            let path = "/api/v2/users/\(id)/presences/purecloud"
            let slow = #"{"kind":"delay","match":"PATCH presences","milliseconds":2000,"times":1}"#
            _ = try await site.control("POST", "/simulator/faults", slow)
            let hanging = Task { try await site.api("PATCH", path, "{}", timeout: .seconds(5)) }
            try await eventually("a write under way") {
                try await site.control("GET", "/simulator/usage").json["presenceWrites"] == .integer(1)
            }
            _ = try await site.api("PATCH", path, "{}")
            hanging.cancel()
            _ = try? await hanging.value
            let usage = try await site.control("GET", "/simulator/usage").json
            #expect(usage["maxConcurrentWritesPerAgent"] == .integer(2))
            #expect(usage["agentsWithConcurrentWrites"] == .array([.string(id)]))
        }
    }
}
