// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import StatusRules
import Testing

@Suite("Stored episodes")
struct EpisodeStorageTests {
    private func decode<Value: Decodable>(_ text: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }

    @Test("an episode that an earlier version has stored goes on")
    func earlierVersion() throws {
        let state: EpisodeState = try decode(
            """
            {"episode":{"rule":"flagged","status":"Break","conversationID":"c","release":"keep",
            "since":"2026-03-10T14:06:00.100Z","eventKey":"k","target":{"definitionID":"break","message":""},
            "base":{"saved":{"definitionID":"available"}},"hasWritten":true},
            "releasing":{"rule":"other","base":{"saved":{"definitionID":"meal"}}},
            "overruled":{"rule":"flagged","status":"Break"},"lastGuard":"offline"}
            """
        )
        #expect(state.episode?.behavior == RuleBehavior(release: .keep))
        #expect(state.episode?.order == 0)
        #expect(state.episode?.outlastsMatch == false)
        #expect(state.releasing?.base.saved.definitionID == "meal")
        #expect(state.armed == nil)
    }

    @Test("a behaviour is stored as the configuration writes it, without what is usual")
    func behavior() throws {
        var guards = RuleGuards()
        guards.onQueue = true
        guards.maxReleaseAge = .seconds(7200)
        let behavior = RuleBehavior(
            apply: .afterCallWork,
            release: .status("Available"),
            minimum: .seconds(120),
            cooldown: .milliseconds(1500),
            guards: guards
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(behavior), as: UTF8.self)
        #expect(
            text
                == #"{"apply":"afterCallWork","cooldown":"1500ms","guards":{"maxReleaseAge":"2h","onQueue":true},"#
                + #""minimum":"2m","release":"Available"}"#
        )
        #expect(try decode(text) == behavior)
        #expect(String(decoding: try encoder.encode(RuleBehavior()), as: UTF8.self) == "{}")
        #expect(throws: DecodingError.self) { try decode(#"{"minimum":"soon"}"#) as RuleBehavior }
    }
}
