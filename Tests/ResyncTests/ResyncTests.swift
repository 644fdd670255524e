// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Journal
import Logging
import Resync
import Synchronization
import Testing

/// What a resync journalled, and the fingerprints it sees.
private final class Seen: Sendable {
    let entries = Mutex<[JournalEntry]>([])
    let fingerprints = Mutex<[String: Int]>([:])
    let batches = Mutex<[Int]>([])
    let single = Mutex<[String]>([])
}

private func resync(_ seen: Seen, failure: GenesysAPIError? = nil) -> Resync {
    let now = Timestamp(milliseconds: 1000)
    return Resync(
        gate: CallGate(CallSchedule(budgets: [RequestBudget(requestsPerMinute: 300)]), now: { now }),
        effects: Resync.Effects(
            // "partly" comes without its expansions, and "gone" not at all.
            states: { _, ids throws(GenesysAPIError) in
                seen.batches.withLock { $0.append(ids.count) }
                if let failure { throw failure }
                return ids.filter { $0 != "gone" }.map { id in
                    guard id != "partly" else { return UserState(userID: id) }
                    let presence = UserPresence(
                        userID: id,
                        definitionID: "d",
                        system: .onQueue,
                        message: "",
                        modifiedAt: Timestamp(milliseconds: 500)
                    )
                    let routing = RoutingStatusObservation(status: "IDLE", startTime: nil)
                    return UserState(userID: id, presence: presence, routingStatus: routing)
                }
            },
            presence: { _, id throws(GenesysAPIError) in
                seen.single.withLock { $0.append(id) }
                guard id != "gone" else { throw GenesysAPIError(.notFound, status: 404, message: "no such user") }
                return UserPresence(
                    userID: id,
                    definitionID: "d",
                    system: .onQueue,
                    message: "",
                    modifiedAt: Timestamp(milliseconds: 500)
                )
            },
            routingStatus: { _, _ throws(GenesysAPIError) in RoutingStatusObservation(status: "IDLE", startTime: nil) },
            apply: { entries throws(JournalError) in
                seen.entries.withLock { $0 += entries }
                if entries.contains(where: { $0.agentID == "moved" }) { seen.fingerprints.withLock { $0["moved"] = 1 } }
            },
            fingerprint: { id in seen.fingerprints.withLock { $0[id] ?? 0 } },
            now: { now }
        ),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
}

@Suite("Resync")
struct ResyncTests {
    @Test("each agent's presence and routing status are journalled as notifications, and the job counts them")
    func job() async throws {
        let seen = Seen()
        let resync = resync(seen)
        let started = await resync.start(agentIDs: ["same", "moved", "gone"])
        #expect(started.total == 3)
        let end = ContinuousClock.now + .seconds(10)
        while await resync.job(started.id)?.state == .running, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(2))
        }
        let job = try #require(await resync.job(started.id))
        #expect(job.state == .done)
        #expect(job.done == 3)
        #expect(job.changed == 1)
        #expect(job.failed == 1)
        #expect(job.finishedAt != nil)
        let entries = seen.entries.withLock { $0 }
        #expect(entries.count == 4)
        var decoder = NotificationDecoder()
        let decoded = try entries.filter { $0.agentID == "moved" }.flatMap { try decoder.decode($0.body) }
        guard case .presence("moved", let presence) = decoded.first?.notification.event else {
            Issue.record("no presence notification")
            return
        }
        #expect(presence.system == .onQueue)
        #expect(presence.modifiedAt == Timestamp(milliseconds: 500))
        guard case .routingStatus("moved", let routing) = decoded.last?.notification.event else {
            Issue.record("no routing status notification")
            return
        }
        #expect(routing.status == "IDLE")
    }

    @Test("a resync that reads nobody has failed")
    func allFailed() async throws {
        let resync = resync(Seen())
        let started = await resync.start(agentIDs: ["gone"])
        let end = ContinuousClock.now + .seconds(10)
        while await resync.job(started.id)?.state == .running, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(await resync.job(started.id)?.state == .failed)
    }

    @Test("a hundred agents are one call; who is left out of it, or comes incomplete, is read alone")
    func batches() async throws {
        let seen = Seen()
        let resync = resync(seen)
        let started = await resync.start(agentIDs: (1...248).map { "agent-\($0)" } + ["partly", "gone"])
        let end = ContinuousClock.now + .seconds(10)
        while await resync.job(started.id)?.state == .running, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(2))
        }
        let job = try #require(await resync.job(started.id))
        #expect(job.done == 250)
        #expect(job.failed == 1)
        #expect(seen.batches.withLock { $0.sorted() } == [50, 100, 100])
        #expect(seen.single.withLock { $0.sorted() } == ["gone", "partly"])
    }

    @Test(
        "what refuses everybody is not asked for each agent again, what may be one agent's fault is",
        arguments: [(GenesysAPIError.Code.unauthorized, 0), (.badRequest, 100)]
    )
    func togetherFailed(code: GenesysAPIError.Code, single: Int) async throws {
        let seen = Seen()
        let resync = resync(seen, failure: GenesysAPIError(code, message: "no", isWrite: false))
        let started = await resync.start(agentIDs: (1...100).map { "agent-\($0)" })
        let end = ContinuousClock.now + .seconds(10)
        while await resync.job(started.id)?.state == .running, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(seen.single.withLock { $0.count } == single)
        #expect(await resync.job(started.id)?.state == (single == 0 ? .failed : .done))
    }
}
