// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Call traffic")
struct TrafficTests {
    private func run(_ bench: inout Bench, seconds: Int) -> [SimulatedEvent] {
        var events: [SimulatedEvent] = []
        for _ in 0..<(seconds * 10) {
            bench.pass(.milliseconds(100))
            events += bench.events()
        }
        return events
    }

    @Test("calls are offered, answered, flagged and wrapped up, and agents change status within seconds")
    func busyMinutes() {
        var bench = Bench { $0.callsPerMinute = 30 }
        let first = run(&bench, seconds: 10)
        #expect(first.contains { $0.topicTemplate == "v2.users.{id}.conversations" })
        let events = first + run(&bench, seconds: 290)
        let counters = bench.state.traffic.counters
        #expect((100...200).contains(counters.offered))
        #expect(counters.answered > 50)
        #expect(counters.flagged > 10)
        #expect(counters.completed > 50)
        #expect(counters.notAnswered > 0)
        let flags = events.filter { $0.topicTemplate.hasSuffix(".attributes") }
            .compactMap { $0.body["attributes"]?["wfm_status"]?.stringValue }
        #expect(Set(flags) == ["Break", "Meeting", "Training"])
        #expect(events.contains { $0.body["routingStatus"]?["status"] == .string("NOT_RESPONDING") })
        #expect(events.contains { $0.topicTemplate == "v2.users.{id}.presence" })
        #expect(bench.agent(9).presence.system == "Offline")
    }

    @Test("an agent has one call at a time and only while On Queue")
    func oneCallEach() {
        var bench = Bench { $0.callsPerMinute = 60 }
        for _ in 0..<1200 {
            bench.pass(.milliseconds(100))
            _ = bench.events()
            for agent in bench.state.organization.agents { #expect(agent.conversations.count <= 1) }
        }
        let live = bench.state.organization.conversations.values.count { !$0.isOver }
        #expect(live <= 60)
    }

    @Test("the same seed makes the same calls")
    func determinism() {
        func offered() -> [String] {
            var bench = Bench { $0.callsPerMinute = 20 }
            return run(&bench, seconds: 30).map(\.topicName)
        }
        #expect(offered() == offered())
    }

    @Test("a scenario makes its control calls after their delays")
    func scenario() {
        var bench = Bench()
        let steps = """
            {"steps":[{"path":"/simulator/calls","body":{"agentId":1}},
            {"after":2,"path":"/simulator/calls/last/attributes","body":{"wfm_status":"Break"}},
            {"after":1.5,"path":"/simulator/calls/last/hangup"}]}
            """
        #expect(bench.send(.post, "/simulator/scenario", steps).status == 202)
        bench.pass(.zero)
        #expect(bench.agent(0).routingStatus == .interacting)
        bench.pass(.seconds(1))
        _ = bench.events()
        bench.pass(.seconds(1))
        #expect(bench.events().contains { $0.topicTemplate.hasSuffix(".attributes") })
        bench.pass(.milliseconds(1500))
        #expect(
            bench.send(.get, "/simulator/state")["conversations", "0", "participants", "3", "afterCallWork"]
                == .string("pending")
        )
        #expect(bench.send(.post, "/simulator/scenario", #"[{"path":"/api/v2/users"}]"#).status == 400)
        #expect(bench.send(.post, "/simulator/scenario", #"[{"path":"/simulator/none"}]"#).status == 404)
    }
}
