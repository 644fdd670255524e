// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import AgentState

@Suite("Shared texts")
struct SharedTextsTests {
    /// Where the text's bytes are.
    private func address(_ text: String) -> UInt {
        var text = text
        return text.withUTF8 { UInt(bitPattern: $0.baseAddress) }
    }

    /// A new text each time, in memory of its own.
    private func definition() -> String {
        String(decoding: Array("227b37e2-f1d0-4dd0-8f50-badd7cf6d158".utf8), as: UTF8.self)
    }

    private func facts(_ id: String) -> AgentFacts {
        var seen = PresenceObservation()
        seen.definitionID = definition()
        var facts = AgentFacts(id: id)
        let moment = Timestamp(milliseconds: 1_000)
        _ = facts.apply(
            Notification(topicName: "t", timestamp: moment, event: .presence(userID: id, seen)),
            receivedAt: moment
        )
        return facts
    }

    @Test("agents with the same presence share its text, and nothing else of them changes")
    func shared() throws {
        var texts = SharedTexts()
        let (one, other) = (facts("one"), facts("other"))
        var (first, second) = (one, other)
        first.share(&texts, replacing: nil)
        second.share(&texts, replacing: nil)
        #expect(first == one)
        #expect(second == other)
        let (a, b) = (try #require(first.presence?.definitionID), try #require(second.presence?.definitionID))
        #expect(address(a) == address(b))
        #expect(
            address(try #require(one.presence?.definitionID)) != address(try #require(other.presence?.definitionID))
        )
    }

    @Test("facts that have not changed keep the memory that they had")
    func kept() throws {
        var texts = SharedTexts()
        var old = facts("one")
        old.share(&texts, replacing: nil)
        texts = SharedTexts()
        var new = facts("one")
        new.share(&texts, replacing: old)
        #expect(address(try #require(old.presence?.definitionID)) == address(try #require(new.presence?.definitionID)))
    }
}
