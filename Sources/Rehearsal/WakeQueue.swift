// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HeapModule

/// When which agent has to be looked at although nothing is heard of it. What is no longer meant stays in it until its time
/// has come: whoever takes it looks whether it still holds.
struct WakeQueue {
    struct Wake: Comparable {
        var at: Timestamp
        /// The agent's place.
        var agent: Int
        /// Not the rules' own wish to look again, but the answer to a read.
        var isAnswer: Bool

        static func < (a: Wake, b: Wake) -> Bool { (a.at, a.agent) < (b.at, b.agent) }
    }

    private var heap = Heap<Wake>()

    var earliest: Wake? { heap.min }

    mutating func add(_ wake: Wake) { heap.insert(wake) }

    mutating func removeEarliest() { _ = heap.popMin() }
}
