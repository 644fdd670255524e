// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Control API")
struct ControlTests {
    @Test("the state shows agents, live conversations, requests and calls")
    func state() throws {
        var bench = Bench()
        let call = try bench.call()
        _ = bench.send(.get, "/api/v2/users/\(bench.agent(0).id)")
        _ = bench.send(.get, "/api/v2/users/nobody")
        let reply = bench.send(.get, "/simulator/state")
        #expect(reply["agents"]?.arrayValue?.count == 10)
        #expect(reply["agents", "0", "presence", "system"] == .string("ON_QUEUE"))
        #expect(reply["agents", "0", "routing", "status"] == .string("INTERACTING"))
        #expect(reply["agents", "0", "adherence", "scheduled"] == .string("OnQueueWork"))
        #expect(reply["agents", "0", "conversations", "0"] == .string(call.id))
        #expect(reply["conversations", "0", "participants", "3", "id"] == .string(call.leg))
        #expect(reply["requests", "byEndpoint", "GET /api/v2/users/{userId}"] == .integer(2))
        #expect(reply["requests", "byStatus", "404"] == .integer(1))
    }

    @Test("the request log has method, path, status, client, user and body, and can be searched and cleared")
    func requestLog() {
        var bench = Bench()
        let path = "/api/v2/users/\(bench.agent(0).id)/presences/purecloud"
        _ = bench.send(.patch, path, #"{"message":"x"}"#)
        _ = bench.send(.get, path)
        let log = bench.send(.get, "/simulator/requests?method=PATCH&path=presences&status=200")
        #expect(log["requests"]?.arrayValue?.count == 1)
        #expect(log["requests", "0", "path"] == .string(path))
        #expect(log["requests", "0", "user"] == .string(bench.agent(0).id))
        #expect(log["requests", "0", "body"] == .string(#"{"message":"x"}"#))
        #expect(bench.send(.delete, "/simulator/requests").status == 204)
        #expect(bench.send(.get, "/simulator/requests")["total"] == .integer(0))
    }

    @Test("the request log forgets the oldest calls before it eats the memory")
    func requestLogLimits() throws {
        var log = RequestLog()
        let body = String(repeating: "x", count: RequestLog.bodyLimit)
        for number in 0..<600 {
            let entry = RequestLog.Entry(
                at: Bench.start,
                method: "PUT",
                target: "/\(number)",
                status: 200,
                body: body,
                correlationID: ""
            )
            log.record(entry, pattern: "/")
        }
        let kept = log.matching { _ in true }
        #expect((300...512).contains(kept.count))
        #expect(try #require(kept.last).target == "/599")
        #expect(log.total == 600)
    }

    @Test("a step that the call's state does not allow is 409, an unknown call or step 404")
    func impossibleSteps() throws {
        var bench = Bench()
        #expect(bench.send(.post, "/simulator/calls/last/answer").status == 404)
        _ = try bench.call()
        #expect(bench.send(.post, "/simulator/calls/last/answer").status == 409)
        #expect(bench.send(.post, "/simulator/calls/last/wrapup").status == 409)
        #expect(bench.send(.post, "/simulator/calls/last/dance").status == 404)
        #expect(bench.send(.post, "/simulator/calls/nothing/hold").status == 404)
        #expect(bench.send(.post, "/simulator/calls", #"{"agentId":"nobody"}"#).status == 404)
    }

    @Test("any event can be made, as old as wanted, and remembered events sent again")
    func customEvents() {
        var bench = Bench()
        let body =
            #"{"topicName":"v2.users.6a3af858-942f-489d-9700-5f9bcdcdae9b.presence","eventBody":{"message":"x"},"timestamp":"2026-03-09T00:00:00.000Z","id":"same"}"#
        #expect(bench.send(.post, "/simulator/events", body).status == 202)
        let made = bench.events()
        #expect(made.map(\.topicTemplate) == ["v2.users.{id}.presence"])
        #expect(made[0].at.description == "2026-03-09T00:00:00.000Z")
        #expect(bench.send(.post, "/simulator/events/replay", #"{"last":1}"#)["events"] == .integer(1))
        #expect(bench.events().map(\.id) == ["same"])
        #expect(bench.send(.get, "/simulator/events?topic=presence")["events"]?.arrayValue?.count == 2)
    }

    @Test("the webhook can be set and taken away")
    func webhook() {
        var bench = Bench { $0.webhookURL = nil }
        _ = bench.send(.post, "/simulator/webhook", #"{"url":"http://127.0.0.1:1/e","headers":{"X-API-Key":"k"}}"#)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Break"}"#)
        let deliveries = bench.state.takeDeliveries()
        #expect(deliveries.count == 3)
        #expect(deliveries.first?.target.headers.first?.value == "k")
        _ = bench.send(.post, "/simulator/webhook", #"{"url":null}"#)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
        #expect(bench.state.takeDeliveries().isEmpty)
    }
}
