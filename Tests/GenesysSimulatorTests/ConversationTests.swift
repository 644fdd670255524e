// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Conversations")
struct ConversationTests {
    @Test("PATCH participant accepts attributes, answers 200 and changes nothing")
    func silentIgnore() throws {
        var bench = Bench()
        let call = try bench.call()
        _ = bench.events()
        let path = "/api/v2/conversations/calls/\(call.id)/participants/\(call.leg)"
        let reply = bench.send(.patch, path, #"{"attributes":{"wfm_status":"Break"}}"#)
        #expect(reply.status == 200)
        #expect(reply.json == .null)
        let read = bench.send(.get, "/api/v2/conversations/\(call.id)")
        #expect(read["participants", "3", "attributes"]?.objectValue?.isEmpty == true)
        #expect(bench.events().isEmpty)
    }

    @Test("the attributes endpoint merges, announces itself twice, and leaves presence and adherence alone")
    func attributes() throws {
        var bench = Bench()
        let call = try bench.call()
        bench.pass(.seconds(1))
        _ = bench.events()
        let before = bench.agent(0).adherence
        let path = "/api/v2/conversations/calls/\(call.id)/participants/\(call.leg)/attributes"
        #expect(bench.send(.patch, path, #"{"attributes":{"wfm_status":"Break"}}"#).status == 200)
        let topics = bench.events().map(\.topicName)
        #expect(
            topics == [
                "v2.detail.events.conversation.\(call.id).attributes",
                "v2.users.\(bench.agent(0).id).conversations",
                "v2.users.\(bench.agent(0).id).conversations.calls",
            ]
        )
        let reply = bench.send(.patch, path, #"{"attributes":{"ticket":"7"}}"#)
        #expect(reply["attributes", "wfm_status"] == .string("Break"))
        #expect(reply["attributes", "ticket"] == .string("7"))
        bench.pass(.seconds(5))
        #expect(bench.agent(0).presence.system == "OnQueue")
        #expect(bench.agent(0).adherence == before)
    }

    @Test("the general attributes endpoint answers with nothing, and values must be strings")
    func attributeForms() throws {
        var bench = Bench()
        let call = try bench.call()
        let path = "/api/v2/conversations/\(call.id)/participants/\(call.customer)/attributes"
        let reply = bench.send(.patch, path, #"{"attributes":{"note":"x"}}"#)
        #expect(reply.status == 200)
        #expect(reply.json == .null)
        for value in ["1", "true", "null", "[]"] {
            let refused = bench.send(.patch, path, #"{"attributes":{"note":\#(value)}}"#)
            #expect(refused.status == 400)
            #expect(refused["code"] == .string("bad.request"))
        }
        #expect(bench.send(.patch, path, "{}").status == 400)
        let wrong = "/api/v2/conversations/\(call.id)/participants/x/attributes"
        #expect(bench.send(.patch, wrong, #"{"attributes":{}}"#).status == 404)
    }

    @Test("state, held, muted and wrapup do work through PATCH participant")
    func participantUpdate() throws {
        var bench = Bench()
        let call = try bench.call(answer: false)
        let path = "/api/v2/conversations/calls/\(call.id)/participants/\(call.leg)"
        let read = "/api/v2/conversations/calls/\(call.id)"
        #expect(bench.send(.patch, path, #"{"state":"connected"}"#).status == 200)
        #expect(bench.send(.get, read)["participants", "3", "state"] == .string("connected"))
        #expect(bench.send(.patch, path, #"{"held":true,"muted":true}"#).status == 200)
        #expect(bench.send(.get, read)["participants", "3", "held"] == .bool(true))
        #expect(bench.send(.get, read)["participants", "3", "muted"] == .bool(true))
        #expect(bench.send(.patch, path, #"{"held":"yes"}"#).status == 400)
        #expect(bench.send(.patch, path, #"{"state":"alerting"}"#).status == 400)
        #expect(bench.send(.patch, path, #"{"state":"disconnected"}"#).status == 200)
        let ended = bench.send(.get, read)
        #expect(ended["participants", "3", "state"] == .string("disconnected"))
        #expect(ended["participants", "3", "disconnectType"] == .string("client"))
        #expect(ended["participants", "3", "held"] == .bool(false))
        #expect(bench.send(.patch, path, #"{"wrapup":{"code":"c","notes":"n"}}"#).status == 200)
        #expect(bench.send(.get, read)["participants", "3", "wrapup", "notes"] == .string("n"))
        #expect(bench.send(.patch, path, #"{"wrapup":{"code":"c"}}"#).status == 400)
    }

    @Test("a call goes through the stages of the platform's life cycle")
    func lifeCycle() throws {
        var bench = Bench()
        let call = try bench.call(answer: false)
        let user = bench.agent(0).id
        func suffixes(_ events: [SimulatedEvent]) -> [String] {
            events.map {
                $0.topicTemplate.replacing("v2.detail.events.conversation.{id}.", with: "detail ")
                    .replacing("v2.users.{id}.", with: "")
            }
        }
        let alert = bench.events()
        #expect(
            suffixes(alert) == [
                "detail customer.start", "detail acd.start", "detail user.start", "conversations",
                "conversations.calls",
                "v2.detail.events.agent.{id}.state",
            ]
        )
        let alerting = try #require(alert[3].body["participants"]?.arrayValue?.last)
        #expect(alerting["userId"] == .string(user))
        #expect(alerting["connectedTime"] == nil)
        #expect(alerting["wrapupRequired"] == .bool(false))
        #expect(alerting["wrapupExpected"] == .bool(true))

        bench.pass(.seconds(4))
        _ = bench.send(.post, "/simulator/calls/last/answer")
        let answer = bench.events()
        #expect(
            suffixes(answer) == [
                "detail acd.end", "conversations", "conversations.calls", "v2.detail.events.agent.{id}.state",
                "routingStatus", "activity", "conversationsummary",
            ]
        )
        #expect(answer[0].body["acdOutcome"] == .string("ANSWERED"))
        #expect(answer[0].body["answeredUserId"] == .string(user))
        #expect(
            answer[1].body["participants"]?.arrayValue?[2]["calls"]?.arrayValue?[0]["disconnectType"]
                == .string("transfer")
        )
        #expect(answer[4].body["routingStatus"]?["status"] == .string("INTERACTING"))
        #expect(answer[6].body["call"]?["contactCenter"]?["active"] == .integer(1))

        bench.pass(.seconds(30))
        _ = bench.send(.post, "/simulator/calls/last/hold")
        bench.pass(.seconds(20))
        _ = bench.send(.post, "/simulator/calls/last/resume")
        bench.pass(.seconds(10))
        _ = bench.events()
        _ = bench.send(.post, "/simulator/calls/last/hangup")
        let hangUp = bench.events()
        #expect(
            suffixes(hangUp).prefix(5) == [
                "conversations", "conversations.calls", "conversationsummary", "detail user.end", "detail customer.end",
            ]
        )
        let ended = try #require(hangUp[0].body["participants"]?.arrayValue?.last)
        #expect(ended["endTime"] == ended["startAcwTime"])
        #expect(ended["calls"]?.arrayValue?[0]["state"] == .string("disconnected"))
        #expect(ended["calls"]?.arrayValue?[0]["afterCallWork"]?["state"] == .string("pending"))
        #expect(hangUp[2].body["call"]?["contactCenter"]?["acw"] == .integer(1))
        #expect(hangUp[3].body["alertingDurationMs"]?.integerValue.map { (3998...4000).contains($0) } == true)
        #expect(hangUp[3].body["heldDurationMs"] == .integer(20_000))
        #expect(hangUp[3].body["interactingDurationMs"]?.integerValue.map { (39_990...40_010).contains($0) } == true)
        #expect(bench.agent(0).routingStatus == .interacting)

