// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HeapModule

/// Agents of whom a call of one kind is due: the most visible first, then the newest. So that none waits for ever, every
/// fourth is the one that waits longest. Pure.
struct DueQueue: Sendable {
    /// What decides who is first.
    struct Rank: Comparable, Sendable {
        /// How much of the change others see.
        var prominence: Int
        var since: Timestamp
        static func < (a: Self, b: Self) -> Bool { (a.prominence, a.since) < (b.prominence, b.since) }
    }

    private struct Place: Comparable, Sendable {
        var rank: Rank
        var number: Int
        var agentID: String
        static func < (a: Self, b: Self) -> Bool { (a.rank, b.number) < (b.rank, a.number) }
        static func == (a: Self, b: Self) -> Bool { a.number == b.number }
    }
    private struct Arrival: Comparable, Sendable {
        var number: Int
        var agentID: String
        static func < (a: Self, b: Self) -> Bool { a.number < b.number }
    }

    /// The entries that count for each agent, by number; others are left over.
    private struct Numbers {
        var place: Int
        let arrival: Int
    }

    private var numbers: [String: Numbers] = [:]
    private var byRank = Heap<Place>()
    private var byArrival = Heap<Arrival>()
    private var lastNumber = 0
    private var taken = 0

    var count: Int { numbers.count }
    var isEmpty: Bool { numbers.isEmpty }
    /// For tests: entries that are kept, those left over included.
    var storedEntries: Int { byRank.count + byArrival.count }

    func contains(_ agentID: String) -> Bool { numbers[agentID] != nil }

    /// Puts an agent in, or to its new rank; its time of arrival stays.
    mutating func insert(_ agentID: String, _ rank: Rank) {
        lastNumber += 1
        if numbers[agentID] == nil { byArrival.insert(Arrival(number: lastNumber, agentID: agentID)) }
        numbers[agentID, default: Numbers(place: lastNumber, arrival: lastNumber)].place = lastNumber
        byRank.insert(Place(rank: rank, number: lastNumber, agentID: agentID))
        if byRank.count > 2 * numbers.count + 64 { forgetLeftOvers() }
    }

    mutating func remove(_ agentID: String) { numbers[agentID] = nil }

    private mutating func forgetLeftOvers() {
        byRank = Heap(byRank.unordered.filter { numbers[$0.agentID]?.place == $0.number })
        byArrival = Heap(byArrival.unordered.filter { numbers[$0.agentID]?.arrival == $0.number })
    }

    /// Takes the next agent out.
    mutating func popFirst() -> String? {
        guard !numbers.isEmpty else {
            byRank = Heap()
            byArrival = Heap()
            return nil
        }
        taken += 1
        if taken % 4 == 0 {
            while let oldest = byArrival.popMin() {
                guard numbers[oldest.agentID]?.arrival == oldest.number else { continue }
                numbers[oldest.agentID] = nil
                return oldest.agentID
            }
        }
        while let first = byRank.popMax() {
            guard numbers[first.agentID]?.place == first.number else { continue }
            numbers[first.agentID] = nil
            return first.agentID
        }
        return nil
    }
}
