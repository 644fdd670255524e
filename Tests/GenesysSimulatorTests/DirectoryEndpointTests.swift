// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Queues, wrap-up codes, management units, teams and groups")
struct DirectoryEndpointTests {
    private func names(_ reply: Reply) -> [String] {
        (reply["entities"]?.arrayValue ?? reply["results"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
    }

    private func ids(_ reply: Reply) -> [String] {
        (reply["entities"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
    }

    private func id(_ kind: String, _ name: String, _ bench: inout Bench) throws -> String {
        let units = bench.send(.get, "/simulator/directory")[kind]?.arrayValue
        return try #require(units?.first { $0["name"] == .string(name) }?["id"]?.stringValue)
    }

    @Test("listings are sorted by name and say that there is more")
    func listings() {
        var bench = Bench()
        let first = bench.send(.get, "/api/v2/routing/queues?pageSize=2")
        #expect(names(first) == ["Billing queue", "Sales queue"])
        #expect(first["nextUri"] == .string("/api/v2/routing/queues?pageSize=2&pageNumber=2"))
        let second = bench.send(.get, "/api/v2/routing/queues?pageSize=2&pageNumber=2")
        #expect(names(second) == ["Support queue"])
        #expect(second["nextUri"] == nil)
        #expect(names(bench.send(.get, "/api/v2/routing/wrapupcodes")) == ["Call back", "Resolved", "Transferred"])
        let units = bench.send(.get, "/api/v2/workforcemanagement/managementunits?pageSize=1")
        #expect(names(units) == ["Back office", "Contact centre"])
        #expect(names(bench.send(.get, "/api/v2/groups")) == ["Team leads", "Trainees"])
        #expect(names(bench.send(.get, "/api/v2/teams")) == ["Day shift", "Night shift"])
    }

    @Test(
        "queues are found by name, with asterisks at both ends",
        arguments: [
            ("Sales%20queue", ["Sales queue"]), ("sales%20queue", []), ("Sales*", ["Sales queue"]),
            ("*ing%20queue", ["Billing queue"]), ("*l*", ["Billing queue", "Sales queue"]),
            ("*", ["Billing queue", "Sales queue", "Support queue"]), ("Sales", []),
        ]
    )
    func queuesByName(name: String, expected: [String]) {
        var bench = Bench()
        #expect(names(bench.send(.get, "/api/v2/routing/queues?name=\(name)")) == expected)
    }

    @Test("teams are found by how their name begins, groups by their exact name")
    func teamsAndGroupsByName() {
        var bench = Bench()
        #expect(names(bench.send(.get, "/api/v2/teams?name=night")) == ["Night shift"])
        func search(_ name: String) -> [String] {
            let query = #"{"query":[{"type":"EXACT","fields":["name"],"value":"\#(name)"}]}"#
            return names(bench.send(.post, "/api/v2/groups/search", query))
        }
        #expect(search("Trainees") == ["Trainees"])
        #expect(search("trainees") == [])
        #expect(bench.send(.post, "/api/v2/groups/search", #"{"query":[{"type":"TERM"}]}"#).status == 400)
    }

    @Test("a team is paged by a cursor that the link to the next page holds")
    func cursors() throws {
        var bench = Bench()
        let team = try id("teams", "Day shift", &bench)
        var path = "/api/v2/teams/\(team)/members?pageSize=4"
        var seen: [String] = []
        for _ in 1...3 {
            let page = bench.send(.get, path)
            seen += ids(page)
            guard let next = page["nextUri"]?.stringValue else { break }
            #expect(next.contains("after="))
            path = next
        }
        #expect(seen == bench.state.organization.agents.map(\.id))
        #expect(bench.send(.get, "/api/v2/teams?after=%25").status == 400)
    }

    @Test("members of a queue come without counts, at most a hundred on a page")
    func queueMembers() throws {
        var bench = Bench()
        let queue = bench.state.organization.queueID
        let page = bench.send(.get, "/api/v2/routing/queues/\(queue)/members?pageSize=6&pageNumber=2")
        #expect(ids(page) == bench.state.organization.agents[6...].map(\.id))
        #expect(page["total"] == nil)
        #expect(page["pageCount"] == nil)
        #expect(bench.send(.get, "/api/v2/routing/queues/\(queue)/members?pageSize=101").status == 400)
    }

    @Test("the seed decides who is in the other queues and the groups")
    func seed() throws {
        func sales(_ seed: UInt64) throws -> [String] {
            var bench = Bench {
                $0.seed = seed
                $0.agents = 30
            }
            let queue = try id("queues", "Sales queue", &bench)
            return ids(bench.send(.get, "/api/v2/routing/queues/\(queue)/members?pageSize=100"))
        }
        let first = try sales(1)
        #expect(first == (try sales(1)))
        #expect(first.count > 0)
        #expect(first.count < 30)
        #expect(Set(first) != Set(try sales(2)))
    }

    @Test("a unit is renamed, made and removed")
    func units() throws {
        var bench = Bench()
        let queue = try id("queues", "Sales queue", &bench)
        let renamed = bench.send(.patch, "/simulator/directory/queues/Sales%20queue", #"{"name":"Sales EMEA"}"#)
        #expect(renamed["id"] == .string(queue))
        #expect(bench.send(.get, "/api/v2/routing/queues/\(queue)")["name"] == .string("Sales EMEA"))
        let made = bench.send(.post, "/simulator/directory/groups", #"{"name":"Pilots","members":[1,3]}"#)
        #expect(made.status == 201)
        let group = try #require(made["id"]?.stringValue)
        let members = bench.send(.get, "/api/v2/groups/\(group)/members")
        #expect(ids(members) == [bench.agent(0).id, bench.agent(2).id])
        #expect(bench.send(.delete, "/simulator/directory/groups/Pilots").status == 200)
        #expect(bench.send(.get, "/api/v2/groups/\(group)").status == 404)
        #expect(bench.send(.get, "/api/v2/groups/\(group)/members").status == 404)
        #expect(bench.send(.patch, "/simulator/directory/queues/nothing", "{}").status == 404)
        #expect(bench.send(.patch, "/simulator/directory/nothing/x", "{}").status == 404)
        #expect(bench.send(.post, "/simulator/directory/queues", "{}").status == 400)
    }

    @Test("who joins a management unit or a team leaves the one before, and adherence names the new ones")
    func exclusive() throws {
        var bench = Bench()
        let agent = bench.agent(0).id
        let unit = try id("managementunits", "Back office", &bench)
        let team = try id("teams", "Night shift", &bench)
        _ = bench.send(.patch, "/simulator/directory/managementunits/\(unit)", #"{"add":[1]}"#)
        _ = bench.send(.patch, "/simulator/directory/teams/\(team)", #"{"add":[1]}"#)
        let adherence = bench.send(.get, "/api/v2/workforcemanagement/adherence?userId=\(agent)")
        #expect(adherence["0", "managementUnit", "id"] == .string(unit))
        #expect(adherence["0", "team", "id"] == .string(team))
        let place = bench.send(.get, "/api/v2/workforcemanagement/agents/\(agent)/managementunit")
        #expect(place["managementUnit", "id"] == .string(unit))
        let old = bench.state.organization.managementUnitID
        #expect(ids(bench.send(.get, "/api/v2/workforcemanagement/managementunits/\(unit)/users")) == [agent])
        #expect(!ids(bench.send(.get, "/api/v2/workforcemanagement/managementunits/\(old)/users")).contains(agent))
        #expect(!ids(bench.send(.get, "/api/v2/teams/\(bench.state.organization.teamID)/members")).contains(agent))
    }

    @Test("who leaves the management unit for none has no adherence any more")
    func withoutUnit() throws {
        var bench = Bench()
        let agent = bench.agent(0).id
        _ = bench.send(.patch, "/simulator/directory/managementunits/Contact%20centre", #"{"remove":[1]}"#)
        #expect(bench.send(.get, "/api/v2/workforcemanagement/adherence?userId=\(agent)").json == .array([]))
        #expect(bench.send(.get, "/api/v2/workforcemanagement/agents/\(agent)/managementunit").status == 404)
    }

    @Test("a change of queues is announced with the agent's active queues")
    func activeQueues() throws {
        var bench = Bench()
        let made = bench.send(.post, "/simulator/directory/queues", #"{"name":"Chat queue"}"#)
        let queue = try #require(made["id"]?.stringValue)
        _ = bench.events()
        _ = bench.send(.patch, "/simulator/directory/queues/Chat%20queue", #"{"add":[1]}"#)
        let joined = try #require(bench.events().first { $0.topicTemplate.hasSuffix("activity") })
        let body = try #require(bench.state.organization.activityBody(of: 0)["activeQueueIds"]?.arrayValue)
        #expect(body.contains(.string(queue)))
        #expect(joined.topicTemplate.contains("users"))
        _ = bench.send(.patch, "/simulator/directory/queues/Chat%20queue", #"{"remove":[1]}"#)
        #expect(bench.events().contains { $0.topicTemplate.hasSuffix("activity") })
        #expect(!bench.state.organization.activeQueueIDs(of: 0).contains(queue))
    }

    @Test("a call comes to the queue that is named, and ends with the wrap-up code that is named")
    func callInAnotherQueue() throws {
        var bench = Bench()
        let queue = try id("queues", "Sales queue", &bench)
        let code = try id("wrapupcodes", "Call back", &bench)
        let call = bench.send(.post, "/simulator/calls", #"{"agentId":1,"queue":"Sales queue"}"#)
        let conversation = try #require(call["conversationId"]?.stringValue)
        let read = bench.send(.get, "/api/v2/conversations/\(conversation)")
        let agent = try #require(read["participants"]?.arrayValue?.first { $0["purpose"] == .string("agent") })
        #expect(agent["queueId"] == .string(queue))
        #expect(agent["queueName"] == .string("Sales queue"))
        _ = bench.send(.post, "/simulator/calls/last/hangup")
        _ = bench.send(.post, "/simulator/calls/last/wrapup", #"{"code":"Call back"}"#)
        let after = bench.send(.get, "/api/v2/conversations/\(conversation)")
        let wrapped = try #require(after["participants"]?.arrayValue?.first { $0["purpose"] == .string("agent") })
        #expect(wrapped["wrapup"]?["code"] == .string(code))
        #expect(bench.send(.post, "/simulator/calls", #"{"agentId":1,"queue":"nothing"}"#).status == 404)
    }

    @Test(
        "each of them needs its permission, groups need none",
        arguments: [
            ("/api/v2/routing/queues", ["routing:queue:view"]),
            (
                "/api/v2/routing/queues/x/members",
                ["routing:queue:view", "routing:queue:edit", "routing:queue:readonly", "routing:queueMember:manage"]
            ),
            ("/api/v2/routing/wrapupcodes", ["routing:wrapupCode:view"]), ("/api/v2/teams", ["groups:team:view"]),
            ("/api/v2/teams/x/members", ["groups:team:view"]),
        ]
    )
    func permissions(path: String, needed: [String]) throws {
        var bench = Bench()
        let listed = bench.send(.get, "/simulator/permissions")["known"]?.arrayValue
        let known = try #require(listed).compactMap(\.stringValue)
        func lose(_ names: [String]) {
            let list = names.map { "\"\($0)\"" }.joined(separator: ",")
            #expect(bench.send(.put, "/simulator/permissions", #"{"missing":[\#(list)]}"#).status == 200)
        }
        lose(needed)
        #expect(bench.send(.get, path).status == 403)
        #expect(bench.send(.get, "/api/v2/groups").status == 200)
        #expect(bench.send(.get, "/api/v2/workforcemanagement/managementunits").status == 200)
        lose(known.filter { $0 != needed[0] })
        #expect(bench.send(.get, path).status != 403)
    }
}
