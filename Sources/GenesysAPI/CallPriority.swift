// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What a call is for, most urgent first.
public enum CallPriority: Int, Sendable, CaseIterable, Comparable {
    /// Statuses set and released.
    case write
    /// Whether they stuck.
    case verify
    /// Facts rebuilt from reads.
    case resync
    /// Tags, explanations and the like.
    case errand

    /// The more urgent comes first.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// Calls that may go first before it is this one's turn: nobody waits for ever.
    var patience: Int {
        switch self {
        case .write: .max
        case .verify: 4
        case .resync: 12
        case .errand: 24
        }
    }

    /// The share of the budget that it leaves to the more urgent, unless it is overdue: a resync of everybody must not
    /// make the next status wait for a minute.
    var reserve: Double {
        switch self {
        case .write: 0
        case .verify: 0.05
        case .resync, .errand: 0.2
        }
    }
}
