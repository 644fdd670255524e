// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Journal
import StatusRules
import Testing

@testable import Pipeline

@Suite("Conversations without news")
struct SilentConversationTests {
    @Test("a conversation without news is asked for, once and again after a minute")
    func conversationTimeout() async throws {
        try await withFolder { folder in
            let clock = ManualClock(Clockwork.start)
            let clockwork = try await Clockwork(folder, clock, Self.flagged, conversationTimeout: .seconds(600))
            try await clockwork.append(["a"], at: Clockwork.start) { Clockwork.call($0) }
            #expect(clockwork.asked == [])
            try await clockwork.pass(.seconds(600))
            try await eventually("asked") { clockwork.asked == ["c of a"] }
            try await clockwork.pass(.seconds(60))
            try await eventually("asked again") { clockwork.asked == ["c of a", "c of a"] }
            await clockwork.end()
        }
    }

    private static let flagged = """
        statuses: { Break: { presence: Break } }
        rules:
          - name: flagged
            when: { conversation: { attributes.wfm_status: Break } }
            then: { status: Break }
        """

    /// What comes of it when a flagged call that holds Break is asked for after ten minutes.
    private func whenAsked(_ goOn: (Clockwork, ManualClock) async throws -> Void) async throws {
        try await withFolder { folder in
            let clock = ManualClock(Clockwork.start)
            let relay = try await Clockwork(folder, clock, Self.flagged, conversationTimeout: .seconds(600))
            try await relay.append(["a"], at: Clockwork.start, Clockwork.presence)
            try await relay.append(["a"], at: Clockwork.start) { Clockwork.call($0, flag: "Break") }
            #expect(await relay.status("a") == "Break")
            try await relay.pass(.seconds(600))
            try await eventually("asked") { relay.asked == ["c of a"] }
            #expect(await relay.status("a") == "Break", "it stays while that is read")
            try await goOn(relay, clock)
            await relay.end()
        }
    }

    @Test("a conversation that is read as over lets go of what it held")
    func readAsOver() async throws {
        try await whenAsked { relay, clock in
            try await relay.append(["a"], at: clock.now, source: .observation) {
                Clockwork.call($0, state: "terminated")
            }
            #expect(await relay.status("a") == nil)
            // There is nothing left to be asked for.
            try await relay.pass(.seconds(600))
            #expect(relay.asked.count == 1)
        }
    }

    @Test("a conversation that is read as going on holds on, and is asked for when it is silent again")
    func readAsGoingOn() async throws {
        try await whenAsked { relay, clock in
            try await relay.append(["a"], at: clock.now, source: .observation) { Clockwork.call($0, flag: "Break") }
            try await relay.pass(.seconds(599))
            try await eventually("an alarm is set") { clock.sleepers > 0 }
            #expect(await relay.status("a") == "Break")
            #expect(relay.asked.count == 1)
            clock.advance(by: .seconds(1))
            try await eventually("asked again") { relay.asked.count == 2 }
            #expect(await relay.status("a") == "Break")
        }
    }

    @Test("a conversation that cannot be read is asked for again, and holds on for five minutes and no longer")
    func notRead() async throws {
        try await whenAsked { relay, clock in
            try await relay.becomes(nil, at: Clockwork.start.advanced(by: .seconds(900)))
            #expect(relay.asked.count == 3, "at once, after a minute, after two more")
        }
    }

    @Test(
        "what is decided by the number of conversations, or by one inside a group, stays while one is being read again",
        arguments: [
            "conversations: { attributes.wfm_status: Break, count: { atLeast: 2 } }",
            "any: [ { routingStatus: IDLE }, { conversation: { attributes.wfm_status: Break } } ]",
        ]
    )
    func byGroups(condition: String) throws {
        var desk = try Self.desk(condition)
        _ = desk.presence("available", .available)
        _ = desk.call("c1", flag: "Break")
        _ = desk.call("c2", flag: "Break")
        desk.deliver()
        desk.pass(.seconds(3600))
        let kept = desk.wake()
        #expect(kept.conversationReads == ["c1", "c2"])
        #expect(kept.command == nil, "\(kept.lines)")
        var answered = desk
        _ = answered.call("c1", flag: "Break", source: .observation)
        #expect(answered.call("c2", flag: "Break", source: .observation).command == nil)
        #expect(answered.record.episode != nil)
        // Without an answer not for ever.
        desk.pass(.seconds(300))
        #expect(desk.wake().wanted == "available")
    }

    @Test("nothing is decided by the absence of a conversation while that is being read again")
    func absence() throws {
        var desk = try Self.desk("none: [ { conversation: {} } ]")
        _ = desk.call("c")
        _ = desk.presence("available", .available)
        #expect(desk.record.episode == nil)
        desk.pass(.seconds(3600))
        let silent = desk.wake()
        #expect(silent.conversationReads == ["c"])
        #expect(silent.wanted == nil, "\(silent.lines)")
        #expect(silent.lines.first?.contains("read again") == true)
        var answered = desk
        #expect(answered.call("c", source: .observation).wanted == nil)
        var over = desk
        #expect(over.call("c", state: "terminated", source: .observation).wanted == "break")
        desk.pass(.seconds(300))
        #expect(desk.wake().wanted == "break", "it has to be decided without an answer then")
    }

    /// A rule for Break; conversations are trusted for an hour.
    private static func desk(_ condition: String) throws -> RuleDesk {
        try RuleDesk(
            """
              - name: rule
                when: { \(condition) }
                then: { status: Break }
            """,
            policy: EpisodePolicy(conversationTimeout: .seconds(3600))
        )
    }
}
