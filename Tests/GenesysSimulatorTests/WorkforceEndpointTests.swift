// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Workforce management endpoints")
struct WorkforceEndpointTests {
    @Test("adherence follows presence a little later, with an event")
    func followsPresence() throws {
        var bench = Bench()
        let path = "/api/v2/workforcemanagement/adherence?userId=\(bench.agent(0).id)"
        #expect(bench.send(.get, path)["0", "adherenceState"] == .string("InAdherence"))
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"label":"Coffee"}"#)
        bench.pass(.milliseconds(200))
        #expect(bench.send(.get, path)["0", "adherenceState"] == .string("InAdherence"))
        _ = bench.events()
        bench.pass(.milliseconds(200))
        let reply = bench.send(.get, path)
        #expect(reply["0", "adherenceState"] == .string("OutOfAdherence"))
        #expect(reply["0", "actualActivityCategory"] == .string("Break"))
        #expect(reply["0", "impact"] == .string("Negative"))
        #expect(reply["0", "organizationSecondaryPresenceId"] == bench.definition("Coffee").map { .string($0.id) })
        let events = bench.events()
        #expect(events.map(\.topicTemplate) == ["v2.users.{id}.workforcemanagement.adherence"])
        #expect(events[0].body["adherenceChangeTime"] == reply["0", "timeOfAdherenceChange"])
        #expect(events[0].body["user"]?["id"] == .string(bench.agent(0).id))
    }

    @Test("the change time moves only when the state changes")
    func changeTime() {
        var bench = Bench()
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Break"}"#)
        bench.pass(.seconds(1))
        let first = bench.agent(0).adherence?.changedAt
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        bench.pass(.seconds(1))
        #expect(bench.agent(0).adherence?.computed.actual == .meal)
        #expect(bench.agent(0).adherence?.changedAt == first)
    }

    @Test("between one and a hundred users may be asked for, strangers are left out")
    func limits() {
        var bench = Bench { $0.agents = 120 }
        let ids = bench.state.organization.agents.map { "userId=\($0.id)" }
        let path = "/api/v2/workforcemanagement/adherence?"
        #expect(bench.send(.get, path + ids.prefix(100).joined(separator: "&")).json.arrayValue?.count == 100)
        #expect(bench.send(.get, path + ids.prefix(101).joined(separator: "&")).status == 400)
        #expect(bench.send(.get, path).status == 400)
        #expect(bench.send(.get, path + "userId=stranger").json.arrayValue?.isEmpty == true)
    }

    @Test("unit, team, activity codes and an agent's unit are found by the ids they give each other")
    func references() throws {
        var bench = Bench()
        let unit = bench.send(.get, "/api/v2/workforcemanagement/agents/\(bench.agent(0).id)/managementunit")
        let unitID = try #require(unit["managementUnit", "id"]?.stringValue)
        let businessID = try #require(unit["businessUnit", "id"]?.stringValue)
        let listing = bench.send(.get, "/api/v2/workforcemanagement/managementunits/\(unitID)/adherence")
        #expect(listing["entities"]?.arrayValue?.count == 10)
        let codes = bench.send(.get, "/api/v2/workforcemanagement/businessunits/\(businessID)/activitycodes")
        let coaching = codes["entities"]?.arrayValue?.first { $0["name"] == .string("Coaching") }
        #expect(coaching?["category"] == .string("Training"))
        #expect(
            coaching?["secondaryPresences"]?.arrayValue?[0]["id"] == bench.definition("Coaching").map { .string($0.id) }
        )
        #expect(bench.send(.get, "/api/v2/workforcemanagement/managementunits/x/adherence").status == 404)
    }

    @Test("a presence linked to an activity code is adherent to that code's category")
    func linkedPresence() {
        var bench = Bench()
        _ = bench.send(.put, "/simulator/agents/1/schedule", #"{"activity":"Training"}"#)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"label":"Coaching"}"#)
        bench.pass(.seconds(1))
        #expect(bench.agent(0).adherence?.computed.state == .inAdherence)
    }

    @Test("an approved explanation takes effect when its job is complete")
    func explanation() throws {
        var bench = Bench()
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        bench.pass(.seconds(1))
        let path = "/api/v2/workforcemanagement/agents/\(bench.agent(0).id)/adherence/explanations"
        let body = { (status: String, start: Timestamp) in
            #"{"type":"Late","startDate":"\#(start)","lengthMinutes":15,"notes":"call","status":"\#(status)"}"#
        }
        let pending = bench.send(.post, path, body("Pending", bench.now))
        #expect(pending.status == 202)
        bench.pass(.seconds(1))
        #expect(bench.agent(0).adherence?.computed.state == .outOfAdherence)
        let accepted = bench.send(.post, path, body("Approved", bench.now))
        let job = try #require(accepted["job", "selfUri"]?.stringValue)
        #expect(accepted["job", "status"] == .string("Processing"))
        #expect(bench.send(.get, job)["status"] == .string("Processing"))
        _ = bench.events()
        bench.pass(.milliseconds(300))
        #expect(bench.send(.get, job)["status"] == .string("Complete"))
        #expect(bench.send(.get, job)["adherenceExplanation", "notes"] == .string("call"))
        #expect(bench.agent(0).adherence?.computed.state == .explained)
        #expect(bench.events().last?.body["adherenceExplanation"]?["status"] == .string("Approved"))
        bench.now = bench.now.advanced(by: .seconds(16 * 60))
        bench.state.organization.updateAdherence(of: 0, now: bench.now)
        #expect(bench.agent(0).adherence?.computed.state == .outOfAdherence)
        #expect(bench.send(.post, path, #"{"startDate":"soon","lengthMinutes":15}"#).status == 400)
        #expect(bench.send(.post, path, body("Perhaps", bench.now)).status == 400)
    }

    @Test("the default schedule works around the clock with breaks and meals, and announces their limits")
    func defaultSchedule() throws {
        var generator = SeededGenerator(seed: 3)
        let schedule = ActivitySchedule(generator: &generator)
        #expect(schedule.windows.count { $0.category == .meal } == 3)
        for (window, next) in zip(schedule.windows, schedule.windows.dropFirst()) {
            #expect(window.start + window.length <= next.start)
        }
        var at = Bench.start
        for _ in 0..<14 {
            let change = try #require(schedule.nextChange(after: at))
            #expect(change.at > at)
            #expect(schedule.category(at: change.at) == change.category)
            #expect(schedule.category(at: Timestamp(milliseconds: change.at.milliseconds - 1)) != change.category)
            at = change.at
        }
        #expect(at.timeIntervalSince(Bench.start) > .seconds(86_400))
    }

    @Test("the schedule's own changes make adherence events")
    func boundaries() {
        var state = SimulatorState(configuration: SimulatorConfiguration())
        state.organization.isObserved = true
        let start = state.startedAt
        state.advance(to: start.advanced(by: .seconds(4 * 3600 + 60)))
        let events = state.takeEvents().filter { $0.event.topicTemplate.hasSuffix("adherence") }
        #expect(events.count >= 10)
    }
}
