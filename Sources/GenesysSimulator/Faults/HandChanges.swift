// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents

/// Agents who change their presence by hand at random times. The same seed gives the same agents and definitions in the
/// same order.
struct HandChanges: Sendable {
    struct Change: Sendable {
        var at: Timestamp
        var agent: String
        var definition: String
    }

    var perMinute: Double
    /// Only steps of this round count: a step planned before the end must not revive it.
    let round: Int
    private var generator: SeededGenerator
    /// The last changes, oldest first.
    private(set) var changes: [Change] = []
    private(set) var total = 0

    static let changesKept = 10_000

    init(perMinute: Double, seed: UInt64, round: Int) {
        self.perMinute = max(0.001, perMinute)
        self.round = round
        generator = SeededGenerator(seed: seed, name: "hands")
    }

    mutating func plan(_ organization: inout SimulatedOrganization, now: Timestamp) {
        let gap = -60_000 / perMinute * log(1 - generator.unit())
        organization.timeline.add(.hand(round: round), at: now.advanced(by: .milliseconds(Int64(gap.rounded(.up)))))
    }

    /// Somebody changes presence, logs out, or comes back.
    mutating func perform(_ organization: inout SimulatedOrganization, now: Timestamp) {
        plan(&organization, now: now)
        guard !organization.agents.isEmpty else { return }
        let index = Int.random(in: 0..<organization.agents.count, using: &generator)
        let names = ["Available", "Break", "Meal", "Meeting", "Busy", "OnQueue", "OnQueue", "Offline"]
        let name = names[Int.random(in: 0..<names.count, using: &generator)]
        guard let definition = organization.presences.system(name) else { return }
        let change = Change(at: now, agent: organization.agents[index].id, definition: definition.id)
        organization.setPresence(of: index, to: definition, message: "", now: now)
        total += 1
        changes.append(change)
        if changes.count > Self.changesKept { changes.removeFirst(Self.changesKept / 4) }
    }

    var json: JSONValue {
        object([
            "perMinute": perMinute, "total": total,
            "changes": changes.map { object(["at": $0.at, "agentId": $0.agent, "definitionId": $0.definition]) },
        ])
    }
}
