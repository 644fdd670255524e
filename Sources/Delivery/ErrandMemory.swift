// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The errands of late, so that one that is wanted again is not done again although its end has not been told
/// everywhere. Bounded: two generations, the older of which is forgotten.
struct ErrandMemory: Sendable {
    enum Entry: Hashable, Sendable {
        case id(agentID: String, String)
        /// A span of time that was explained.
        case span(agentID: String, Timestamp, minutes: Int)
    }

    private let generation: Int
    private var newer: Set<Entry> = []
    private var older: Set<Entry> = []

    /// Remembers at least that many.
    init(generation: Int = 8192) {
        self.generation = generation
    }

    /// `false` when it is there already.
    mutating func insert(_ entry: Entry) -> Bool {
        guard !older.contains(entry), newer.insert(entry).inserted else { return false }
        if newer.count >= generation {
            older = newer
            newer = []
        }
        return true
    }
}