        bench.pass(.seconds(9))
        _ = bench.events()
        _ = bench.send(.post, "/simulator/calls/last/wrapup")
        let wrapUp = bench.events()
        #expect(
            suffixes(wrapUp) == [
                "conversations", "conversations.calls", "detail acw", "detail wrapup", "routingStatus", "activity",
                "conversationsummary",
            ]
        )
        #expect(
            wrapUp[0].body["participants"]?.arrayValue?.last?["calls"]?.arrayValue?[0]["state"] == .string("terminated")
        )
        #expect(wrapUp[2].body["userId"] == .string(user))
        #expect(wrapUp[3].body["userId"] == nil)
        #expect(bench.agent(0).routingStatus == .idle)
        #expect(bench.send(.get, "/api/v2/conversations/\(call.id)").status == 200)
    }

    @Test("an unanswered alert ends without a connected time, and the call can go to somebody else")
    func notAnswered() throws {
        var bench = Bench()
        let call = try bench.call(answer: false)
        _ = bench.send(.post, "/simulator/calls/\(call.id)/noanswer")
        let snapshot = try #require(bench.events().last { $0.topicTemplate == "v2.users.{id}.conversations" })
        let leg = try #require(snapshot.body["participants"]?.arrayValue?.last)
        #expect(leg["connectedTime"] == nil)
        #expect(leg["endTime"] != nil)
        #expect(leg["calls"]?.arrayValue?[0]["disconnectType"] == .string("system"))
        #expect(bench.agent(0).routingStatus == .notResponding)
        try bench.state.organization.alert(call.id, agent: 1, now: bench.now)
        let participants = bench.send(.get, "/api/v2/conversations/\(call.id)")["participants"]?.arrayValue
        #expect(participants?.count == 5)
        let told = bench.events().filter { $0.topicTemplate == "v2.users.{id}.conversations" }.map(\.topicName)
        #expect(told == ["v2.users.\(bench.agent(1).id).conversations"])
    }

    @Test("leaving the queue during a call keeps the call and goes off queue at once")
    func leavingTheQueueMidCall() throws {
        var bench = Bench()
        let call = try bench.call()
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Break"}"#)
        #expect(bench.agent(0).routingStatus == .offQueue)
        #expect(
            bench.send(.get, "/api/v2/conversations/calls/\(call.id)")["participants", "3", "state"]
                == .string("connected")
        )
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"OnQueue"}"#)
        #expect(bench.agent(0).routingStatus == .interacting)
    }

    @Test("without after-call work a hang-up ends everything")
    func noAfterCallWork() throws {
        var bench = Bench { $0.afterCallWork = false }
        _ = try bench.call()
        _ = bench.send(.post, "/simulator/calls/last/hangup", #"{"by":"customer"}"#)
        #expect(bench.agent(0).routingStatus == .idle)
        #expect(bench.agent(0).conversations.isEmpty)
        #expect(bench.send(.post, "/simulator/calls/last/wrapup").status == 409)
    }

    @Test("a mixed hang-up is announced by a snapshot that contradicts itself, then by the true one")
    func mixedHangup() throws {
        var bench = Bench()
        _ = try bench.call()
        _ = bench.events()
        _ = bench.send(.post, "/simulator/faults", #"{"kind":"mixedHangup"}"#)
        _ = bench.send(.post, "/simulator/calls/last/hangup")
        let legs = bench.events().filter { $0.topicTemplate == "v2.users.{id}.conversations" }
            .compactMap { $0.body["participants"]?.arrayValue?.last?["calls"]?.arrayValue?[0] }
        #expect(legs.map { $0["state"]?.stringValue } == ["connected", "disconnected"])
        #expect(legs.allSatisfy { $0["disconnectType"] == .string("client") })
    }

    @Test("ended conversations are forgotten one day, live ones never")
    func retirement() throws {
        var bench = Bench {
            $0.afterCallWork = false
            $0.webhookURL = nil
        }
        let live = try bench.call(agent: 2)
        for _ in 0..<1001 {
            let id = bench.state.organization.openCall(now: bench.now)
            try bench.state.organization.alert(id, agent: 0, now: bench.now)
            try bench.state.organization.answer(id, now: bench.now)
            try bench.state.organization.hangUp(id, now: bench.now)
        }
        #expect(bench.state.organization.conversations.count == 1001)
        #expect(bench.send(.get, "/api/v2/conversations/\(live.id)").status == 200)
    }
}

@Suite("Custom attributes")
struct CustomAttributeTests {
    @Test("they are created with a schema, amended, read, and guarded by their version")
    func lifeCycle() throws {
        var bench = Bench()
        let call = try bench.call()
        let path = "/api/v2/conversations/\(call.id)/customattributes"
        let schema = try bench.schema(#"{"status":{"type":"string"},"a":{"type":"string"},"n":{"type":"integer"}}"#)
        #expect(bench.send(.put, path, #"{"id":"wfm","customAttributes":{"status":"Break"}}"#).status == 400)
        let unknown = #"{"id":"wfm","schemaId":"unknown","customAttributes":{"status":"Break"}}"#
        #expect(bench.send(.put, path, unknown).status == 400)
        #expect(bench.send(.patch, path, #"{"id":"wfm","customAttributes":{"status":"Break"}}"#).status == 404)
        let created = bench.send(
            .put,
            path,
            #"{"id":"wfm","schemaId":"\#(schema)","customAttributes":{"status":"Break","n":1}}"#
        )
        #expect(created["id"] == .string("wfm"))
        #expect(
            bench.send(.patch, path, #"{"id":"wfm","version":1,"customAttributes":{"status":"Meal"}}"#).status == 200
        )
        let conflict = bench.send(.patch, path, #"{"id":"wfm","version":1,"customAttributes":{"status":"Meal"}}"#)
        #expect(conflict.status == 409)
        let read = bench.send(.get, path)
        #expect(read["results", "0", "version"] == .integer(2))
        #expect(read["results", "0", "customAttributes", "status"] == .string("Meal"))
        #expect(read["results", "0", "customAttributes", "n"] == .integer(1))
        #expect(bench.send(.put, path, #"{"id":"wfm","schemaId":"other","customAttributes":{}}"#).status == 400)
        #expect(bench.send(.put, path, #"{"id":"wfm","customAttributes":{"a":"b"}}"#).status == 200)
        let replaced = bench.send(.get, path + "/wfm")
        #expect(replaced["customAttributes", "status"] == nil)
        #expect(bench.send(.delete, path + "/wfm").status == 204)
        #expect(bench.send(.get, path + "/wfm").status == 404)
    }

    @Test("a forgotten call is unknown, its agent is free, and nothing is announced")
    func forgotten() throws {
        var bench = Bench()
        let call = try bench.call()
        _ = bench.events()
        #expect(bench.send(.post, "/simulator/calls/last/forget").status == 200)
        #expect(bench.send(.get, "/api/v2/conversations/\(call.id)").status == 404)
        #expect(bench.agent(0).conversations.isEmpty)
        #expect(bench.events().isEmpty)
    }
}
