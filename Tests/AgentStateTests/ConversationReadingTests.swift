// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Testing

@Suite("What conversation facts mean")
struct ConversationReadingTests {
    private func facts(_ state: String, _ change: (inout ConversationFacts) -> Void = { _ in }) -> ConversationFacts {
        var facts = ConversationFacts(id: "c", media: .call, participantID: "p", communicationID: "k", state: state)
        change(&facts)
        return facts
    }

    @Test("an alert that nobody took is no call")
    func alert() {
        for state in ["alerting", "offering"] {
            #expect(facts(state).isAlerting && !facts(state).isAnswered && !facts(state).isInteraction)
        }
        #expect(!facts("connected").isAlerting && facts("connected").isAnswered)
        // Genesys may tell the time of the answer before the state.
        let answered = facts("alerting") { $0.connectedAt = at(1) }
        #expect(answered.isAnswered && !answered.isAlerting && answered.isInteraction)
        #expect(!facts("alerting") { $0.isEnded = true }.isAlerting)
    }

    @Test(
        "an interaction is answered or dialled, not over and not parked",
        arguments: [
            ("connected", true), ("dialing", true), ("contacting", true), ("alerting", false), ("scheduled", false),
            ("none", false), ("parked", false), ("a new word", false),
        ]
    )
    func interaction(state: String, expected: Bool) {
        #expect(facts(state).isInteraction == expected)
        #expect(!facts(state) { $0.isEnded = true }.isInteraction)
    }

    @Test("after-call work has a time only where something other than the agent ends it")
    func workUntil() {
        func until(_ prompt: String?, _ timeout: Int?) -> Timestamp? {
            facts("disconnected") {
                $0.afterCallWorkSince = at(1000)
                $0.wrapupPrompt = prompt
                $0.wrapupTimeoutMs = timeout
            }.afterCallWorkUntil
        }
        for prompt in ["timeout", "forcedTimeout", "agentRequested", nil] {
            #expect(until(prompt, 5000) == at(6000))
            #expect(until(prompt, nil) == nil)
        }
        for prompt in ["mandatory", "optional"] { #expect(until(prompt, 5000) == nil) }
    }

    @Test("news are as old as the event that brought them, however late it comes")
    func heardAt() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock())), at: 500)
        #expect(story.call?.heardAt == at(500))
        story.apply(.wrote(["a": "1"], at: 600), at: 600)
        #expect(story.call?.heardAt == at(1_000_002), "what single events tell counts when it comes")
    }
}
