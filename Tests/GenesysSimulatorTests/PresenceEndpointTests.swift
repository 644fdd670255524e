// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Presence endpoints")
struct PresenceEndpointTests {
    private func patch(_ bench: inout Bench, _ definition: String, message: String? = nil, agent: Int = 0) throws
        -> Reply
    {
        let id = try #require(bench.definition(definition)?.id)
        let text = message.map { #","message":"\#($0)""# } ?? ""
        return bench.send(
            .patch,
            "/api/v2/users/\(bench.agent(agent).id)/presences/purecloud",
            #"{"presenceDefinition":{"id":"\#(id)"}\#(text)}"#
        )
    }

    @Test("the ten system definitions have their fixed ids, and a label can be ambiguous")
    func definitions() throws {
        var bench = Bench()
        let entities = try #require(bench.send(.get, "/api/v2/presence/definitions")["entities"]?.arrayValue)
        #expect(entities.count { $0["type"] == .string("System") } == 10)
        let queue = entities.first { $0["id"] == .string("e08eaf1b-ee47-4fa9-a231-1200e284798f") }
        #expect(queue?["systemPresence"] == .string("OnQueue"))
        #expect(queue?["languageLabels"]?["en_US"] == .string("On Queue"))
        let followUps = entities.filter { $0["languageLabels"]?["en_US"] == .string("Follow-up") }
        #expect(Set(followUps.compactMap { $0["systemPresence"]?.stringValue }) == ["Busy", "Away"])
        let huddle = entities.first { $0["languageLabels"]?["en_US"] == .string("Team huddle") }
        #expect(huddle?["systemPresence"] == .string("Meeting"))
        #expect(huddle?["languageLabels"]?["de"] == nil)
        #expect(!entities.contains { $0["deactivated"] == .bool(true) })
    }

    @Test("deactivated and localeCode choose definitions and labels")
    func definitionFilters() throws {
        var bench = Bench()
        let dead = bench.send(.get, "/api/v2/presence/definitions?deactivated=true")["entities"]?.arrayValue
        #expect(dead?.compactMap { $0["languageLabels"]?["en_US"]?.stringValue } == ["Long lunch"])
        let all = bench.send(.get, "/api/v2/presence/definitions?localeCode=ALL")["entities"]?.arrayValue
        #expect(all?.contains { $0["languageLabels"]?["de"] == .string("Teamrunde") } == true)
        let elsewhere = bench.send(.get, "/api/v2/presence/definitions?divisionId=nowhere")["entities"]?.arrayValue
        #expect(elsewhere?.count == 10)
    }

    @Test("the legacy list is paged, marks system definitions and spells On Queue with a space")
    func legacyDefinitions() {
        var bench = Bench()
        let reply = bench.send(.get, "/api/v2/presencedefinitions?pageSize=10")
        #expect(reply["pageCount"] == .integer(2))
        #expect(reply["entities", "9", "systemPresence"] == .string("On Queue"))
        #expect(reply["entities", "9", "primary"] == .bool(true))
        let second = bench.send(.get, "/api/v2/presencedefinitions?pageSize=10&pageNumber=2")
        #expect(second["entities", "0", "primary"] == .bool(false))
    }

    @Test("a write shows in the answer, in the next read and in three events")
    func write() throws {
        var bench = Bench()
        let reply = try patch(&bench, "Coffee", message: "Back in 15")
        #expect(reply.status == 200)
        #expect(reply["presenceDefinition", "systemPresence"] == .string("Break"))
        #expect(reply["message"] == .string("Back in 15"))
        let read = bench.send(.get, "/api/v2/users/\(bench.agent(0).id)/presences/PURECLOUD")
        #expect(read.json == reply.json)
        let events = bench.events()
        #expect(
            events.map(\.topicTemplate) == [
                "v2.users.{id}.presence", "v2.users.{id}.routingStatus", "v2.users.{id}.activity",
            ]
        )
        #expect(events[0].body["presenceDefinition"]?["systemPresence"] == .string("BREAK"))
        #expect(events[0].body["modifiedDate"] == reply["modifiedDate"])
        #expect(events[1].body["routingStatus"]?["status"] == .string("OFF_QUEUE"))
        #expect(Set(events.map(\.correlationID)) == [try #require(reply.headers["ININ-Correlation-Id"])])
    }

