// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Finds out why a bulk call was refused as a whole, by halves: when both are accepted it was too large, else somebody in
/// the refused half is not acceptable. Pure.
struct SplitBatch: Sendable {
    /// One half of a call that was refused.
    struct Part: Sendable, Equatable {
        var agentIDs: [String]
        fileprivate var split: Int
    }

    private struct Split {
        var count: Int
        var open = 2
        var hasRefused = false
    }

    private var splits: [Int: Split] = [:]
    private var last = 0

    /// The halves of a refused call, which may be one itself. Single agents are parts as well: their own call tells.
    mutating func split(_ agentIDs: [String], of part: Part?) -> [Part] {
        if let part { end(part) { $0.hasRefused = true } }
        guard agentIDs.count > 1 else { return [] }
        last += 1
        splits[last] = Split(count: agentIDs.count)
        let middle = (agentIDs.count + 1) / 2
        return [
            Part(agentIDs: Array(agentIDs[..<middle]), split: last),
            Part(agentIDs: Array(agentIDs[middle...]), split: last),
        ]
    }

    /// A half was accepted; returns the size of the whole when both were: that was too many.
    mutating func succeeded(_ part: Part) -> Int? {
        end(part) { _ in }
    }

    /// Refused as a single call, or never made.
    mutating func failed(_ part: Part) { end(part) { $0.hasRefused = true } }

    @discardableResult
    private mutating func end(_ part: Part, _ change: (inout Split) -> Void) -> Int? {
        guard var split = splits[part.split] else { return nil }
        change(&split)
        split.open -= 1
        splits[part.split] = split.open > 0 ? split : nil
        return split.open == 0 && !split.hasRefused ? split.count : nil
    }
}
