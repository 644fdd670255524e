// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// Rules that begin no new episode of an agent for a while (`then.cooldown`).
struct Cooldowns: Codable, Sendable, Equatable {
    private struct Rest: Codable, Sendable, Equatable {
        var rule: String
        var until: Timestamp
    }

    private var rests: [Rest] = []

    var isEmpty: Bool { rests.isEmpty }

    /// An episode of the rule has ended.
    mutating func begin(_ rule: String, _ behavior: RuleBehavior, now: Timestamp) {
        guard let cooldown = behavior.cooldown else { return }
        rests.removeAll { $0.rule == rule }
        rests.append(Rest(rule: rule, until: now.advanced(by: cooldown)))
    }

    /// Drops those that are over.
    mutating func forget(before now: Timestamp) { rests.removeAll { $0.until <= now } }

    /// Until when the rule rests; `nil` = it does not, or has no `cooldown` any more.
    func end(for match: RuleMatch) -> Timestamp? {
        guard match.behavior.cooldown != nil else { return nil }
        return end(of: match.rule)
    }

    /// Until when the rule rests, whatever it says by now; `nil` = it does not.
    func end(of rule: String) -> Timestamp? { rests.first { $0.rule == rule }?.until }
}
