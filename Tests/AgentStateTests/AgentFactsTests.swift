// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Testing

@Suite("AgentFacts")
struct AgentFactsTests {
    // MARK: - Presence

    @Test("the later change of presence wins, whichever arrives last")
    func presenceOrder() {
        var story = Story()
        #expect(
            story.apply(.presence(.break, modified: 200), at: 210)
                == .changed([
                    FactChange(path: "presence.system", old: nil, new: "BREAK"),
                    FactChange(path: "presence.definitionId", old: nil, new: "BREAK"),
                ])
        )
        // Its envelope is newer, but the body knows when the presence was set.
        #expect(
            story.apply(.presence(.available, modified: 100), at: 220) == .stale("presence is older than the one known")
        )
        #expect(story.facts.presence?.system == .break)
        #expect(story.apply(.presence(.break, modified: 200), at: 210) == .unchanged)
    }

    @Test("without a time in the body the envelope decides, and without both the arrival")
    func presenceFallback() {
        var story = Story()
        story.apply(.presence(.break), at: 200)
        #expect(story.apply(.presence(.meal), at: 100) == .stale("presence is older than the one known"))
        story.apply(.presence(.meeting))
        #expect(story.facts.presence?.system == .meeting)
    }

    @Test("the presence of another source is not the one we control")
    func otherSource() {
        var story = Story()
        let event = GenesysEvent.presence(.busy, modified: 1, source: "MICROSOFTTEAMS")
        #expect(story.apply(event) == .stale("presence of another source"))
        #expect(story.facts.presence == nil)
        story.apply(.presence(.busy, modified: 1, source: "PureCloud"))
        #expect(story.facts.presence?.system == .busy)
    }

    @Test("the activity topic and the single topics are one fact each")
    func activity() {
        var story = Story()
        story.apply(.routingStatus(userID: agent, .init(status: "IDLE", startTime: at(50))), at: 60)
        var activity = ActivityObservation()
        activity.routingStatus = .init(status: "OFF_QUEUE", startTime: at(40))
        activity.outOfOffice = true
        activity.outOfOfficeModifiedAt = at(30)
        activity.activeQueueIDs = ["q"]
        let outcome = story.apply(.activity(userID: agent, activity), at: 70)
        #expect(
            outcome
                == .changed([
                    FactChange(path: "outOfOffice", old: nil, new: "true"),
                    FactChange(path: "activeQueueIds", old: nil, new: "q"),
                ])
        )
        #expect(story.facts.routingStatus?.status == "IDLE", "the activity was older")
        story.apply(.outOfOffice(userID: agent, .init(active: false)), at: 80)
        #expect(story.apply(.activity(userID: agent, activity), at: 70) == .unchanged)
        #expect(story.facts.outOfOffice == false)
    }

    @Test("adherence is ordered by the time of its change")
    func adherence() {
        func observation(_ state: String, _ time: Int64?) -> GenesysEvent {
            var adherence = AdherenceObservation()
            adherence.state = state
            adherence.changedAt = time.map { at($0) }
            return .adherence(userID: agent, adherence)
        }
        var story = Story()
        story.apply(observation("OutOfAdherence", 200), at: 900)
        #expect(
            story.apply(observation("InAdherence", 100), at: 950) == .stale("adherence is older than the one known")
        )
        #expect(
            story.apply(observation("InAdherence", 300), at: 800)
                == .changed([FactChange(path: "adherence.state", old: "OutOfAdherence", new: "InAdherence")])
        )
        #expect(story.facts.adherence?.since == at(300))
    }

    // MARK: - Foreign and unusable

    @Test("what is about another agent, or not usable, changes nothing")
    func others() {
        var story = Story()
        #expect(story.apply(.outOfOffice(userID: "somebody", .init(active: true))) == .unchanged)
        #expect(story.apply(.unused) == .unchanged)
        #expect(story.apply(.undecodable(reason: "x")) == .unchanged)
        #expect(story.apply(.wrote(["a": "1"], at: 1)) == .unchanged, "the conversation is not known")
        #expect(story.facts == AgentFacts(id: agent))
    }

    // MARK: - Forgetting

    @Test("ended conversations are forgotten after their grace, live ones never")
    func forgetting() {
        var facts = AgentFacts(id: agent)
        func see(_ event: GenesysEvent, _ time: Int64) { _ = facts.apply(.mock(event, at: time), receivedAt: at(time)) }
        see(.snapshot(.mock("p1", .mock("c1"))), 1)
        facts.forgetEnded(before: at(1_000_000))
        #expect(facts.conversations.count == 1, "it is still live")

        see(.snapshot(.mock("p1", .mock("c1", "disconnected"))), 100)
        facts.forgetEnded(before: at(100))
        #expect(facts.conversations.count == 1, "its grace is not over")
        facts.forgetEnded(before: at(101))
        #expect(facts == AgentFacts(id: agent), "nothing of it remains")
    }

    @Test("after-call work keeps a conversation from being forgotten")
    func forgettingWork() {
        var facts = AgentFacts(id: agent)
        let ended = CommunicationSnapshot.mock("c1", "disconnected").with { $0.afterCallWork = "pending" }
        _ = facts.apply(.mock(.snapshot(.mock("p1", ended))), receivedAt: at(1))
        facts.forgetEnded(before: at(1_000))
        #expect(facts.conversationIDs == [theCall])
    }
}
