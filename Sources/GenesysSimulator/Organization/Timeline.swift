// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// What is to happen later, earliest first; of two at the same moment, the one added first.
struct Timeline<Action: Sendable>: Sendable {
    private struct Entry {
        var due: Timestamp
        var order: UInt64
        var action: Action

        func comesBefore(_ other: Entry) -> Bool {
            due == other.due ? order < other.order : due < other.due
        }
    }

    /// A binary min-heap.
    private var heap: [Entry] = []
    private var added: UInt64 = 0

    var nextDue: Timestamp? { heap.first?.due }

    mutating func add(_ action: Action, at due: Timestamp) {
        heap.append(Entry(due: due, order: added, action: action))
        added += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].comesBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes and returns the first action due at `now` or before, with the moment it was due.
    mutating func take(until now: Timestamp) -> (due: Timestamp, action: Action)? {
        guard let first = heap.first, first.due <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.due, first.action)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].comesBefore(heap[least]) { least = child }
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
