// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Testing

/// `v2.detail.events.agent.{id}.state`, beside the snapshots.
@Suite("States of a session")
struct SessionStateTests {
    @Test("a hold that no snapshot has shown yet counts, and the snapshot after it knows better")
    func hold() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 100)
        story.apply(.session("HOLD", since: 150), at: 150)
        #expect(story.call?.held == true && story.call?.heldSince == at(150))
        story.apply(.snapshot(.mock("p1", .mock())), at: 140)
        #expect(story.call?.held == true, "the snapshot was made before")
        story.apply(.snapshot(.mock("p1", .mock())), at: 200)
        #expect(story.call?.held == false)
        story.apply(.session("HOLD", since: 150), at: 150)
        #expect(story.call?.held == false, "told again")
    }

    @Test("of two states the later one counts, whichever comes last")
    func order() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 100)
        story.apply(.session("INTERACT", since: 170), at: 170)
        story.apply(.session("HOLD", since: 150), at: 150)
        #expect(story.call?.held == false)
    }

    @Test("it is known before the first snapshot, and when the communication's id is told")
    func beforeSnapshot() {
        var story = Story()
        story.apply(.session("HOLD", since: 150), at: 150)
        story.apply(.snapshot(.mock("p1", .mock("p1")), single: true), at: 100)
        #expect(story.call?.held == false, "the one-media form does not say which communication it is")
        story.apply(.snapshot(.mock("p1", .mock("c1"))), at: 100)
        #expect(story.call?.held == true)
    }

    @Test("an answer is one before the snapshot shows it")
    func answer() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock("c1", "alerting"))), at: 100)
        story.apply(.session("INTERACT", since: 150), at: 150)
        #expect(story.call?.state == "connected" && story.call?.connectedAt == at(150))
    }

    @Test("wrap-up ends the call and begins the work; the end of the session ends both")
    func wrapup() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 100)
        story.apply(.session("WRAPUP", since: 150), at: 150)
        #expect(story.call?.isEnded == true && story.call?.endedAt == at(150))
        #expect(story.call?.afterCallWork == "pending" && story.call?.afterCallWorkSince == at(150))
        story.apply(.session("TERMINATED", since: 190), at: 190)
        #expect(story.call?.isLive == false && story.call?.afterCallWork == "complete")
        story.apply(.snapshot(.mock("p1", .mock())), at: 300)
        #expect(story.call?.isLive == false, "an end is never undone")
    }

    @Test("a session that ended without work has none")
    func withoutWork() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 100)
        story.apply(.session("TERMINATED", since: 150), at: 150)
        #expect(story.call?.isLive == false && story.call?.afterCallWork == nil)
    }

    @Test(
        "a supervisor's part may be told first here",
        arguments: [("MONITORING", ConversationRole.monitor), ("COACHING", .coach), ("BARGING", .barge)]
    )
    func roles(state: String, role: ConversationRole) {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 100)
        story.apply(.session(state, since: 150), at: 150)
        #expect(story.call?.role == role)
        story.apply(.snapshot(.mock("p1", .mock())), at: 200)
        #expect(story.call?.role == .agent)
    }

    @Test("any other state, known or not, changes nothing", arguments: ["PARKED", "SHARING", "UNKNOWN", "A_NEW_ONE"])
    func others(state: String) {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 100)
        #expect(story.apply(.session(state, since: 150), at: 150) == .unchanged)
        #expect(story.call?.state == "connected" && story.call?.held == false)
    }

    @Test("a wrap-up code names no agent: it is taken by whose participant it is, and does not end the work")
    func wrapupCode() {
        let pending = CommunicationSnapshot.mock("c1", "disconnected").with { $0.afterCallWork = "pending" }
        func choice(_ participant: String, _ code: String, _ time: Int64) -> GenesysEvent {
            .wrapup(WrapupChoice(.mock(participant, "c1"), wrapupCode: code, eventTime: at(time)))
        }
        var story = Story()
        story.apply(.snapshot(.mock("p1", pending)), at: 100)
        #expect(story.apply(choice("somebody", "x", 110), at: 110) == .unchanged)
        #expect(story.call?.wrapupCode == nil)
        story.apply(choice("p1", "second", 130), at: 130)
        story.apply(choice("p1", "first", 120), at: 120)
        #expect(story.call?.wrapupCode == "second" && story.call?.afterCallWork == "pending")
    }
}
