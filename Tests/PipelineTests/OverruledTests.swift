// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import Journal
import StatusRules
import Testing

@testable import Pipeline

@Suite("What the agent has overruled")
struct OverruledTests {
    @Test("another rule that decides meanwhile is no new match of the overruled one")
    func anotherRule() throws {
        var desk = try RuleDesk(
            """
              - name: meal
                when: { routingStatus: IDLE }
                then: { status: Meeting }
              - name: flagged
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break }
            """
        )
        _ = desk.presence("available", .available)
        _ = desk.call(flag: "Break")
        desk.deliver()
        desk.pass(.seconds(60))
        #expect(desk.presence("training", .training).lines.first?.contains("by hand") == true)
        desk.pass(.seconds(60))
        #expect(desk.routing("IDLE").wanted == "meeting")
        desk.deliver()
        desk.pass(.seconds(60))
        let over = desk.routing("OFF_QUEUE")
        #expect(over.wanted == "training", "the agent's own choice, not Break: \(over.lines)")
        desk.deliver()
        #expect(desk.call(flag: "Break").wanted == nil)
        // Once it has let go, it may match anew.
        desk.pass(.seconds(60))
        _ = desk.call(flag: "")
        desk.pass(.seconds(60))
        #expect(desk.call(flag: "Break").wanted == "break")
    }

    @Test("a conversation by which the rule has matched as well is no new match when the other one ends")
    func anotherConversation() throws {
        var desk = try RuleDesk(
            """
              - name: flagged
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break }
            """
        )
        _ = desk.presence("available", .available)
        _ = desk.call("c1", flag: "Break")
        desk.deliver()
        desk.pass(.seconds(10))
        _ = desk.call("c2", flag: "Break")
        _ = desk.call("c3")
        desk.pass(.seconds(60))
        #expect(desk.presence("training", .training).lines.first?.contains("by hand") == true)
        for ended in ["c1", "c2"] {
            var one = desk
            one.pass(.seconds(60))
            let outcome = one.call(ended, flag: "Break", state: "terminated")
            #expect(outcome.wanted == nil, "\(outcome.lines)")
        }
        // One that was there and did not match does so anew.
        desk.pass(.seconds(60))
        _ = desk.call("c1", flag: "Break", state: "terminated")
        _ = desk.call("c2", flag: "Break", state: "terminated")
        #expect(desk.call("c3", flag: "Break").wanted == "break")
    }

    @Test("it stays overruled while its conversation is being read again")
    func readAgain() throws {
        var desk = try RuleDesk(
            """
              - name: flagged
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break, notify: { to: desk } }
            """,
            policy: EpisodePolicy(conversationTimeout: .seconds(3600))
        )
        _ = desk.presence("available", .available)
        #expect(desk.call(flag: "Break").errands.count == 1)
        desk.deliver()
        desk.pass(.seconds(60))
        _ = desk.presence("training", .training)
        desk.pass(.seconds(3600))
        #expect(desk.wake().conversationReads == ["c"])
        let read = desk.call(flag: "Break", source: .observation)
        #expect(read.wanted == nil, "\(read.lines)")
        #expect(read.errands.isEmpty, "once per episode")
        // Until it really lets go.
        desk.pass(.seconds(60))
        _ = desk.call(flag: "")
        desk.pass(.seconds(60))
        let anew = desk.call(flag: "Break")
        #expect(anew.wanted == "break")
        #expect(anew.errands.count == 1)
    }
}