    @Test("a write that changes nothing neither announces itself nor touches modifiedDate")
    func noOpWrite() throws {
        var bench = Bench()
        let first = try patch(&bench, "Break")
        _ = bench.events()
        bench.pass(.seconds(5))
        _ = bench.events()
        #expect(try patch(&bench, "Break")["modifiedDate"] == first["modifiedDate"])
        #expect(bench.events().isEmpty)
    }

    @Test("two writes in one millisecond have different times")
    func distinctTimes() throws {
        var bench = Bench()
        let times = try ["Break", "Meal", "Break"].map { try patch(&bench, $0)["modifiedDate"]?.stringValue }
        #expect(times.compactMap(\.self) == times.compactMap(\.self).sorted())
        #expect(Set(times).count == 3)
    }

    @Test("unknown users, sources and definitions are refused")
    func refusals() throws {
        var bench = Bench()
        #expect(bench.send(.get, "/api/v2/users/nobody/presences/purecloud").status == 404)
        #expect(bench.send(.get, "/api/v2/users/\(bench.agent(0).id)/presences/MICROSOFTTEAMS").status == 404)
        let path = "/api/v2/users/\(bench.agent(0).id)/presences/purecloud"
        #expect(bench.send(.patch, path, #"{"presenceDefinition":{"id":"x"}}"#).status == 400)
        #expect(bench.send(.patch, path, "[]").status == 400)
        #expect(bench.send(.patch, path, "{").status == 400)
        #expect(try patch(&bench, "Long lunch").status == 400)
    }

    @Test("without the edit permission presence writes are 403 and name it")
    func forbidden() throws {
        var bench = Bench()
        _ = bench.send(.post, "/simulator/faults", #"{"kind":"forbidPresenceEdit"}"#)
        let reply = try patch(&bench, "Break")
        #expect(reply.status == 403)
        #expect(reply["messageParams", "permissions"] == .string("presence:userPresence:edit"))
        #expect(bench.send(.put, "/api/v2/users/presences/bulk", "[]").status == 403)
        _ = bench.send(.delete, "/simulator/faults")
        #expect(try patch(&bench, "Break").status == 200)
    }

    @Test("the bulk read names the user twice, leaves out strangers and takes fifty ids")
    func bulkRead() {
        var bench = Bench { $0.agents = 60 }
        let ids = bench.state.organization.agents.map { "id=\($0.id)" }
        let path = "/api/v2/users/presences/purecloud/bulk?"
        let reply = bench.send(.get, path + (ids.prefix(49) + ["id=stranger"]).joined(separator: "&"))
        #expect(reply.json.arrayValue?.count == 49)
        #expect(reply["0", "userId"] == .string(bench.agent(0).id))
        #expect(reply["0", "presenceDefinition", "systemPresence"] == .string("On Queue"))
        #expect(bench.send(.get, path + ids.prefix(51).joined(separator: "&")).status == 400)
        #expect(bench.send(.get, path).status == 400)
    }

    @Test("the bulk write answers with the presences it has set")
    func bulkWrite() throws {
        var bench = Bench()
        let meal = try #require(bench.definition("Meal")?.id)
        let items = [bench.agent(0).id, "stranger", bench.agent(1).id].map {
            #"{"id":"\#($0)","source":"PURECLOUD","presenceDefinition":{"id":"\#(meal)"},"message":""}"#
        }
        let reply = bench.send(.put, "/api/v2/users/presences/bulk", "[\(items.joined(separator: ","))]")
        #expect(reply.status == 200)
        #expect(reply.json.arrayValue?.compactMap { $0["id"]?.stringValue } == [bench.agent(0).id, bench.agent(1).id])
        #expect(bench.agent(1).presence.system == "Meal")
        let many = Array(repeating: items[0], count: 101).joined(separator: ",")
        #expect(bench.send(.put, "/api/v2/users/presences/bulk", "[\(many)]").status == 400)
    }

    @Test("a human change looks like any other change")
    func humanChange() {
        var bench = Bench()
        let reply = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"on queue"}"#)
        #expect(reply.status == 200)
        #expect(bench.events().isEmpty)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"label":"Team huddle","message":"hi"}"#)
        #expect(bench.agent(0).presence.system == "Meeting")
        #expect(bench.agent(0).message == "hi")
        #expect(bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Holiday"}"#).status == 400)
    }
}
