// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// The same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Of the alphabet, small.
    mutating func letter() -> UInt8 { UInt8(ascii: "a") + UInt8(next() % 26) }

    /// True in so many of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// How much the crash and fault tests do.
enum Soak {
    /// The long form: `make soak`.
    static let isOn = ProcessInfo.processInfo.environment["PRESENCE_RELAY_SOAK"] == "1"

    /// Of the run: `CRASH_SEED` repeats one, otherwise every run has another.
    static let seed: UInt64 =
        ProcessInfo.processInfo.environment["CRASH_SEED"].flatMap(UInt64.init) ?? .random(in: 1...999_999)

    /// One in the short form; so many in the long one, unless one run is to be repeated.
    static func seeds(_ count: Int) -> [UInt64] {
        let isRepeated = ProcessInfo.processInfo.environment["CRASH_SEED"] != nil
        return (0..<(isOn && !isRepeated ? count : 1)).map { seed + UInt64($0) }
    }
}
