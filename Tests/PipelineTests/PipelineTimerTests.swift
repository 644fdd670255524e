// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Journal
import Testing

@testable import Pipeline

@Suite("Pipeline timers")
struct PipelineTimerTests {
    @Test("an agent is looked at when the time comes, although nothing is heard")
    func alarm() async throws {
        try await withFolder { folder in
            let clock = ManualClock(Clockwork.start)
            let clockwork = try await Clockwork(folder, clock, Clockwork.asleep)
            try await clockwork.append(["a"], at: Clockwork.start, Clockwork.presence)
            try await clockwork.append(["a"], at: Clockwork.start, Clockwork.notResponding)
            #expect(await clockwork.status("a") == nil)
            try await clockwork.pass(.seconds(299))
            try await eventually("an alarm is set") { clock.sleepers > 0 }
            #expect(await clockwork.status("a") == nil)
            clock.advance(by: .seconds(1))
            try await eventually("Break") { await clockwork.status("a") == "Break" }
            // Decided is not written yet.
            try await eventually("in the history") {
                let history = try? await clockwork.journal.history(agentID: "a", before: nil, limit: 10)
                return history?.contains { $0.summary == "rule 'asleep' wants Break" } == true
            }
            await clockwork.end()
            #expect(clock.sleepers == 0, "nobody is left to sleep")
        }
    }

    @Test("agents whose time comes together are all looked at")
    func manyAtOnce() async throws {
        try await withFolder { folder in
            let clock = ManualClock(Clockwork.start)
            let clockwork = try await Clockwork(folder, clock, Clockwork.asleep)
            let agents = (0..<1500).map { "agent-\($0)" }
            try await clockwork.append(agents, at: Clockwork.start, Clockwork.presence)
            try await clockwork.append(agents, at: Clockwork.start, Clockwork.notResponding)
            try await clockwork.pass(.seconds(300))
            for agent in agents {
                try await eventually("Break of \(agent)") { await clockwork.status(agent) == "Break" }
            }
            await clockwork.end()
        }
    }

    @Test("a time that came while the relay was down is found after the Clockwork.start, and counts with its age")
    func restart() async throws {
        for (late, status) in [(Duration.seconds(60), "Break"), (.seconds(600), nil)] {
            try await withFolder { folder in
                let first = ManualClock(Clockwork.start)
                let before = try await Clockwork(folder, first, Clockwork.asleep)
                try await before.append(["a", "b"], at: Clockwork.start, Clockwork.presence)
                try await before.append(["a"], at: Clockwork.start, Clockwork.notResponding)
                await before.end()
                let second = ManualClock(Clockwork.start.advanced(by: .seconds(300) + late))
                let after = try await Clockwork(folder, second, Clockwork.asleep)
                try await eventually("looked at") {
                    guard let record = await after.pipeline.record(of: "a") else { return false }
                    return record.wakeAt == nil
                }
                #expect(await after.status("a") == status)
                await after.end()
            }
        }
    }

    @Test("ended calls leave the records after their time of grace, although nothing is heard")
    func forgetsEnded() async throws {
        try await withFolder { folder in
            let clock = ManualClock(Clockwork.start)
            let clockwork = try await Clockwork(folder, clock, Clockwork.asleep)
            try await clockwork.append(["a"], at: Clockwork.start) { Clockwork.call($0, state: "terminated") }
            #expect(await clockwork.pipeline.record(of: "a")?.facts.conversations.count == 1)
            try await clockwork.pass(.seconds(601))
            try await eventually("forgotten") {
                await clockwork.pipeline.record(of: "a")?.facts.conversations.isEmpty == true
            }
            await clockwork.end()
        }
    }
}
