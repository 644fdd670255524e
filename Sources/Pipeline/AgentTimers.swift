// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HeapModule

/// When each agent has to be looked at although nothing is heard of them: the earliest first. Pure.
///
/// Rebuilt from the records at each start, so nothing of it is stored.
struct AgentTimers {
    private struct Entry: Comparable {
        var at: Timestamp
        var agentID: String
        static func < (a: Self, b: Self) -> Bool { (a.at, a.agentID) < (b.at, b.agentID) }
    }

    /// What counts; entries of the heap that say otherwise are left over.
    private var times: [String: Timestamp] = [:]
    private var heap = Heap<Entry>()

    /// Agents that have a time.
    var count: Int { times.count }
    /// For tests: entries that are kept, those left over included.
    var storedEntries: Int { heap.count }

    /// The agent's time, in place of any earlier one; `nil` = none.
    mutating func set(_ agentID: String, _ time: Timestamp?) {
        guard times[agentID] != time else { return }
        times[agentID] = time
        guard let time else { return }
        heap.insert(Entry(at: time, agentID: agentID))
        guard heap.count > 2 * times.count + 64 else { return }
        heap = Heap(times.map { Entry(at: $0.value, agentID: $0.key) })
    }

    /// The earliest time of all.
    mutating func next() -> Timestamp? {
        while let first = heap.min {
            if times[first.agentID] == first.at { return first.at }
            _ = heap.popMin()
        }
        return nil
    }

    /// Takes out agents whose time has come, at most so many; whoever is looked at gets a new time.
    mutating func popDue(at now: Timestamp, limit: Int) -> [String] {
        var due: [String] = []
        while due.count < limit, let time = next(), time <= now, let first = heap.popMin() {
            times[first.agentID] = nil
            due.append(first.agentID)
        }
        return due
    }
}
