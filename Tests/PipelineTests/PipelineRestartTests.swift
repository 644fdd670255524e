// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Journal
import Logging
import StatusRules
import Testing

@testable import Pipeline

@Suite("Pipeline over a restart")
struct PipelineRestartTests {
    /// What each flag asks for takes time in a way of its own.
    private static let lasting = """
        statuses: { Break: { presence: Break } }
        rules:
          - name: long
            when: { conversation: { attributes.wfm_status: Long }, for: 5m }
            then: { status: Break }
          - name: held
            when: { conversation: { attributes.wfm_status: Held } }
            then: { status: Break, minimum: 5m }
          - name: rested
            when: { conversation: { attributes.wfm_status: Rested } }
            then: { status: Break, cooldown: 5m }
          - name: later
            when: { conversation: { attributes.wfm_status: Later } }
            then: { status: Break, apply: afterInteraction }
        """

    /// Begins something, lets the relay be down for a minute and looks at what another one makes of it.
    private func overRestart(
        _ begin: (Clockwork, ManualClock) async throws -> Void,
        _ goOn: (Clockwork, ManualClock) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let clock = ManualClock(Clockwork.start)
            let before = try await Clockwork(folder, clock, Self.lasting)
            try await before.append(["a"], at: Clockwork.start, Clockwork.presence)
            try await begin(before, clock)
            await before.end()
            clock.advance(by: .seconds(60))
            let after = try await Clockwork(folder, clock, Self.lasting)
            try await goOn(after, clock)
            await after.end()
        }
    }

    @Test("a time of for: that had begun before a restart is reached when it would have been without it")
    func holdOverRestart() async throws {
        try await overRestart { relay, clock in
            // Genesys does not say since when a call is flagged: only the relay knows.
            try await relay.append(["a"], at: Clockwork.start) { Clockwork.call($0, flag: "Long") }
            try await relay.pass(.seconds(100))
            // The newest that is known of the agent is not what it counts from.
            try await relay.append(["a"], at: clock.now) { Clockwork.call($0, "d") }
        } _: { relay, clock in
            try await relay.becomes("Break", at: Clockwork.start.advanced(by: .seconds(300)))
        }
    }

    @Test("a minimum that had begun before a restart ends when it would have ended without it")
    func minimumOverRestart() async throws {
        try await overRestart { relay, clock in
            try await relay.append(["a"], at: Clockwork.start) { Clockwork.call($0, flag: "Held") }
            // Nothing is waited for while the rule matches.
            clock.advance(by: .seconds(100))
            try await relay.append(["a"], at: clock.now) { Clockwork.call($0, flag: "Held", state: "terminated") }
            #expect(await relay.status("a") == "Break")
        } _: { relay, clock in
            try await relay.becomes(nil, at: Clockwork.start.advanced(by: .seconds(300)))
        }
    }

    @Test("a rule that rested before a restart rests on, until its cooldown is over")
    func cooldownOverRestart() async throws {
        try await overRestart { relay, clock in
            try await relay.append(["a"], at: Clockwork.start) { Clockwork.call($0, flag: "Rested") }
            #expect(await relay.status("a") == "Break")
            try await relay.append(["a"], at: clock.now) { Clockwork.call($0, flag: "Rested", state: "terminated") }
            #expect(await relay.status("a") == nil)
        } _: { relay, clock in
            try await relay.append(["a"], at: clock.now) { Clockwork.call($0, "d", flag: "Rested") }
            try await relay.becomes("Break", at: Clockwork.start.advanced(by: .seconds(300)))
        }
    }

    @Test("a status that was armed before a restart comes at the end of the call", arguments: [false, true])
    func armedOverRestart(endsWhileDown: Bool) async throws {
        try await withFolder { folder in
            let clock = ManualClock(Clockwork.start)
            let before = try await Clockwork(folder, clock, Self.lasting)
            try await before.append(["a"], at: Clockwork.start, Clockwork.presence)
            try await before.append(["a"], at: Clockwork.start) { Clockwork.call($0, flag: "Later") }
            #expect(await before.pipeline.record(of: "a")?.episodes.armed?.status == "Break")
            #expect(await before.status("a") == nil)
            await before.end()
            clock.advance(by: .seconds(60))
            let ended = clock.now
            // Taken by the webhook, and not applied before the relay was gone.
            if endsWhileDown {
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let journal = try Journal(url: "sqlite:\(folder.path)/relay.db", logger: logger)
                let body = Clockwork.call("a", flag: "Later", state: "terminated")
                _ = try await journal.append([.heard(of: "a", at: ended, .webhook, body)])
                await journal.close()
            }
            let after = try await Clockwork(folder, clock, Self.lasting)
            if !endsWhileDown {
                try await after.append(["a"], at: ended) { Clockwork.call($0, flag: "Later", state: "terminated") }
            }
            try await eventually("Break") { await after.status("a") == "Break" }
            #expect(await after.pipeline.record(of: "a")?.episodes.armed == nil)
            await after.end()
        }
    }
}
