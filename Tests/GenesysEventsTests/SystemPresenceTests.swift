// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Testing

@Suite("SystemPresence")
struct SystemPresenceTests {
    @Test(
        "every spelling of On Queue is one value",
        arguments: ["On Queue", "OnQueue", "ON_QUEUE", "on-queue", "onqueue", "ONQUEUE", " On  Queue ", "on_Queue"]
    )
    func spellings(spelling: String) {
        #expect(SystemPresence(spelling) == .onQueue)
        #expect(SystemPresence(spelling).name == "ON_QUEUE")
        #expect(Set([SystemPresence(spelling), .onQueue]).count == 1)
    }

    @Test("the ten known presences come from any case")
    func known() {
        #expect(SystemPresence.all.count == 10)
        for presence in SystemPresence.all {
            #expect(SystemPresence(presence.name.lowercased()) == presence)
            #expect(SystemPresence(presence.name.capitalized).name == presence.name)
            #expect(presence.isKnown)
        }
        #expect(SystemPresence("Break") == .break)
        #expect(SystemPresence.available != .away)
    }

    @Test(
        "an unknown presence is kept, in upper snake case",
        arguments: [
            ("Lunch Break", "LUNCH_BREAK"), ("LunchBreak", "LUNCH_BREAK"), ("lunch-break", "LUNCH_BREAK"),
            ("LUNCH_BREAK", "LUNCH_BREAK"), ("ACWLate", "ACW_LATE"), ("Shift2Late", "SHIFT2_LATE"),
            ("pausé", "PAUSÉ"), ("", ""), ("__", ""),
        ]
    )
    func unknown(spelling: String, name: String) {
        #expect(SystemPresence(spelling).name == name)
        #expect(!SystemPresence(spelling).isKnown)
    }

    @Test("two spellings of one unknown presence are equal even when only one shows its words")
    func unknownEquality() {
        #expect(SystemPresence("lunchbreak") == SystemPresence("Lunch Break"))
        #expect(Set([SystemPresence("lunchbreak"), SystemPresence("Lunch Break")]).count == 1)
        #expect(SystemPresence("lunch") != SystemPresence("Lunch Break"))
    }

    @Test("is coded as its name and read from any spelling")
    func coding() throws {
        let data = try JSONEncoder().encode([SystemPresence.onQueue])
        #expect(String(decoding: data, as: UTF8.self) == #"["ON_QUEUE"]"#)
        #expect(try JSONDecoder().decode([SystemPresence].self, from: Data(#"["On Queue"]"#.utf8)) == [.onQueue])
    }
}
