// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Foundation
import GenesysEvents
import Journal
import Logging
import Pipeline
import Rehearsal

/// A journal, beside the relay that may be writing it.
struct JournalFile: ReplaySource {
    let journal: Journal
    private let url: String

    /// Opens it for reading.
    init(url: String) throws {
        self.url = url
        var configuration = Journal.Configuration()
        configuration.access = .readOnly
        do {
            journal = try Journal(url: url, configuration: configuration, logger: .ofCommand)
        } catch {
            throw ReplayFailure(message: "\(error.message) (--journal names another file)")
        }
    }

    func bounds() async throws -> ClosedRange<Timestamp> {
        let bounds = try await reading { try await journal.entryBounds() }
        guard let first = bounds.firstReceivedAt, let last = bounds.lastReceivedAt else {
            throw ReplayFailure(message: "the journal \(url) has no events")
        }
        // Requests overlap, so times may go back a little.
        return min(first, last)...max(first, last)
    }

    func memory(since: Timestamp) async throws -> ReplayMemory {
        try await reading {
            var memory = ReplayMemory()
            for line in try await journal.history(since: since, kinds: [.call, .guarded], OwnChanges.Line.init) {
                memory.ownChanges.note(line)
            }
            for try await stored in journal.agents {
                // One that cannot be read only knows less.
                guard let record = try? AgentRecord(stored: stored.state) else { continue }
                memory.ownChanges.note(record)
                if let target = record.wish?.target, let label = target.label {
                    memory.definitions[label] = target.definitionID
                }
            }
            return memory
        }
    }

    func replay(_ plans: (ReplayRun.Plan, ReplayRun.Plan), from start: Timestamp) async throws -> [ReplayPart] {
        try await reading {
            let first = try await journal.sequence(before: start)
            let last = try await journal.entryBounds().last
            async let other = part(1, plans.1, after: first, through: last, from: start)
            let one = try await part(0, plans.0, after: first, through: last, from: start)
            return [one, try await other]
        }
    }

    private func part(
        _ number: Int,
        _ plan: ReplayRun.Plan,
        after first: Int64,
        through last: Int64,
        from start: Timestamp
    ) async throws -> ReplayPart {
        try await journal.walk(after: first, through: last) { cursor in
            let run = ReplayRun(plan.part(number))
            var decoder = NotificationDecoder(isTrusted: true)
            // Entries without an agent may be about anybody; the first part counts them.
            while let record = try cursor.next(where: { $0.isEmpty || ReplayParts.part(of: $0) == number }) {
                let entry = record.entry
                guard entry.receivedAt >= start else { continue }
                guard let received = (try? decoder.decode(entry.body))?.first else {
                    if number == 0 || entry.agentID != nil { run.countUndecodable() }
                    continue
                }
                let event = RecordedEvent(received.notification, of: entry)
                run.take(event, isCounted: number == 0 || entry.agentID != nil)
            }
            return run.finish()
        }
    }

    func close() async { await journal.close() }

    /// Errors of the journal in the words of the command.
    func reading<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as JournalError {
            throw ReplayFailure(message: "the journal \(url) cannot be read: \(error.message)")
        }
    }
}
