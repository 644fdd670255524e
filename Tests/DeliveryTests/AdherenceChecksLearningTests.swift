// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysAPI
import GenesysEvents
import Testing

@Suite("AdherenceChecks, when calls fail or more has to be learnt")
struct AdherenceChecksLearningTests {
    @Test("a missing permission makes the batch unreadable at once, and is said once")
    func forbidden() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.answer { _ in .failure(GenesysAPIError(.forbidden, status: 403, message: "no")) }
        await checks.check("a")
        await checks.check("b")
        try await world.pass(.seconds(10))
        try await world.until("reported") { world.reports.count == 2 }
        await checks.check("c")
        try await world.until("reported") { world.reports.count == 3 }
        #expect(world.reports.allSatisfy { $0.verdict.state == .unknown && $0.verdict.reason == .unreadable })
        let message = try #require(world.reports.first?.verdict.message)
        #expect(message.contains("wfm:realtimeAdherence:view"))
        #expect(world.reports.first?.verdict.expected == "Break")
        try await world.until("logged") { !world.logs.isEmpty }
        #expect(world.logs.count == 1)
        await checks.stop()
    }

    @Test("Retry-After wins over the backoff, and no other read is made before")
    func retryAfter() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.answer { _ in
            .failure(GenesysAPIError(.rateLimited, status: 429, message: "slow", retryAfter: .seconds(42)))
        }
        await checks.check("a")
        try await world.pass(.seconds(10))
        try await world.until("refused") { world.reads.count == 1 }
        world.answer { ids in .success(ids.map { .shows("Break", of: $0) }) }
        try await world.until("a waits again") { world.clock.sleeping == 1 }
        // Long due, and still not read.
        await checks.check("b")
        world.clock.pass(.milliseconds(41_999))
        #expect(world.reads.count == 1)
        try await world.pass(.milliseconds(1))
        try await world.until("both are confirmed") { world.reports.count == 2 }
        #expect(world.reads.map { $0.sorted() } == [["a"], ["a", "b"]])
        #expect(world.logs.isEmpty)
        await checks.stop()
    }

    @Test("reads that go on failing are given up after a bounded number")
    func bounded() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.answer { _ in .failure(GenesysAPIError(.server, status: 503, message: "busy")) }
        await checks.check()
        try await world.pass(.seconds(10))
        for read in 1...4 {
            try await world.until("read \(read)") { world.reads.count == read }
            try await world.pass(.seconds(30))
        }
        try await world.until("given up") { world.reports.map(\.verdict.reason) == [.unreadable] }
        #expect(world.reads.count == 5)
        #expect(await checks.outstanding == 0)
        await checks.stop()
    }

    @Test("activity codes are read once for a business unit, for secondary presences only, and again after an hour")
    func codes() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.answer { ids in .success(ids.map { .shows("Training", of: $0) }) }
        await checks.check("a", "coaching")
        await checks.check("b", "coaching")
        try await world.pass(.seconds(10))
        try await world.until("confirmed") { world.reports.map(\.verdict.state) == [.confirmed, .confirmed] }
        #expect(world.codeReads == 1)
        #expect(world.reports.first?.verdict.expected == "Training")
        // What a read has told of the management unit is enough to judge an event.
        await checks.check("c", "coaching")
        await checks.observe(UserAdherence.shows("Training").observation, agentID: "c")
        try await world.until("confirmed") { world.reports.count == 3 }
        world.clock.pass(.seconds(3601))
        await checks.check("d", "coaching")
        try await world.until("read again") { world.codeReads == 2 }
        await checks.stop()
    }

    @Test("batches that need the same codes share one read of them")
    func sharedCodes() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        world.holdCodes()
        world.answer { ids in .success(ids.map { .shows("Training", of: $0) }) }
        for index in 0..<200 { await checks.check("agent-\(index)", "coaching") }
        try await world.pass(.seconds(10))
        try await world.until("both batches are read") { world.reads.count == 2 && world.held > 0 }
        // The reads are over when a third may begin.
        await checks.check("another", "break")
        try await world.until("a third read") { world.reads.count == 3 }
        world.release()
        try await world.until("both batches are judged") { world.reports.count == 200 }
        #expect(world.codeReads == 1)
        await checks.stop()
    }

    @Test("an event does not confirm a secondary presence whose code is not known")
    func uncertain() async throws {
        let world = AdherenceWorld()
        let checks = world.checks()
        await checks.check("a", "coaching")
        await checks.observe(UserAdherence.shows("Meeting").observation, agentID: "a")
        #expect(await checks.outstanding == 1)
        await checks.stop()
    }

    @Test(
        "without the codes the table holds, nothing is claimed that they may contradict, and they are asked for again"
    )
    func codesFail() async throws {
        let world = AdherenceWorld()
        let checks = world.checks(AdherencePolicy(attempts: 2))
        world.answer(codes: .failure(GenesysAPIError(.forbidden, status: 403, message: "no")))
        world.answer { ids in .success(ids.map { .shows("Training", of: $0) }) }
        await checks.check("a", "coaching")
        for read in 1...2 {
            try await world.pass(.seconds(10))
            try await world.until("read \(read)") { world.observed.count == read }
        }
        #expect(world.reports.map(\.verdict.reason) == [.unreadable])
        #expect(world.codeReads == 1)
        #expect(world.logs.count == 1)
        world.answer(codes: .success(ActivityCode.examples))
        world.clock.pass(.seconds(300))
        await checks.check("a", "coaching", revision: 2)
        try await world.until("confirmed") { world.reports.last?.verdict.state == .confirmed }
        #expect(world.codeReads == 2)
        await checks.stop()
    }

    @Test("the primary source is asked for once, when nothing else explains the difference")
    func source() async throws {
        let world = AdherenceWorld()
        let checks = world.checks(AdherencePolicy(attempts: 2))
        world.answer(source: .success("MICROSOFTTEAMS"))
        world.answer { ids in .success(ids.map { .shows("OnQueueWork", of: $0, updatedAt: AdherenceVector.old) }) }
        await checks.check()
        try await world.pass(.seconds(10))
        try await world.until("the first read") { world.observed.count == 1 }
        #expect(world.sourceReads.isEmpty)
        try await world.pass(.seconds(10))
        try await world.until("explained") { world.reports.map(\.verdict.reason) == [.primarySource] }
        await checks.check(revision: 2)
        try await world.until("the second is read at once") { world.observed.count == 3 }
        try await world.pass(.seconds(10))
        try await world.until("explained") { world.reports.count == 2 }
        #expect(world.reports.last?.verdict.reason == .primarySource)
        #expect(world.sourceReads == ["a"])
        await checks.stop()
    }

    @Test("a primary source that cannot be read leaves the verdict as it is")
    func sourceFails() async throws {
        let world = AdherenceWorld()
        let checks = world.checks(AdherencePolicy(attempts: 1))
        world.answer(source: .failure(GenesysAPIError(.forbidden, status: 403, message: "no")))
        world.answer { ids in .success(ids.map { .shows("Meal", of: $0) }) }
        await checks.check()
        try await world.pass(.seconds(10))
        try await world.until("reported") { world.reports.map(\.verdict.reason) == [.other] }
        #expect(world.sourceReads == ["a"])
        #expect(world.logs.count == 1)
        await checks.stop()
    }

    @Test("more agents than can be asked for their source get their verdict without it")
    func manySources() async throws {
        let world = AdherenceWorld()
        var policy = AdherencePolicy(attempts: 1)
        policy.maxSourceQueue = 0
        let checks = world.checks(policy)
        world.answer { ids in .success(ids.map { .shows("Meal", of: $0) }) }
        await checks.check()
        try await world.pass(.seconds(10))
        try await world.until("reported") { world.reports.map(\.verdict.reason) == [.other] }
        #expect(world.sourceReads.isEmpty)
        await checks.stop()
    }
}
