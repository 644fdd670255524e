// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Testing

@Suite("AgentFacts over whole calls")
struct LifecycleTests {
    /// The facts after the last event at or before a time.
    private func facts(_ name: String, until time: String, bare: Bool = false) throws -> Story {
        var story = Story()
        for step in try Lifecycle.steps(name, bare: bare) where step.at <= time { story.apply(step.notification) }
        return story
    }

    @Test("an inbound call gives the right facts at every step", arguments: [false, true])
    func inbound(bare: Bool) throws {
        func story(_ time: String) throws -> Story {
            try facts("lifecycle.inbound-acd-call", until: "2026-03-10T14:\(time)Z", bare: bare)
        }
        #expect(try story("00:08.402").facts.conversations.isEmpty)

        let alerting = try #require(try story("00:09.011").call)
        #expect(alerting.state == "alerting" && alerting.isLive && alerting.connectedAt == nil)
        #expect(alerting.id == theCall && alerting.direction == "inbound" && alerting.purpose == "agent")
        #expect(alerting.participantID == "44444444-0000-4000-8000-000000000004")
        #expect(alerting.communicationID == "55555555-0000-4000-8000-000000000004")
        #expect(alerting.queueID == "22222222-bbbb-4bbb-8bbb-000000000001")
        #expect(alerting.customerAttributes == ["accountTier": "gold"])

        let answered = try story("00:13.530")
        #expect(answered.call?.state == "connected")
        #expect(answered.call?.connectedAt == Timestamp("2026-03-10T14:00:13.530Z"))
        #expect(answered.facts.routingStatus?.status == "INTERACTING")
        #expect(answered.facts.name == "Agent One")

        #expect(try story("02:00.310").call?.held == true)
        #expect(try story("02:00.310").call?.heldSince == Timestamp("2026-03-10T14:02:00.310Z"))
        #expect(try story("02:45.905").call?.held == false)
        #expect(try story("02:45.905").call?.attributes == [:])
        #expect(try story("03:00.700").call?.attributes == ["wfm_status": "Break"])

        let mixed = try #require(try story("05:20.118").call)
        #expect(mixed.isEnded && mixed.state == "disconnected" && mixed.isLive, "it still read connected")
        let ended = try #require(try story("05:20.260").call)
        #expect(ended.isEnded && ended.isLive && ended.afterCallWork == "pending")
        #expect(ended.endedAt == Timestamp("2026-03-10T14:05:20.118Z"))
        #expect(try story("05:20.260").facts.routingStatus?.status == "INTERACTING")

        let wrapped = try story("05:58.902")
        #expect(wrapped.call?.isLive == false && wrapped.call?.state == "terminated")
        #expect(wrapped.call?.afterCallWork == "complete")
        #expect(wrapped.call?.wrapupCode == "99999999-0000-4000-8000-000000000001")
        #expect(wrapped.call?.communicationID == "55555555-0000-4000-8000-000000000004")
        #expect(wrapped.facts.routingStatus?.status == "IDLE")

        let last = try story("06:00.600").facts
        #expect(last.presence?.system == .break)
        #expect(last.presence?.modifiedAt == Timestamp("2026-03-10T14:06:00.100Z"))
        #expect(last.routingStatus?.status == "OFF_QUEUE")
        #expect(last.adherence?.state == "OutOfAdherence" && last.adherence?.actual == "Break")
        #expect(last.outOfOffice == false)
        #expect(last.activeQueueIDs == ["22222222-bbbb-4bbb-8bbb-000000000001"])
        #expect(last.conversations.count == 1)
        #expect(last.conversationIDs == [theCall])
    }

    @Test("an alert that is not answered ends, and never was connected")
    func notAnswered() throws {
        let story = try facts("lifecycle.alert-not-answered", until: "2026-03-10T15")
        #expect(story.call?.isEnded == true && story.call?.isLive == false)
        #expect(story.call?.state == "disconnected" || story.call?.state == "terminated")
        #expect(story.call?.connectedAt == nil)
        #expect(story.call?.endedAt != nil)
        #expect(story.facts.routingStatus?.status == "NOT_RESPONDING")
    }

    @Test("the changes of a call are told once each, in the vocabulary of rules")
    func changes() throws {
        var story = Story()
        var paths: [String] = []
        for step in try Lifecycle.steps("lifecycle.inbound-acd-call") {
            if case .changed(let changes) = story.apply(step.notification) {
                paths += changes.filter { $0.conversationID == theCall }.map(\.description)
            }
        }
        #expect(
            paths == [
                "conversation: – → alerting", "conversation.customer.attributes.accountTier: – → gold",
                "conversation.state: alerting → connected", "conversation.participants: 1 → 2",
                "conversation.held: false → true",
                "conversation.held: true → false", "conversation.attributes.wfm_status: – → Break",
                "conversation: connected → disconnected", "conversation.state: connected → disconnected",
                "conversation.disconnectType: – → client", "conversation.afterCallWork: – → pending",
                "conversation.state: disconnected → terminated",
                "conversation.afterCallWork: pending → complete",
                "conversation.wrapupCode: – → 99999999-0000-4000-8000-000000000001",
            ]
        )
    }

    @Test("any order and any repetition of a call's events ends in the same facts", arguments: 0..<60 as Range<UInt64>)
    func permutations(seed: UInt64) throws {
        for name in ["lifecycle.inbound-acd-call", "lifecycle.alert-not-answered"] {
            var random = SeededGenerator(seed: seed)
            let all = try Lifecycle.steps(name)
            // At every moment of the call, not only after it: nothing may depend on the last event to be right.
            let moments = [all.last?.at, all.randomElement(using: &random)?.at].compactMap { $0 }
            for moment in moments {
                let steps = all.filter { $0.at <= moment }
                var expected = Story()
                for step in steps { expected.apply(step.notification) }

                let repeated = steps.filter { _ in Bool.random(using: &random) }
                var story = Story()
                for step in (steps + repeated).shuffled(using: &random) { story.apply(step.notification) }
                let differences = Visible(story.facts).differences(from: Visible(expected.facts))
                #expect(differences == [], "seed \(seed), \(name) until \(moment)")
            }
        }
    }

    @Test("a stored agent comes back as it was, at every step, and is small")
    func coding() throws {
        var story = Story()
        for step in try Lifecycle.steps("lifecycle.inbound-acd-call") {
            story.apply(step.notification)
            let data = try JSONEncoder().encode(story.facts)
            #expect(try JSONDecoder().decode(AgentFacts.self, from: data) == story.facts)
            #expect(data.count < 2500)
        }
        let sizes = try JSONEncoder().encode(try #require(story.call)).count
        #expect(sizes < 900)
    }
}
