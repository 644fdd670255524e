// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Journal
import StatusRules

/// What others may see.
extension Pipeline {
    /// What is known, wanted and done of an agent; `nil` = never heard of.
    public func record(of agentID: String) -> AgentRecord? { records[agentID] }

    /// Records sorted by id, after an id.
    public func records(after: String?, limit: Int) -> [AgentRecord] { records.page(after: after, limit: limit) }

    /// Everyone who is known, in no order.
    public var agentIDs: [String] { Array(records.ids) }
    /// Hash of the rules in force.
    public var rulesVersion: String { engine.rules.version }

    /// Entries that are journalled and not yet applied.
    public var lag: Int64 { max(0, journal.lastSequence - position) }

    /// Returns when everything up to `sequence` is applied and delivery has been told (or the pipeline has stopped).
    public func waitUntilApplied(_ sequence: Int64) async { await inbox.waitUntilApplied(sequence) }

    /// Every change of an agent from now on; slow readers lose the oldest.
    public func changes() -> AsyncStream<AgentRecord> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: AgentRecord.self,
            bufferingPolicy: .bufferingNewest(1000)
        )
        guard !isStopped else {
            continuation.finish()
            return stream
        }
        let id = nextSubscriber
        nextSubscriber += 1
        subscribers[id] = continuation
        continuation.onTermination = { _ in Task { await self.unsubscribe(id) } }
        return stream
    }

    private func unsubscribe(_ id: Int) { subscribers[id] = nil }
}
