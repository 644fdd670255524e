// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPClient
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Chaos")
struct ChaosTests {
    private static let users = (0..<20).map { number in
        "00000000-0000-4000-8000-0000000000\(number < 10 ? "0" : "")\(number)"
    }

    private func faults(_ chaos: inout Chaos, for user: String, calls: Int = 20) -> [String] {
        (0..<calls).map { _ in
            let fault = chaos.fault(method: "PATCH", target: "/api/v2/users/\(user)/presences/purecloud")
            return fault.map { "\($0.kind) \($0.status) \($0.milliseconds)" } ?? "-"
        }
    }

    @Test("the same seed gives a user the same faults, in whatever order users come")
    func reproducible() {
        var first = Chaos(seed: 7, level: .rough)
        var second = Chaos(seed: 7, level: .rough)
        let forward = Self.users.map { faults(&first, for: $0) }
        let backward = Self.users.reversed().map { faults(&second, for: $0) }
        #expect(forward == Array(backward.reversed()))
        var other = Chaos(seed: 8, level: .rough)
        #expect(Self.users.map { faults(&other, for: $0) } != forward)
        #expect(Set(forward.flatMap(\.self)).count > 10)
    }

    @Test("ids that differ from run to run do not change the choice, users' ids do")
    func subjects() {
        let subject = { (text: String) in Chaos.subject(text.split(separator: "/")) }
        let call = "0a0a0a0a-0000-4000-8000-000000000001"
        #expect(subject("api/v2/conversations/\(call)/x") == "api/v2/conversations/{id}/x")
        #expect(subject("api/v2/users/\(call)/x") == "api/v2/users/\(call)/x")
    }

    @Test("shares are kept to, and a share of a hundred spares nobody")
    func shares() {
        var chaos = Chaos(seed: 1, percent: [.drop: 25, .dropEvents: 100])
        let hits = (0..<2000).count { _ in chaos.fault(method: "GET", target: "/api/v2/users") != nil }
        #expect((400...600).contains(hits))
        #expect(chaos.fault(topic: "v2.users.a.presence")?.kind == .dropEvents)
    }

    @Test("reads are no silent no-ops, single calls not partial, and the login loses no token")
    func onlyWhereItCan() {
        var chaos = Chaos(seed: 1, percent: [.silentNoOp: 100])
        #expect(chaos.fault(method: "GET", target: "/api/v2/users") == nil)
        #expect(chaos.fault(method: "POST", target: "/oauth/token") == nil)
        #expect(chaos.fault(method: "PATCH", target: "/api/v2/users/a/presences/purecloud")?.kind == .silentNoOp)
        chaos = Chaos(seed: 1, percent: [.partialBulkStale: 100])
        #expect(chaos.fault(method: "PATCH", target: "/api/v2/users/a/presences/purecloud") == nil)
        #expect(chaos.fault(method: "PUT", target: "/api/v2/users/presences/bulk")?.variant == .stale)
    }

    @Test("it is started, overridden and ended through the control API; nonsense starts nothing")
    func control() {
        var bench = Bench()
        let body = #"{"seed":3,"level":"mild","percent":{"dropEvents":100},"match":"presence"}"#
        #expect(bench.send(.post, "/simulator/chaos", body)["chaos", "percent", "dropEvents"] == .integer(100))
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        let delivered = bench.state.takeDeliveries().map(\.event.topicTemplate)
        #expect(!delivered.contains("v2.users.{id}.presence"))
        #expect(delivered.contains("v2.users.{id}.activity"))
        #expect(bench.send(.get, "/simulator/faults")["happened", "dropEvents"] == .integer(1))
        #expect(bench.send(.delete, "/simulator/chaos").status == 200)
        #expect(bench.send(.get, "/simulator/chaos").json == .object(JSONObject()))
        #expect(bench.send(.post, "/simulator/chaos", #"{"level":"wild"}"#).status == 400)
        #expect(bench.send(.post, "/simulator/chaos", #"{"percent":{"earthquake":1}}"#).status == 400)
        #expect(bench.send(.post, "/simulator/chaos", #"{"percent":{"drop":101}}"#).status == 400)
        #expect(bench.state.chaos == nil)
    }

    @Test("people change their presence by the seed, at the rate asked for, until it ends")
    func people() throws {
        func run() -> [String] {
            var bench = Bench()
            _ = bench.send(.post, "/simulator/chaos", #"{"seed":5,"humansPerMinute":60}"#)
            bench.pass(.seconds(600))
            let report = bench.send(.delete, "/simulator/chaos")
            let before = bench.state.organization.agents.map(\.presence.id)
            bench.pass(.seconds(600))
            #expect(bench.state.organization.agents.map(\.presence.id) == before)
            return report["humans", "changes"]?.arrayValue?.map {
                "\($0["agentId"]?.stringValue ?? "") \($0["definitionId"]?.stringValue ?? "")"
            } ?? []
        }
        let changes = run()
        #expect((480...720).contains(changes.count))
        #expect(run() == changes)
    }

    @Test("starting again does not let the people of the time before go on")
    func restart() {
        var bench = Bench()
        for _ in 0..<4 { _ = bench.send(.post, "/simulator/chaos", #"{"seed":5,"humansPerMinute":60}"#) }
        bench.pass(.seconds(600))
        let total = bench.send(.get, "/simulator/chaos")["humans", "total"]?.integerValue ?? 0
        #expect((480...720).contains(total))
    }

    @Test("events that were lost, doubled or late are listed with what became of them")
    func mishaps() {
        var bench = Bench()
        let faults = #"[{"kind":"dropEvents","match":".presence"},{"kind":"duplicateEvents","match":".activity"}]"#
        _ = bench.send(.post, "/simulator/faults", faults)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        _ = bench.events()
        let listed = bench.send(.get, "/simulator/events/faults")
        #expect(listed["events"]?.arrayValue?.count == 2)
        #expect(listed["events", "0", "fault"] == .string("dropEvents"))
        #expect(listed["events", "1", "delays"] == .array([.integer(0), .integer(0)]))
    }

    @Test("over a socket the log names each fault and says that chaos chose it")
    func logged() async throws {
        try await withSimulator { site in
            let chaos = #"{"seed":1,"percent":{"tooManyRequestsOld":100},"match":"GET /api/v2/users"}"#
            _ = try await site.control("POST", "/simulator/chaos", chaos)
            let refused = try await site.api("GET", "/api/v2/users")
            #expect(refused.status == 429)
            #expect(refused.header("Retry-After") == nil)
            let log = try await site.control("GET", "/simulator/requests?fault=status").json["requests"]?.arrayValue
            #expect(log?.count == 1)
            #expect(log?.first?["chaos"] == .bool(true))
            #expect(log?.first?["client"] == .string("simulator"))
        }
    }
}
