// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// How long a budget has been used up, as those see it who look now and then. Pure: times come in as arguments.
///
/// A budget in full use has a call left for a moment whenever one has grown old, so only looks say whether it is used
/// up for long; looks that are far apart say nothing of the time between.
struct Shortage: Sendable {
    /// The longest time between two looks at the same shortage.
    static let longestGap = Duration.seconds(120)

    private var began: Timestamp?
    private var lastLook: Timestamp?

    /// Somebody has looked.
    mutating func note(_ isUsedUp: Bool, at now: Timestamp) {
        defer { lastLook = now }
        guard isUsedUp else { return began = nil }
        if let lastLook, began != nil, now.timeIntervalSince(lastLook) <= Self.longestGap { return }
        began = now
    }

    /// How long it has lasted; zero when the last look showed none.
    func duration(at now: Timestamp) -> Duration { began.map { max(.zero, now.timeIntervalSince($0)) } ?? .zero }
}
