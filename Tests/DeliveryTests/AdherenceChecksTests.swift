// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysAPI
import GenesysEvents
import Testing

@Suite("AdherenceChecks")
struct AdherenceChecksTests {
    private static func lagging(_ ids: [String]) -> AdherenceWorld.Answer {
        .success(ids.map { .shows("OnQueueWork", of: $0, updatedAt: AdherenceVector.old) })
    }

    @Test("an event before the deadline confirms without a read")
    func event() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        await checks.check()
        try await world.pass(.seconds(3))
        await checks.observe(UserAdherence.shows("OnQueueWork").observation, agentID: "a")
        #expect(await checks.outstanding == 1)
        await checks.observe(UserAdherence.shows("Break").observation, agentID: "a")
        #expect(await checks.outstanding == 0)
        let report = try #require(world.reports.first)
        #expect(report.agentID == "a")
        #expect(report.revision == 1)
        #expect(report.verdict.state == .confirmed)
        #expect(report.verdict.at == Timestamp.adherenceConfirmed.advanced(by: .seconds(3)))
        // Somebody else's deadline, later: the alarm of the one who is done means nothing any more.
        await checks.check("b")
        try await world.pass(.seconds(8))
        try await world.until("b is read") { world.reports.count == 2 }
        #expect(world.reads == [["b"]])
        await checks.stop()
    }

    @Test("without an event it is read after `within`, confirmed, and journalled")
    func read() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        await checks.check()
        try await world.pass(.milliseconds(9999))
        #expect(world.reads.isEmpty)
        try await world.pass(.milliseconds(1))
        try await world.until("observed") { world.observed.count == 1 }
        #expect(world.reports.map(\.verdict.state) == [.confirmed])
        #expect(world.codeReads == 0)
        await checks.stop()
    }

    @Test("250 agents that are due at once take three reads, and those due in the next second go along")
    func batches() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        for index in 0..<249 { await checks.check("agent-\(index)") }
        await checks.check(
            AdherenceCheck(
                revision: 1,
                target: PresenceTarget(definitionID: "break"),
                confirmedAt: Timestamp.adherenceConfirmed.advanced(by: .milliseconds(900))
            ),
            agentID: "a little later"
        )
        try await world.pass(.seconds(10))
        try await world.until("all are reported") { world.reports.count == 250 }
        #expect(world.reads.map(\.count).sorted() == [50, 100, 100])
        #expect(Set(world.reads.joined()).count == 250)
        #expect(await checks.outstanding == 0)
        await checks.stop()
    }

    @Test("agents that fall due while reads are under way gather for the next one")
    func gathers() async throws {
        let world = AdherenceWorld()
        var policy = AdherencePolicy()
        policy.maxReads = 1
        let checks = world.checks(policy)
        world.hold()
        await checks.check("first")
        try await world.pass(.seconds(10))
        try await world.until("the first read is under way") { world.held == 1 }
        for index in 0..<40 {
            await checks.check("agent-\(index)")
            world.clock.pass(.milliseconds(500))
        }
        world.release()
        try await world.until("all are reported") { world.reports.count == 41 }
        #expect(world.reads.map(\.count) == [1, 40])
        await checks.stop()
    }

    @Test("what is not as expected is read again, and after the last attempt the verdict says why")
    func attempts() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.answer { ids in .success(ids.map { .shows("Break", scheduled: "Meal", state: "OutOfAdherence", of: $0) })
        }
        await checks.check()
        for read in 1...3 {
            #expect(world.reports.isEmpty)
            try await world.pass(.seconds(10))
            try await world.until("read \(read)") { world.observed.count == read }
        }
        #expect(world.reports.map(\.verdict.reason) == [.schedule])
        #expect(world.sourceReads.isEmpty)
        #expect(await checks.outstanding == 0)
        await checks.stop()
    }

    @Test("WFM that follows late is confirmed by a later read")
    func late() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.answer { ids in Self.lagging(ids) }
        await checks.check()
        try await world.pass(.seconds(10))
        try await world.until("the first read") { world.observed.count == 1 }
        world.answer { ids in .success(ids.map { .shows("Break", of: $0) }) }
        try await world.pass(.seconds(10))
        try await world.until("confirmed") { world.reports.map(\.verdict.state) == [.confirmed] }
        await checks.stop()
    }

    @Test("a newer revision replaces an older one, and what was read for that one does not count")
    func replaced() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.hold()
        // Right for revision 3, but from before its write.
        world.answer { ids in .success(ids.map { .shows("Meeting", of: $0) }) }
        await checks.check(revision: 2)
        try await world.pass(.seconds(10))
        try await world.until("the read is under way") { world.held == 1 }
        world.answer { ids in Self.lagging(ids) }
        await checks.check("a", "meeting", revision: 3)
        await checks.check("a", "away", revision: 1)
        world.release()
        try await world.until("both reads are in") { world.observed.count == 2 }
        #expect(world.reports.isEmpty)
        #expect(await checks.outstanding == 1)
        world.answer { ids in .success(ids.map { .shows("Meeting", of: $0) }) }
        try await world.pass(.seconds(10))
        try await world.until("confirmed") { world.reports.count == 1 }
        #expect(world.reports.first?.revision == 3)
        #expect(world.reports.first?.verdict.state == .confirmed)
        await checks.stop()
    }

    @Test("an agent who is forgotten gets no verdict")
    func forgotten() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.hold()
        await checks.check("a")
        await checks.check("b")
        try await world.pass(.seconds(10))
        try await world.until("the read is under way") { world.held == 1 }
        await checks.forget(agentID: "a")
        world.release()
        try await world.until("b is confirmed") { await checks.outstanding == 0 }
        #expect(world.reports.map(\.agentID) == ["b"])
        await checks.stop()
    }

    @Test("after stop nothing is read or reported, and nobody waits for the clock")
    func stops() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.hold()
        await checks.check("a")
        try await world.pass(.seconds(10))
        try await world.until("the read is under way") { world.held == 1 }
        await checks.check("b")
        await checks.check("c", revision: 2)
        await checks.stop()
        world.release()
        try await world.until("nobody sleeps") { world.clock.sleeping == 0 }
        await checks.check("d")
        world.clock.pass(.seconds(60))
        #expect(await checks.outstanding == 0)
        #expect(world.reads.allSatisfy { !$0.contains("d") })
        #expect(world.reports.isEmpty)
        #expect(world.observed.isEmpty)
    }

    @Test("an agent whom the answer leaves out is not asked for again")
    func absent() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.answer { _ in .success([]) }
        await checks.check()
        try await world.pass(.seconds(10))
        try await world.until("reported") { world.reports.map(\.verdict.reason) == [.notInWorkforceManagement] }
        #expect(world.observed.isEmpty)
        await checks.stop()
    }
}
