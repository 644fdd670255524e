// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Draws that depend on a seed, a subject and how often that subject has been drawn for, and on nothing else.
struct Lottery: Sendable {
    var seed: UInt64
    private var draws: [String: Int] = [:]

    init(seed: UInt64) { self.seed = seed }

    /// The generator of a subject's next draw.
    mutating func next(_ subject: String) -> SeededGenerator {
        let number = draws[subject, default: 0]
        draws[subject] = number + 1
        return SeededGenerator(seed: seed, name: subject, index: number)
    }
}
