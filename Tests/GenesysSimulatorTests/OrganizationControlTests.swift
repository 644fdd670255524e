// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("What administrators change")
struct OrganizationControlTests {
    @Test("a definition is renamed, deactivated and activated; writing a deactivated one is 400")
    func definitions() throws {
        var bench = Bench()
        let coffee = try #require(bench.definition("Coffee"))
        let path = "/api/v2/users/\(bench.agent(0).id)/presences/purecloud"
        let write = #"{"presenceDefinition":{"id":"\#(coffee.id)"}}"#
        _ = bench.send(.patch, path, write)
        let renamed = bench.send(.patch, "/simulator/definitions/Coffee", #"{"label":"Espresso"}"#)
        #expect(renamed["id"] == .string(coffee.id))
        let read = bench.send(.get, "/api/v2/presence/definitions/\(coffee.id)")
        #expect(read["languageLabels", "en_US"] == .string("Espresso"))
        #expect(bench.send(.get, "/simulator/agents/1")["presence", "label"] == .string("Espresso"))
        _ = bench.send(.patch, "/simulator/definitions/\(coffee.id)", #"{"deactivated":true}"#)
        #expect(bench.send(.patch, path, write).status == 400)
        #expect(bench.send(.put, "/api/v2/users/presences/bulk", "[\(write)]").status == 400)
        let listed = bench.send(.get, "/api/v2/presence/definitions?deactivated=true")
        #expect(listed["entities"]?.arrayValue?.contains { $0["id"] == .string(coffee.id) } == true)
        _ = bench.send(.patch, "/simulator/definitions/Espresso", #"{"deactivated":false}"#)
        #expect(bench.send(.patch, path, write).status == 200)
        #expect(bench.send(.patch, "/simulator/definitions/Tea", "{}").status == 404)
    }

    @Test("a definition is added and can be written at once")
    func addition() throws {
        var bench = Bench()
        let added = bench.send(.post, "/simulator/definitions", #"{"label":"Prayer","system":"Away"}"#)
        #expect(added.status == 201)
        let id = try #require(added["id"]?.stringValue)
        let path = "/api/v2/users/\(bench.agent(0).id)/presences/purecloud"
        let reply = bench.send(.patch, path, #"{"presenceDefinition":{"id":"\#(id)"}}"#)
        #expect(reply["presenceDefinition", "systemPresence"] == .string("Away"))
        #expect(bench.send(.post, "/simulator/definitions", #"{"label":"x","system":"Napping"}"#).status == 400)
        #expect(bench.send(.post, "/simulator/definitions", #"{"system":"Away"}"#).status == 400)
    }

    @Test("linking a presence to an activity code takes it from another, and adherence follows at once")
    func activityCodes() throws {
        var bench = Bench()
        _ = bench.send(.put, "/simulator/agents/1/schedule", #"{"activity":"Training"}"#)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"label":"Coaching"}"#)
        bench.pass(.seconds(1))
        #expect(bench.agent(0).adherence?.computed.state == .inAdherence)
        let meeting = bench.send(.patch, "/simulator/activitycodes/3", #"{"secondaryPresences":["Coaching"]}"#)
        #expect(meeting["secondaryPresences"]?.arrayValue?.count == 1)
        #expect(bench.agent(0).adherence?.computed.actual == .meeting)
        #expect(bench.agent(0).adherence?.computed.state == .outOfAdherence)
        _ = bench.send(.patch, "/simulator/activitycodes/3", #"{"secondaryPresences":[],"active":false}"#)
        // Back to the category of its system presence.
        #expect(bench.agent(0).adherence?.computed.actual == .offQueueWork)
        #expect(bench.send(.patch, "/simulator/activitycodes/3", #"{"secondaryPresences":["Tea"]}"#).status == 400)
        #expect(bench.send(.patch, "/simulator/activitycodes/99", "{}").status == 404)
    }

    @Test("an agent outside workforce management is missing there and announces no adherence")
    func outsideWorkforce() {
        var bench = Bench()
        let id = bench.agent(0).id
        #expect(bench.send(.patch, "/simulator/agents/1", #"{"workforce":false}"#)["inWorkforce"] == .bool(false))
        #expect(bench.send(.get, "/api/v2/workforcemanagement/adherence?userId=\(id)").json == .array([]))
        #expect(bench.send(.get, "/api/v2/workforcemanagement/agents/\(id)/managementunit").status == 404)
        let unit = bench.state.organization.managementUnitID
        let users = bench.send(.get, "/api/v2/workforcemanagement/managementunits/\(unit)/users")
        #expect(users["entities"]?.arrayValue?.count == 9)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        bench.pass(.seconds(1))
        #expect(!bench.events().contains { $0.topicTemplate.hasSuffix("adherence") })
    }
}

@Suite("Primary presence source")
struct PrimarySourceTests {
    private static func path(_ bench: Bench) -> String { "/api/v2/presence/users/\(bench.agent(0).id)/primarysource" }

    @Test("it is PURECLOUD until it is set, and a change is announced by documented fields")
    func change() throws {
        var bench = Bench()
        let path = Self.path(bench)
        #expect(bench.send(.get, path)["sourceId"] == .string("PURECLOUD"))
        #expect(bench.send(.put, path, #"{"sourceId":"MICROSOFTTEAMS"}"#)["registered"] == .bool(true))
        #expect(bench.send(.put, path, "{}").status == 400)
        let event = try #require(bench.events().first { $0.topicTemplate == "v2.users.{id}.integrationpresence" })
        #expect(event.body["eventType"] == .string("UserPrimaryPresenceSourceChanged"))
        #expect(event.body["previousDisplaySourceId"] == .string("PURECLOUD"))
        let fields = try TopicFields()
        #expect(fields.unknown(in: event.body, topic: event.topicTemplate) == [])
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Busy","source":"MICROSOFTTEAMS"}"#)
        let other = try #require(bench.events().first { $0.topicTemplate == "v2.users.{id}.integrationpresence" })
        #expect(other.body["presenceDefinition"]?["systemPresence"] == .string("BUSY"))
        #expect(fields.unknown(in: other.body, topic: other.topicTemplate) == [])
    }

    @Test("while it is another, PURECLOUD writes succeed but neither show nor count in adherence")
    func writesDoNotShow() {
        var bench = Bench()
        let user = "/api/v2/users/\(bench.agent(0).id)"
        _ = bench.send(.patch, "/simulator/agents/1", #"{"primarySource":"MICROSOFTTEAMS"}"#)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Busy","source":"MICROSOFTTEAMS"}"#)
        bench.pass(.seconds(1))
        _ = bench.events()
        let meal = #"{"presenceDefinition":{"id":"3fd96123-badb-4f69-bc03-1b1ccc6d8014"}}"#
        let written = bench.send(.patch, user + "/presences/purecloud", meal)
        #expect(written["presenceDefinition", "systemPresence"] == .string("Meal"))
        #expect(written["primary"] == .bool(false))
        bench.pass(.seconds(1))
        #expect(bench.agent(0).adherence?.computed.actual == .offQueueWork)
        let shown = bench.send(.get, user + "?expand=presence")
        #expect(shown["presence", "presenceDefinition", "systemPresence"] == .string("Busy"))
        #expect(bench.send(.get, user + "/presences/microsoftteams")["primary"] == .bool(true))
        #expect(bench.send(.patch, user + "/presences/microsoftteams", meal).status == 400)
        // `primary` in a write takes the display back.
        _ = bench.send(.patch, user + "/presences/purecloud", #"{"primary":true}"#)
        bench.pass(.seconds(1))
        #expect(bench.agent(0).adherence?.computed.actual == .meal)
        #expect(bench.send(.get, Self.path(bench))["sourceId"] == .string("PURECLOUD"))
    }
}

@Suite("Adherence lag")
struct AdherenceLagTests {
    @Test("with a long delay every change shows at its own time, in GET and event")
    func longDelay() {
        var bench = Bench()
        _ = bench.send(.patch, "/simulator/settings", #"{"adherenceDelayMilliseconds":30000}"#)
        let path = "/api/v2/workforcemanagement/adherence?userId=\(bench.agent(0).id)"
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        bench.pass(.seconds(20))
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Break"}"#)
        bench.pass(.seconds(5))
        _ = bench.events()
        #expect(bench.send(.get, path)["0", "actualActivityCategory"] == .string("OnQueueWork"))
        bench.pass(.seconds(6))
        #expect(bench.send(.get, path)["0", "actualActivityCategory"] == .string("Meal"))
        #expect(bench.events().count == 1)
        bench.pass(.seconds(20))
        #expect(bench.send(.get, path)["0", "actualActivityCategory"] == .string("Break"))
    }

    @Test("never means never: not even a change of schedule shows the presence")
    func never() {
        var bench = Bench()
        _ = bench.send(.patch, "/simulator/settings", #"{"adherenceDelayMilliseconds":"never"}"#)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        bench.pass(.seconds(3600))
        _ = bench.send(.put, "/simulator/agents/1/schedule", #"{"activity":"Meal"}"#)
        #expect(bench.agent(0).adherence?.computed.actual == .onQueueWork)
        #expect(bench.agent(0).adherence?.computed.state == .outOfAdherence)
    }

    @Test("news that overtake older news are not undone by them")
    func overtaking() {
        var bench = Bench()
        _ = bench.send(.patch, "/simulator/settings", #"{"adherenceDelayMilliseconds":10000}"#)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        bench.pass(.seconds(1))
        _ = bench.send(.patch, "/simulator/settings", #"{"adherenceDelayMilliseconds":100}"#)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Break"}"#)
        bench.pass(.seconds(60))
        #expect(bench.agent(0).adherence?.computed.actual == .break)
    }
}
