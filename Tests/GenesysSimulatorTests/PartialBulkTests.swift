// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Partial bulk calls")
struct PartialBulkTests {
    private static let path = "/api/v2/users/presences/bulk"

    private func fault(_ variant: Fault.Variant, percent: Double = 40) -> Fault {
        var fault = Fault(kind: .partialBulk, match: "*")
        fault.variant = variant
        fault.percent = percent
        return fault
    }

    private func write(_ bench: inout Bench, _ fault: Fault?) throws -> [String: String] {
        let meal = try #require(bench.definition("Meal")?.id)
        let items = bench.state.organization.agents.map {
            #"{"id":"\#($0.id)","presenceDefinition":{"id":"\#(meal)"},"source":"PURECLOUD"}"#
        }
        let reply = bench.send(.put, Self.path, "[\(items.joined(separator: ","))]", fault: fault)
        #expect(reply.status == 200)
        return Dictionary(
            uniqueKeysWithValues: try #require(reply.json.arrayValue).map {
                ($0["id"]?.stringValue ?? "", $0["presenceDefinition"]?["systemPresence"]?.stringValue ?? "")
            }
        )
    }

    private func atMeal(_ bench: Bench) -> Set<String> {
        Set(bench.state.organization.agents.filter { $0.presence.system == "Meal" }.map(\.id))
    }

    @Test("some users are neither changed nor in the answer, and the log names them")
    func unchanged() throws {
        var bench = Bench { $0.agents = 100 }
        let answer = try write(&bench, fault(.unchanged))
        #expect((40...80).contains(answer.count))
        #expect(Set(answer.keys) == atMeal(bench))
        let hit = bench.send(.get, "/simulator/requests")["requests", "0", "faultUsers"]?.arrayValue
        #expect(hit?.count == 100 - answer.count)
    }

    @Test("some users are changed, but missing in the answer")
    func applied() throws {
        var bench = Bench { $0.agents = 100 }
        let answer = try write(&bench, fault(.applied))
        #expect((40...80).contains(answer.count))
        #expect(atMeal(bench).count == 100)
    }

    @Test("some users are in the answer with what they had before")
    func stale() throws {
        var bench = Bench { $0.agents = 100 }
        let answer = try write(&bench, fault(.stale))
        #expect(answer.count == 100)
        #expect(Set(answer.filter { $0.value == "Meal" }.keys) == atMeal(bench))
        #expect((40...80).contains(atMeal(bench).count))
    }

    @Test("the seed decides who is hit, and the next call hits others")
    func seeded() throws {
        func run(_ seed: UInt64) throws -> [Set<String>] {
            var bench = Bench { configuration in
                configuration.agents = 50
                configuration.seed = 1
            }
            bench.state.lottery = Lottery(seed: seed)
            return try (0..<2).map { _ in Set(try write(&bench, fault(.unchanged)).keys) }
        }
        let first = try run(1)
        #expect(try run(1) == first)
        #expect(try run(2) != first)
        #expect(first[0] != first[1])
    }

    @Test("reads are partial as well: users are missing, or as they were before")
    func reads() throws {
        var bench = Bench()
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        let id = bench.agent(0).id
        let path = "/api/v2/users/presences/purecloud/bulk?id=\(id)"
        let system = { (reply: Reply) in reply["0", "presenceDefinition", "systemPresence"]?.stringValue }
        #expect(system(bench.send(.get, path)) == "Meal")
        let stale = bench.send(.get, path, fault: fault(.stale, percent: 100))
        #expect(system(stale) == "On Queue")
        let date = { (reply: Reply) in reply["0", "modifiedDate"]?.stringValue ?? "" }
        #expect(date(stale) < date(bench.send(.get, path)), "all of it is from before")
        #expect(bench.send(.get, path, fault: fault(.unchanged, percent: 100)).json == .array([]))
        let adherence = "/api/v2/workforcemanagement/adherence?userId=\(id)"
        #expect(bench.send(.get, adherence, fault: fault(.applied, percent: 100)).json == .array([]))
        let users = "/api/v2/users?id=\(id)&expand=presence"
        #expect(bench.send(.get, users, fault: fault(.stale, percent: 100))["entities", "0", "presence"] == nil)
        #expect(bench.send(.get, users)["entities", "0", "presence"] != nil)
    }

    @Test("the limit of a bulk write is a setting, refused with 400 or 413, and nothing is done")
    func limit() {
        var bench = Bench()
        let item = #"{"id":"\#(bench.agent(0).id)","presenceDefinition":{"id":"3fd96123-badb-4f69-bc03-1b1ccc6d8014"}}"#
        _ = bench.send(.patch, "/simulator/settings", #"{"bulkLimit":2}"#)
        #expect(bench.send(.put, Self.path, "[\(item),\(item)]").status == 200)
        #expect(bench.send(.put, Self.path, "[\(item),\(item),\(item)]").status == 400)
        _ = bench.send(.patch, "/simulator/settings", #"{"bulkLimit":0,"bulkLimitStatus":413}"#)
        #expect(bench.send(.put, Self.path, "[\(item)]").status == 413)
    }

    @Test("a fault with a percentage of users is read from JSON and hits every call that matches")
    func parsed() throws {
        var bench = Bench()
        let body = #"{"kind":"partialBulk","match":"PUT bulk","percent":10,"variant":"applied"}"#
        #expect(bench.send(.post, "/simulator/faults", body)["faults", "0", "variant"] == .string("applied"))
        #expect(bench.send(.post, "/simulator/faults", #"{"kind":"partialBulk","variant":"odd"}"#).status == 400)
        for _ in 0..<10 {
            let request = HTTPRequest(method: HTTPMethod(rawValue: "PUT"), target: Self.path)
            #expect(bench.state.chooseFault(for: request)?.variant == .applied)
        }
    }
}
