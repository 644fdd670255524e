// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("User endpoints")
struct UserEndpointTests {
    @Test("users come in pages, by id, and with what expand asks for")
    func listing() {
        var bench = Bench { $0.agents = 30 }
        let page = bench.send(.get, "/api/v2/users?pageSize=25&pageNumber=2")
        #expect(page["entities"]?.arrayValue?.count == 5)
        #expect(page["total"] == .integer(30))
        #expect(page["entities", "0", "presence"] == nil)
        let two = bench.send(
            .get,
            "/api/v2/users?id=\(bench.agent(3).id)&id=\(bench.agent(29).id)&expand=presence,routingStatus,conversationSummary"
        )
        #expect(two["entities", "0", "id"] == .string(bench.agent(3).id))
        #expect(two["entities", "0", "presence", "presenceDefinition", "systemPresence"] == .string("On Queue"))
        #expect(two["entities", "0", "routingStatus", "status"] == .string("IDLE"))
        #expect(two["entities", "0", "conversationSummary", "call", "contactCenter", "active"] == .integer(0))
        #expect(two["entities", "1", "presence", "presenceDefinition", "systemPresence"] == .string("Offline"))
        #expect(bench.send(.get, "/api/v2/users?pageSize=501").status == 400)
        #expect(bench.send(.get, "/api/v2/users?pageNumber=9999999999999").status == 200)
    }

    @Test("an unknown user is 404, but OFF_QUEUE as a routing status")
    func unknownUser() {
        var bench = Bench()
        #expect(bench.send(.get, "/api/v2/users/nobody").status == 404)
        #expect(bench.send(.get, "/api/v2/users/nobody/routingstatus")["status"] == .string("OFF_QUEUE"))
    }

    @Test("writing a routing status clears Not Responding and cannot put anyone on queue")
    func routingStatus() throws {
        var bench = Bench()
        let first = "/api/v2/users/\(bench.agent(0).id)/routingstatus"
        let call = try bench.call(answer: false)
        _ = bench.send(.post, "/simulator/calls/\(call.id)/noanswer")
        #expect(bench.send(.get, first)["status"] == .string("NOT_RESPONDING"))
        #expect(bench.send(.put, first, #"{"status":"IDLE"}"#)["status"] == .string("IDLE"))
        #expect(bench.send(.put, first, #"{"status":"ON_QUEUE"}"#).status == 400)
        let available = bench.agent(7)
        #expect(available.presence.system == "Available")
        let reply = bench.send(.put, "/api/v2/users/\(available.id)/routingstatus", #"{"status":"IDLE"}"#)
        #expect(reply["status"] == .string("OFF_QUEUE"))
    }

    @Test("the members of the first queue and of the first management unit are the agents")
    func members() throws {
        var bench = Bench()
        let queue = bench.state.organization.queueID
        let members = bench.send(.get, "/api/v2/routing/queues/\(queue)/members?pageSize=100")["entities"]?.arrayValue
        #expect(members?.compactMap { $0["id"]?.stringValue } == bench.state.organization.agents.map(\.id))
        #expect(bench.send(.get, "/api/v2/routing/queues/none/members").status == 404)
        let unit = bench.state.organization.managementUnitID
        let users = bench.send(.get, "/api/v2/workforcemanagement/managementunits/\(unit)/users")["entities"]
        #expect(users?.arrayValue?.count == 10)
    }

    @Test("the same seed names and identifies the same agents, another seed others")
    func determinism() {
        let ids = { (seed: UInt64, count: Int) in
            Bench {
                $0.seed = seed
                $0.agents = count
            }.state.organization.agents.map(\.id)
        }
        #expect(ids(7, 5) == ids(7, 5))
        #expect(Array(ids(7, 9).prefix(5)) == ids(7, 5))
        #expect(Set(ids(7, 5)).isDisjoint(with: ids(8, 5)))
        #expect(
            ids(7, 1)[0].wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil
        )
    }
}
