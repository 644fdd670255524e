// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Event bodies")
struct EventBodyTests {
    @Test("every field of every event is one that Genesys documents for its topic")
    func fieldsAreDocumented() throws {
        let fields = try TopicFields()
        var bench = Bench()
        _ = try bench.call(answer: false)
        _ = bench.send(.post, "/simulator/calls/last/noanswer")
        _ = bench.send(.post, "/simulator/faults", #"{"kind":"mixedHangup"}"#)
        _ = try bench.call(agent: 2)
        for step in ["hold", "resume"] { _ = bench.send(.post, "/simulator/calls/last/\(step)") }
        _ = bench.send(.post, "/simulator/calls/last/attributes", #"{"wfm_status":"Break"}"#)
        for step in ["hangup", "wrapup"] { _ = bench.send(.post, "/simulator/calls/last/\(step)") }
        let waiting = bench.state.organization.openCall(now: bench.now)
        try bench.state.organization.abandon(waiting, now: bench.now)
        _ = bench.send(.post, "/simulator/agents/3/presence", #"{"label":"Coffee","message":"x"}"#)
        _ = bench.send(.post, "/simulator/agents/3/outofoffice", #"{"active":true}"#)
        _ = bench.send(
            .post,
            "/api/v2/workforcemanagement/agents/\(bench.agent(2).id)/adherence/explanations",
            #"{"startDate":"\#(bench.now)","lengthMinutes":15,"status":"Approved"}"#
        )
        bench.pass(.seconds(2))
        let events = bench.events()
        for event in events {
            let unknown = fields.unknown(in: event.body, topic: event.topicTemplate)
            #expect(unknown.isEmpty, "\(event.topicTemplate): \(unknown)")
        }
        // All of them, or the check above has nothing to check.
        #expect(
            Set(events.map(\.topicTemplate)) == [
                "v2.users.{id}.presence", "v2.users.{id}.routingStatus", "v2.users.{id}.activity",
                "v2.users.{id}.conversations", "v2.users.{id}.conversations.calls", "v2.users.{id}.conversationsummary",
                "v2.users.{id}.outofoffice", "v2.users.{id}.workforcemanagement.adherence",
                "v2.workforcemanagement.agents.{id}.adherence.explanations", "v2.detail.events.agent.{id}.state",
                "v2.detail.events.conversation.{id}.customer.start", "v2.detail.events.conversation.{id}.customer.end",
                "v2.detail.events.conversation.{id}.acd.start", "v2.detail.events.conversation.{id}.acd.end",
                "v2.detail.events.conversation.{id}.user.start", "v2.detail.events.conversation.{id}.user.end",
                "v2.detail.events.conversation.{id}.acw", "v2.detail.events.conversation.{id}.wrapup",
                "v2.detail.events.conversation.{id}.attributes",
            ]
        )
        #expect(Set(events.map(\.id)).count == events.count)
    }

    @Test("the envelope is EventBridge's, with the template as detail-type")
    func envelope() {
        var bench = Bench()
        bench.now = Timestamp(milliseconds: Bench.start.milliseconds + 412)
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Break"}"#)
        let event = bench.events()[0]
        let envelope = event.envelope(organizationID: bench.state.organization.id)
        #expect(envelope["version"] == .string("0"))
        #expect(envelope["detail-type"] == .string("v2.users.{id}.presence"))
        #expect(envelope["time"] == .string("2026-03-10T14:00:00Z"))
        #expect(envelope["detail"]?["timestamp"] == .string("2026-03-10T14:00:00.412Z"))
        #expect(envelope["detail"]?["topicName"] == .string("v2.users.\(bench.agent(0).id).presence"))
        #expect(
            envelope["source"]?.stringValue?.hasPrefix("aws.partner/genesys.com/cloud/\(bench.state.organization.id)/")
                == true
        )
        #expect(envelope["detail"]?["metadata"]?["CorrelationId"] != nil)
        #expect(event.notification["eventBody"] == event.body)
    }

    @Test("snapshots of one conversation carry strictly later times, even in one millisecond")
    func snapshotsAreOrdered() throws {
        var bench = Bench()
        _ = try bench.call()
        _ = bench.send(.post, "/simulator/calls/last/hold")
        _ = bench.send(.post, "/simulator/calls/last/resume")
        _ = bench.send(.post, "/simulator/calls/last/hangup")
        let times = bench.events().filter { $0.topicTemplate == "v2.users.{id}.conversations" }.map(\.at)
        #expect(times.count == 5)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("a topic's template has its ids taken out")
    func template() {
        let id = "6a3af858-942f-489d-9700-5f9bcdcdae9b"
        #expect(EventTopic.template(of: "v2.users.\(id).conversations.calls") == "v2.users.{id}.conversations.calls")
        #expect(EventTopic.template(of: "channel.metadata") == "channel.metadata")
    }

    @Test("nobody listens: no event is built")
    func unobserved() {
        var bench = Bench { $0.webhookURL = nil }
        _ = bench.send(.post, "/simulator/agents/1/presence", #"{"system":"Break"}"#)
        #expect(bench.events().isEmpty)
    }
}
