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
}

private func resync(_ seen: Seen) -> Resync {
    let now = Timestamp(milliseconds: 1000)
    return Resync(
        gate: CallGate(budget: RequestBudget(requestsPerMinute: 300), now: { now }),
        effects: Resync.Effects(
            presence: { id throws(GenesysAPIError) in
                guard id != "gone" else { throw GenesysAPIError(.notFound, status: 404, message: "no such user") }
                return UserPresence(
                    userID: id,
                    definitionID: "d",
                    system: .onQueue,
                    message: "",
                    modifiedAt: Timestamp(milliseconds: 500)
                )
            },
            routingStatus: { _ throws(GenesysAPIError) in RoutingStatusObservation(status: "IDLE", startTime: nil) },
            apply: { entries throws(JournalError) in
                seen.entries.withLock { $0 += entries }
                if let id = entries.first?.agentID, id == "moved" { seen.fingerprints.withLock { $0[id] = 1 } }
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
}
