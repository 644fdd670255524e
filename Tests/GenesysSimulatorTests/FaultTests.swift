// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Faults")
struct FaultTests {
    @Test("a status fault hits the matching request as often as it says")
    func statusFault() {
        var plan = FaultPlan()
        var generator = SeededGenerator(seed: 1)
        plan.add(Fault(kind: .status, match: "PATCH presences", times: 2))
        #expect(plan.take(method: "GET", target: "/api/v2/users/a/presences/purecloud", generator: &generator) == nil)
        #expect(plan.take(method: "PATCH", target: "/api/v2/users/a/routingstatus", generator: &generator) == nil)
        for _ in 0..<2 {
            let fault = plan.take(method: "PATCH", target: "/api/v2/users/a/presences/purecloud", generator: &generator)
            #expect(fault?.kind == .status)
        }
        #expect(plan.take(method: "PATCH", target: "/api/v2/users/a/presences/purecloud", generator: &generator) == nil)
        #expect(plan.faults.isEmpty)
    }

    @Test("statuses come with the platform's body, with HTML or with nothing, with and without Retry-After")
    func statusAnswers() {
        var bench = Bench()
        var fault = Fault(kind: .status, match: "*")
        fault.status = 503
        #expect(bench.send(.get, "/api/v2/users", fault: fault)["code"] == .string("service.unavailable"))
        fault.content = .html
        let html = bench.send(.get, "/api/v2/users", fault: fault)
        #expect(html.headers["Content-Type"] == "text/html")
        #expect(html.headers["ININ-Correlation-Id"] != nil)
        fault.content = .empty
        #expect(bench.send(.get, "/api/v2/users", fault: fault).json == .null)
        fault.content = .json
        fault.status = 429
        let old = bench.send(.get, "/api/v2/users", fault: fault)
        #expect(old["code"] == .string("too.many.requests"))
        #expect(old.headers["Retry-After"] == nil)
        fault.retryAfter = 7
        let new = bench.send(.get, "/api/v2/users", fault: fault)
        #expect(new["code"] == .string("too.many.requests.retry.after"))
        #expect(new.headers["Retry-After"] == "7")
    }

    @Test("a status can hide that the write was done")
    func appliedStatus() {
        var bench = Bench()
        var fault = Fault(kind: .status, match: "*")
        fault.status = 504
        fault.isApplied = true
        let path = "/api/v2/users/\(bench.agent(0).id)/presences/purecloud"
        let meal = #"{"presenceDefinition":{"id":"3fd96123-badb-4f69-bc03-1b1ccc6d8014"}}"#
        #expect(bench.send(.patch, path, meal, fault: fault)["code"] == .string("gateway.timeout"))
        #expect(bench.agent(0).presence.system == "Meal")
    }

    @Test("a silent no-op answers as if done, changes nothing and announces nothing")
    func silentNoOp() throws {
        var bench = Bench()
        let meal = try #require(bench.definition("Meal")?.id)
        let path = "/api/v2/users/\(bench.agent(0).id)/presences/purecloud"
        let body = #"{"presenceDefinition":{"id":"\#(meal)"}}"#
        let reply = bench.send(.patch, path, body, fault: Fault(kind: .silentNoOp, match: "*"))
        #expect(reply.status == 200)
        #expect(reply["presenceDefinition", "systemPresence"] == .string("Meal"))
        #expect(bench.agent(0).presence.system == "OnQueue")
        #expect(bench.events().isEmpty)
        #expect(bench.send(.get, "/simulator/requests")["requests", "0", "fault"] == .string("silentNoOp"))
    }

    @Test("events are lost, doubled or late as their fault says, and only on the topic it names")
    func eventFaults() {
        var plan = FaultPlan()
        var generator = SeededGenerator(seed: 1)
        plan.add(Fault(kind: .dropEvents, match: ".presence", times: 1))
        plan.add(Fault(kind: .duplicateEvents, match: ".presence", times: 1))
        var late = Fault(kind: .delayEvents, match: "adherence", times: 1)
        late.milliseconds = 900
        plan.add(late)
        #expect(plan.deliveries(topic: "v2.users.a.activity", generator: &generator) == [0])
        #expect(plan.deliveries(topic: "v2.users.a.presence", generator: &generator) == [])
        #expect(plan.deliveries(topic: "v2.users.a.presence", generator: &generator) == [0, 0])
        #expect(plan.deliveries(topic: "v2.users.a.presence", generator: &generator) == [0])
        #expect(plan.deliveries(topic: "v2.users.a.adherence", generator: &generator) == [900])
    }

    @Test("reordering gives different delays, and a percentage spares some")
    func reordering() {
        var plan = FaultPlan()
        var generator = SeededGenerator(seed: 1)
        var fault = Fault(kind: .reorderEvents, match: "*")
        fault.percent = 50
        plan.add(fault)
        let delays = (0..<200).flatMap { _ in plan.deliveries(topic: "t", generator: &generator) }
        #expect((60...140).contains(delays.count { $0 == 0 }))
        #expect(Set(delays).count > 50)
        #expect(delays.allSatisfy { (0...500).contains($0) })
    }

    @Test("faults are set, listed and removed through the control API; a wrong one sets none")
    func control() {
        var bench = Bench()
        let two = #"[{"match":"PATCH presences","kind":"status","status":503,"times":2},{"kind":"dropEvents"}]"#
        #expect(bench.send(.post, "/simulator/faults", two)["faults"]?.arrayValue?.count == 2)
        for wrong in [#"[{"kind":"delay"},{"kind":"gremlin"}]"#, #"{"kind":"status","status":99}"#, "{"] {
            #expect(bench.send(.post, "/simulator/faults", wrong).status == 400)
        }
        #expect(bench.send(.get, "/simulator/faults")["faults"]?.arrayValue?.count == 2)
        #expect(bench.send(.delete, "/simulator/faults").status == 200)
        #expect(bench.state.faults.faults.isEmpty)
    }
}
