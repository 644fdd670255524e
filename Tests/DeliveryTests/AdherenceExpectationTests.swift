// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysAPI
import GenesysEvents
import Testing

@Suite("AdherenceExpectation")
struct AdherenceExpectationTests {
    @Test(
        "a system presence counts as its default category",
        arguments: [
            ("Available", "OffQueueWork"), ("Away", "Unavailable"), ("Break", "Break"), ("Busy", "OffQueueWork"),
            ("Meal", "Meal"), ("Meeting", "Meeting"), ("Idle", "Unavailable"), ("Offline", "Unavailable"),
            ("On Queue", "OnQueueWork"), ("Training", "Training"),
        ]
    )
    func table(system: String, category: String) {
        let target = PresenceTarget(definitionID: "x", system: SystemPresence(system))
        #expect(AdherenceExpectation(target: target, codes: [], definition: { _ in nil }).category == category)
    }

    @Test("a code that lists the definition wins over its system presence")
    func code() {
        let expectation = AdherenceExpectation.of("coaching")
        #expect(expectation.category == "Training")
        #expect(expectation.code?.name == "Coaching")
        #expect(!expectation.isUnmapped)
        #expect(AdherenceExpectation.of("COACHING").category == "Training")
    }

    @Test("an inactive code does not count: the secondary presence is unmapped")
    func inactive() {
        let expectation = AdherenceExpectation.of("huddle")
        #expect(expectation.category == "Meeting")
        #expect(expectation.isUnmapped)
        #expect(expectation.isCertain)
    }

    @Test("without the codes, what a secondary presence counts as is not certain")
    func noCodes() {
        #expect(!AdherenceExpectation.of("huddle", codes: nil).isCertain)
        #expect(!AdherenceExpectation.of("huddle", codes: nil).isUnmapped)
        #expect(AdherenceExpectation.of("break", codes: nil).isCertain)
    }

    @Test("of an unknown definition, or an unknown system presence, nothing is expected")
    func unknown() {
        #expect(AdherenceExpectation.of("gone").category == nil)
        let target = PresenceTarget(definitionID: "x", system: SystemPresence("Siesta"))
        #expect(AdherenceExpectation(target: target, codes: [], definition: { _ in nil }).category == nil)
    }
}
