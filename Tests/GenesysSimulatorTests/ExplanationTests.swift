// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Adherence explanations")
struct ExplanationTests {
    private static func path(_ bench: Bench) -> String {
        "/api/v2/workforcemanagement/agents/\(bench.agent(0).id)/adherence/explanations"
    }

    private func add(_ bench: inout Bench, status: String = "Approved", minutes: Int = 15) throws -> String {
        let body = #"{"type":"Late","startDate":"\#(bench.now)","lengthMinutes":\#(minutes),"status":"\#(status)"}"#
        let reply = bench.send(.post, Self.path(bench), body)
        #expect(reply.status == 202)
        return try #require(reply["job", "selfUri"]?.stringValue)
    }

    private func query(_ bench: inout Bench) -> Reply {
        let (from, to) = (bench.now.advanced(by: .seconds(-3600)), bench.now.advanced(by: .seconds(3600)))
        return bench.send(.post, Self.path(bench) + "/query", #"{"startDate":"\#(from)","endDate":"\#(to)"}"#)
    }

    @Test("two explanations of one span are both kept, and a query's download lists them")
    func doubled() throws {
        var bench = Bench()
        _ = try add(&bench)
        _ = try add(&bench)
        bench.pass(.seconds(1))
        let asked = query(&bench)
        #expect(asked.status == 202)
        #expect(asked["job", "type"] == .string("QueryAgentExplanations"))
        let job = try #require(asked["job", "selfUri"]?.stringValue)
        #expect(bench.send(.get, job)["downloadUrl"] == nil)
        bench.pass(.seconds(1))
        let done = bench.send(.get, job)
        #expect(done["status"] == .string("Complete"))
        let download = try #require(done["downloadUrl"]?.stringValue)
        let path = try #require(download.firstRange(of: "/downloads/")).lowerBound
        // It needs no token, as a signed address needs none.
        let found = bench.send(.get, String(download[path...]), authorized: false)
        #expect(found["entities"]?.arrayValue?.count == 2)
        #expect(found["entities", "0", "agent", "id"] == .string(bench.agent(0).id))
        #expect(bench.send(.get, "/downloads/nothing", authorized: false).status == 404)
    }

    @Test("a query can answer at once, and finds only what overlaps its span")
    func atOnce() throws {
        var bench = Bench()
        _ = bench.send(.patch, "/simulator/settings", #"{"explanationQueriesAnswerAtOnce":true}"#)
        _ = try add(&bench, minutes: 10)
        bench.pass(.seconds(1))
        let reply = query(&bench)
        #expect(reply.status == 200)
        #expect(reply["result", "entities"]?.arrayValue?.count == 1)
        bench.pass(.seconds(2 * 3600))
        #expect(query(&bench)["result", "entities"]?.arrayValue?.isEmpty == true)
    }

    @Test("only the client that started a job may read it")
    func strangers() throws {
        var bench = Bench()
        let job = try add(&bench)
        bench.token = bench.state.access.issue(
            client: "other",
            now: bench.now,
            generator: &bench.state.organization.generator
        )
        #expect(bench.send(.get, job).status == 403)
    }

    @Test("jobs take as long as told and can end in an error, which explains nothing")
    func lateAndFailed() throws {
        var bench = Bench()
        let settings = #"{"explanationDelayMilliseconds":20000,"explanationError":"No space left."}"#
        _ = bench.send(.patch, "/simulator/settings", settings)
        let job = try add(&bench)
        bench.pass(.seconds(19))
        #expect(bench.send(.get, job)["status"] == .string("Processing"))
        bench.pass(.seconds(2))
        let failed = bench.send(.get, job)
        #expect(failed["status"] == .string("Error"))
        #expect(failed["error", "message"] == .string("No space left."))
        #expect(bench.agent(0).explanations.isEmpty)
    }

    @Test("an approved explanation counts although a later one is pending, and ends by itself")
    func approvedWins() throws {
        var bench = Bench()
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        _ = try add(&bench)
        _ = try add(&bench, status: "Pending")
        bench.pass(.seconds(1))
        #expect(bench.agent(0).adherence?.computed.state == .explained)
        bench.pass(.seconds(15 * 60))
        #expect(bench.agent(0).adherence?.computed.state == .outOfAdherence)
    }

    @Test("a pending explanation is approved by a job of its own")
    func update() throws {
        var bench = Bench()
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        _ = try add(&bench, status: "Pending")
        bench.pass(.seconds(1))
        let id = try #require(bench.agent(0).explanations.first?.id)
        let path = Self.path(bench) + "/\(id)"
        #expect(bench.send(.patch, path, #"{"status":"Approved"}"#)["job", "type"] == .string("UpdateExplanation"))
        bench.pass(.seconds(1))
        #expect(bench.send(.get, path)["status"] == .string("Approved"))
        #expect(bench.agent(0).adherence?.computed.state == .explained)
        #expect(bench.send(.patch, Self.path(bench) + "/none", #"{"status":"Approved"}"#).status == 404)
        #expect(bench.send(.patch, path, "{}").status == 400)
    }

    @Test("the business unit's query is for the agents it names")
    func businessUnit() throws {
        var bench = Bench()
        _ = bench.send(.patch, "/simulator/settings", #"{"explanationQueriesAnswerAtOnce":true}"#)
        _ = try add(&bench)
        bench.pass(.seconds(1))
        let unit = bench.state.organization.businessUnitID
        let path = "/api/v2/workforcemanagement/businessunits/\(unit)/adherence/explanations/query"
        let span = #""startDate":"2026-03-10T00:00:00Z","endDate":"2026-03-11T00:00:00Z""#
        #expect(bench.send(.post, path, "{\(span)}")["result", "entities"]?.arrayValue?.count == 1)
        let other = #"{"agentIds":["\#(bench.agent(1).id)"],\#(span)}"#
        #expect(bench.send(.post, path, other)["result", "entities"]?.arrayValue?.isEmpty == true)
        #expect(bench.send(.post, path, "{}").status == 400)
    }
}
