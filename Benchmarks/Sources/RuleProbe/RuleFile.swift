// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Probing
import StatusRules

/// Rules as a contact centre might have them, so many that only the last one matches the agent of the measurement.
enum RuleFile {
    /// Of ten rules nine compare facts; the tenth has a schedule, a time, a pattern or a `for:`.
    static func rules(_ count: Int) throws -> RuleSet {
        var lines = [
            "statuses: { Break: { presence: Break }, Meeting: { presence: Meeting }, Queue: { presence: On Queue } }",
            "rules:",
        ]
        for number in 0..<count - 1 {
            lines.append("  - { name: rule \(number), when: \(condition(number)), then: { status: Break } }")
        }
        lines.append(
            "  - name: the last\n    when: { conversation: { media: call, attributes.wfm_status: { in: [Break, Meeting] } } }"
        )
        lines.append("    then: { status: \"${conversation.attributes.wfm_status}\" }")
        let diagnostics = Diagnostics()
        guard let rules = RuleSet.parse(lines.joined(separator: "\n"), file: "rules.yaml", diagnostics: diagnostics)
        else {
            throw ProbeError(message: diagnostics.all.map(\.description).joined(separator: "\n"))
        }
        return rules
    }

    private static func condition(_ number: Int) -> String {
        switch number % 10 {
        case 0: "{ conversation: { media: call, state: connected, attributes.flag_\(number): { in: [Break, Meal] } } }"
        case 1: "{ adherence: { scheduled: Break, state: OutOfAdherence }, conversation: { media: call } }"
        case 2: "{ conversation: { media: call, customer.attributes.tier_\(number): gold, held: false } }"
        case 3: "{ presence: [Break, Meal], routingStatus: INTERACTING }"
        case 4: "{ conversation: { media: [chat, message], state: connected } }"
        case 5: "{ conversation: { media: call, direction: outbound, purpose: agent } }"
        case 6: "{ conversation: { media: call, queueId: queue-\(number) }, presence: On Queue }"
        case 7: "{ any: [{ outOfOffice: true }, { presence: { message: 'note \(number)' } }] }"
        case 8: "{ conversation: { media: call, held: true } }"
        default: timed(number)
        }
    }

    private static func timed(_ number: Int) -> String {
        switch number % 40 {
        case 9: "{ conversation: { media: call, held: true }, for: \(number)s }"
        case 19: "{ conversation: { connectedAt: { olderThan: 2h } } }"
        case 29: "{ schedule: { days: Sat-Sun, timeZone: Europe/Berlin }, presence: On Queue }"
        default: "{ conversation: { attributes.skill: { matches: 'level \(number) *' } } }"
        }
    }
}
