// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// One deadline per connection slot, at constant cost to set, move and take away.
///
/// Every kind lasts the same time for every connection, so a list per kind is in order of deadline by itself: new ones
/// go to its end, and only its first can have expired. Times are nanoseconds of a monotonic clock.
struct DeadlineQueue {
    /// What a connection is waiting for.
    enum Kind: Int, CaseIterable {
        case handshake, header, body, idle, handler, write, linger
    }

    private struct Entry {
        var kind: Kind?
        var deadline: Int64 = 0
        var previous = -1
        var next = -1
    }

    private let durations: [Int64]
    private var entries: [Entry] = []
    private var firsts = [Int](repeating: -1, count: Kind.allCases.count)
    private var lasts = [Int](repeating: -1, count: Kind.allCases.count)

    /// `duration` gives the nanoseconds of each kind.
    init(duration: (Kind) -> Int64) {
        durations = Kind.allCases.map(duration)
    }

    /// Starts the deadline of `slot`, instead of the one it had.
    mutating func set(_ kind: Kind, slot: Int, now: Int64) {
        while entries.count <= slot { entries.append(Entry()) }
        clear(slot: slot)
        let last = lasts[kind.rawValue]
        entries[slot] = Entry(kind: kind, deadline: now &+ durations[kind.rawValue], previous: last, next: -1)
        if last >= 0 { entries[last].next = slot } else { firsts[kind.rawValue] = slot }
        lasts[kind.rawValue] = slot
    }

    /// Takes the deadline of `slot` away, if it has one.
    mutating func clear(slot: Int) {
        guard slot < entries.count, let kind = entries[slot].kind else { return }
        let entry = entries[slot]
        if entry.previous >= 0 {
            entries[entry.previous].next = entry.next
        } else {
            firsts[kind.rawValue] = entry.next
        }
        if entry.next >= 0 {
            entries[entry.next].previous = entry.previous
        } else {
            lasts[kind.rawValue] = entry.previous
        }
        entries[slot].kind = nil
    }

    /// The earliest deadline of all.
    var earliest: Int64? {
        var result: Int64?
        for first in firsts where first >= 0 {
            result = min(result ?? .max, entries[first].deadline)
        }
        return result
    }

    /// Takes away and returns one deadline that is not after `now`.
    mutating func popExpired(now: Int64) -> (slot: Int, kind: Kind)? {
        for (index, slot) in firsts.enumerated() where slot >= 0 && entries[slot].deadline <= now {
            clear(slot: slot)
            guard let kind = Kind(rawValue: index) else { continue }
            return (slot, kind)
        }
        return nil
    }
}
