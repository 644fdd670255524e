// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Testing

@Suite("ConversationFacts")
struct ConversationFactsTests {
    private var ended: CommunicationSnapshot {
        CommunicationSnapshot.mock("c1", "disconnected").with {
            $0.disconnectType = "client"
            $0.disconnectedTime = at(500)
        }
    }

    // MARK: - Order

    @Test("an older snapshot never overwrites a newer one")
    func older() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 200)
        #expect(
            story.apply(.snapshot(.mock("p1", .mock().with { $0.muted = true })), at: 100)
                == .stale("older than the snapshot known of conversation \(theCall)")
        )
        #expect(story.call?.state == "connected" && story.call?.muted == false)
    }

    @Test("the envelope's time comes before the times in the body")
    func envelopeFirst() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock().with { $0.connectedTime = at(100) })), at: 200)
        let other = CommunicationSnapshot.mock().with {
            $0.connectedTime = at(50)
            $0.muted = true
        }
        story.apply(.snapshot(.mock("p1", other)), at: 300)
        #expect(story.call?.muted == true)
        story.apply(.snapshot(.mock("p1", other.with { $0.muted = false })), at: 250)
        #expect(story.call?.muted == true)
    }

    @Test("bare snapshots are ordered by the times in them")
    func bodyTimes() {
        func connected(_ id: String) -> CommunicationSnapshot { .mock(id).with { $0.connectedTime = at(100) } }
        var story = Story()
        story.apply(.snapshot(.mock("p1", connected("c1"))))
        let alerting = CommunicationSnapshot.mock("c1", "alerting")
        let queue = ParticipantSnapshot(
            id: "acd",
            purpose: "acd",
            communications: [.mock("q").with { $0.connectedTime = at(50) }]
        )
        #expect(story.apply(.snapshot(queue, .mock("p1", alerting))) != .unchanged)
        #expect(story.call?.state == "connected")
        story.apply(.snapshot(.mock("p1", connected("c1").with { $0.muted = true })))
        #expect(story.call?.muted == true, "with equal times the one that arrives later wins")
    }

    @Test("a hold that was seen to end does not come back with a late bare snapshot")
    func hold() {
        let held = CommunicationSnapshot.mock().with {
            $0.held = true
            $0.startHoldTime = at(100)
        }
        var story = Story()
        story.apply(.snapshot(.mock("p1", held)))
        #expect(story.call?.held == true)
        story.apply(.snapshot(.mock("p1", .mock())))
        #expect(story.call?.held == false, "the end of a hold has no time of its own")
        story.apply(.snapshot(.mock("p1", held)))
        #expect(story.call?.held == false)
        story.apply(.snapshot(.mock("p1", held.with { $0.startHoldTime = at(200) })))
        #expect(story.call?.held == true, "the next hold is another one")
    }

    // MARK: - Ends

    @Test("an ended call never comes back to life")
    func sticky() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 100)
        story.apply(.snapshot(.mock("p1", ended)), at: 200)
        story.apply(.snapshot(.mock("p1", .mock())), at: 300)
        #expect(story.call?.isEnded == true && story.call?.state == "disconnected")
    }

    @Test("after-call work is still known after a reordered snapshot showed the call alive")
    func stickyWork() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", ended.with { $0.afterCallWork = "pending" })), at: 200)
        #expect(story.apply(.snapshot(.mock("p1", .mock())), at: 300) == .unchanged)
        #expect(story.call?.afterCallWork == "pending" && story.call?.endedAt == at(500))
    }

    @Test("an end that only an older snapshot tells of counts as well")
    func lateEnd() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 300)
        let pending = ended.with { $0.afterCallWork = "pending" }
        guard case .changed = story.apply(.snapshot(.mock("p1", pending)), at: 200) else {
            return #expect(Bool(false), "not taken")
        }
        #expect(story.call?.isEnded == true && story.call?.isLive == true)
    }

    @Test(
        "any sign of an end is one",
        arguments: [
            { $0.state = "terminated" }, { $0.disconnectType = "peer" }, { $0.disconnectedTime = at(1) },
        ] as [@Sendable (inout CommunicationSnapshot) -> Void]
    )
    func signs(sign: @Sendable (inout CommunicationSnapshot) -> Void) {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock().with { $0.held = true }.with(sign))), at: 1)
        #expect(story.call?.isEnded == true && story.call?.state != "connected" && story.call?.held == false)
        var other = Story()
        other.apply(.snapshot(.mock("p1", .mock()).with { $0.endTime = at(7) }), at: 1)
        #expect(other.call?.isEnded == true && other.call?.endedAt == at(7), "the participant has left")
    }

    @Test("a new alert to the same agent is current, the ended one is not")
    func newAlert() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", ended)), at: 100)
        let outcome = story.apply(.snapshot(.mock("p1", ended), .mock("p2", .mock("c2", "alerting"))), at: 200)
        #expect(
            outcome
                == .changed([
                    FactChange(
                        path: "conversation",
                        old: "disconnected",
                        new: "alerting",
                        conversationID: theCall
                    ),
                    FactChange(
                        path: "conversation.state",
                        old: "disconnected",
                        new: "alerting",
                        conversationID: theCall
                    ),
                ])
        )
        #expect(story.call?.participantID == "p2" && story.facts.conversations.count == 1)
        // The first participant comes as if alive once more; the second is still the one.
        story.apply(.snapshot(.mock("p1", .mock()), .mock("p2", .mock("c2", "alerting"))), at: 300)
        #expect(story.call?.communicationID == "c2")
    }

    @Test("after-call work of one alert outlives a later one that was declined")
    func workBeforeDeclined() {
        let pending = ended.with { $0.afterCallWork = "pending" }
        let declined = CommunicationSnapshot.mock("c2", "disconnected").with { $0.disconnectedTime = at(900) }
        var story = Story()
        story.apply(.snapshot(.mock("p1", pending), .mock("p2", declined)), at: 1000)
        #expect(story.call?.communicationID == "c1" && story.call?.isLive == true)
    }

    // MARK: - Media

    @Test("a one-media snapshot does not end the other media")
    func singleMedia() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock(), .mock("c2", "connected", media: .screenshare))), at: 100)
        #expect(story.facts.conversations.map(\.media) == [.call, .screenshare])
        story.apply(.snapshot(.mock("p1", .mock("p1", "disconnected")), single: true), at: 200)
        #expect(story.facts.conversations.map(\.isEnded) == [true, false])
        #expect(story.call?.communicationID == "c1", "the real id stays")
        story.apply(.snapshot(.mock("p1", .mock(), .mock("c2", "connected", media: .screenshare))), at: 300)
        #expect(story.facts.conversations.map(\.isEnded) == [true, false], "ended in one form is ended in the other")
    }

    @Test("a communication first seen in the one-media form gets its own id from the full one")
    func identity() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock("p1")), single: true), at: 100)
        #expect(story.call?.communicationID == "p1")
        #expect(story.apply(.snapshot(.mock("p1", .mock("c1"))), at: 200) == .unchanged)
        #expect(story.call?.communicationID == "c1")
    }

    // MARK: - Attributes

    @Test("a later attributes event is not undone by an older snapshot, nor the other way round")
    func attributes() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", attributes: ["a": "1", "b": "1"], .mock())), at: 100)
        story.apply(.wrote(["a": "2"], at: 300), at: 310)
        story.apply(.snapshot(.mock("p1", attributes: ["a": "1", "b": "2"], .mock())), at: 200)
        #expect(story.call?.attributes == ["a": "2", "b": "2"], "absent keys are kept, each key has its own time")
        // Detail events may be late: what counts is when the attribute was written.
        #expect(story.apply(.wrote(["b": "0"], at: 150), at: 400) == .stale("attributes older than those known"))
        story.apply(.snapshot(.mock("p1", attributes: ["a": "3"], .mock())), at: 500)
        #expect(story.call?.attributes == ["a": "3", "b": "2"])
        #expect(
            story.apply(.wrote(["a": "4"], at: 600), at: 600)
                == .changed([
                    FactChange(path: "conversation.attributes.a", old: "3", new: "4", conversationID: theCall)
                ])
        )
    }

    @Test("a new participant does not inherit the attributes of the one before")
    func attributesOfParticipants() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", attributes: ["a": "1"], ended)), at: 100)
        story.apply(.snapshot(.mock("p1", attributes: ["a": "1"], ended), .mock("p2", .mock("c2"))), at: 200)
        #expect(story.call?.attributes == [:])
        #expect(story.apply(.wrote(["a": "9"], to: "p1", at: 300), at: 300) == .unchanged)
        #expect(story.call?.attributes == [:])
    }

    @Test("customer attributes come from all customers, and from events about them")
    func customers() {
        var story = Story()
        let participants: [ParticipantSnapshot] = [
            .customer("k1", attributes: ["tier": "gold", "x": "1"]),
            .customer("k2", attributes: ["x": "2"]).with { $0.purpose = "external" },
        ]
        story.apply(.snapshot(participants[0], participants[1], .mock("p1", .mock())), at: 100)
        #expect(story.call?.customerAttributes == ["tier": "gold", "x": "2"])
        story.apply(.wrote(["tier": "black"], to: "k1", at: 200), at: 200)
        #expect(story.call?.customerAttributes == ["tier": "black", "x": "2"])
        #expect(story.call?.attributes == [:])
    }

    // MARK: - Detail events

    @Test("a session end ends its own communication only")
    func userEnd() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", ended), .mock("p2", .mock("c2", "alerting"))), at: 100)
        #expect(story.apply(.ended("p1", "c1")) == .unchanged)
        #expect(story.call?.isEnded == false)
        story.apply(.ended("p2", "c2", at: 600))
        #expect(story.call?.isEnded == true && story.call?.endedAt == at(600))
        #expect(story.apply(.ended("p2", "c2", at: 600)) == .unchanged)
    }

    @Test("when one of two living communications ends, the other is current")
    func standby() {
        var story = Story()
        let first = CommunicationSnapshot.mock("c1").with { $0.connectedTime = at(10) }
        let second = CommunicationSnapshot.mock("c2").with { $0.connectedTime = at(20) }
        story.apply(.snapshot(.mock("p1", first), .mock("p2", second)), at: 100)
        #expect(story.call?.communicationID == "c2")
        story.apply(.wrote(["a": "1"], to: "p1", at: 150), at: 150)
        story.apply(.ended("p2", "c2"))
        #expect(story.call?.communicationID == "c1" && story.call?.isEnded == false)
        #expect(story.call?.attributes == ["a": "1"])
        story.apply(.ended("p1", "c1"))
        #expect(story.call?.isEnded == true)
    }

    @Test("an end that arrives before the first snapshot still counts")
    func endFirst() {
        var story = Story()
        #expect(story.apply(.ended("p1", "c1", at: 500)) == .unchanged)
        story.apply(.workEnded("p1", "c1", code: "w"))
        story.apply(.snapshot(.mock("p1", .mock())), at: 100)
        #expect(story.call?.isEnded == true && story.call?.afterCallWork == "complete")
        #expect(story.call?.wrapupCode == "w")
    }

    @Test("after-call work that is complete is never pending again")
    func workEnd() {
        let pending = ended.with { $0.afterCallWork = "pending" }
        var story = Story()
        story.apply(.snapshot(.mock("p1", pending)), at: 100)
        #expect(
            story.apply(.workEnded("p1", "c1", code: "w"), at: 90)
                == .changed([
                    FactChange(
                        path: "conversation.afterCallWork",
                        old: "pending",
                        new: "complete",
                        conversationID: theCall
                    ),
                    FactChange(path: "conversation.wrapupCode", old: nil, new: "w", conversationID: theCall),
                ])
        )
        story.apply(.snapshot(.mock("p1", pending)), at: 200)
        #expect(story.call?.isLive == false && story.call?.afterCallWork == "complete")
    }

    // MARK: - Summary

    @Test("a summary that counts nothing ends what no newer snapshot shows")
    func summary() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 100)
        #expect(story.apply(.summary(call: 0), at: 50) == .stale("the summary is older than the snapshot known"))
        #expect(story.apply(.summary(call: 1), at: 150) == .unchanged)
        #expect(story.call?.isLive == true)
        story.apply(.summary(call: 0), at: 200)
        #expect(story.call?.isLive == false && story.call?.state == "disconnected")
        story.apply(.snapshot(.mock("p1", .mock())), at: 150)
        #expect(story.call?.isLive == false, "a snapshot from before the summary")
        story.apply(.snapshot(.mock("p1", .mock())), at: 250)
        #expect(story.call?.isLive == true, "a summary is no proof against a newer snapshot")
    }

    @Test("a summary does not end what only rings, and ends after-call work when it counts none")
    func summaryStates() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock("c1", "alerting"))), at: 100)
        story.apply(.summary(call: 0), at: 200)
        #expect(story.call?.state == "alerting" && story.call?.isLive == true)
        story.apply(.snapshot(.mock("p1", ended.with { $0.afterCallWork = "pending" })), at: 300)
        story.apply(.summary(call: 0, acw: 1), at: 400)
        #expect(story.call?.isLive == true)
        story.apply(.summary(call: 0))
        #expect(story.call?.isLive == false, "a bare one counts by its arrival")
    }

    @Test("a summary without both counts says nothing")
    func partialSummary() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 100)
        let summary = ConversationSummary(contactCenter: ["call": .init(active: 0, acw: 0)])
        #expect(story.apply(.conversationSummary(userID: agent, summary), at: 200) == .unchanged)
        #expect(story.call?.isLive == true)
    }
}
