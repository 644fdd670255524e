// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// A presence definition of the organization (`GET /api/v2/presence/definitions`).
struct PresenceDefinition: Sendable, Equatable {
    var id: String
    /// The system presence in the spelling of the new definitions endpoint: `OnQueue`.
    var system: String
    var labels: [(locale: String, label: String)]
    var isSystem: Bool
    var isDeactivated = false

    /// Spelling of REST user presences and of the legacy definitions: `On Queue`.
    var spacedSystem: String { system == "OnQueue" ? "On Queue" : system }

    /// Spelling of the notifications: `ON_QUEUE`.
    var upperSystem: String { system == "OnQueue" ? "ON_QUEUE" : system.uppercased() }

    var selfURI: String { "/api/v2/presence/definitions/\(id)" }

    static func == (a: Self, b: Self) -> Bool { a.id == b.id }
}

/// The organization's presence definitions: ten of the system, some of its own.
struct PresenceCatalog: Sendable {
    private(set) var definitions: [PresenceDefinition]
    private var byID: [String: Int]

    init(seed: UInt64) {
        func own(_ name: String, _ system: String, _ labels: [(String, String)], deactivated: Bool = false)
            -> PresenceDefinition
        {
            var generator = SeededGenerator(seed: seed, name: "presence/\(name)")
            return PresenceDefinition(
                id: generator.uuid(),
                system: system,
                labels: labels.map { (locale: $0.0, label: $0.1) },
                isSystem: false,
                isDeactivated: deactivated
            )
        }
        var all = Self.systemDefinitions.map { id, system in
            PresenceDefinition(
                id: id,
                system: system,
                labels: [(locale: "en_US", label: system == "OnQueue" ? "On Queue" : system)],
                isSystem: true
            )
        }
        all += [
            own("coffee", "Break", [("en_US", "Coffee"), ("de", "Kaffeepause")]),
            own("huddle", "Meeting", [("en_US", "Team huddle"), ("de", "Teamrunde")]),
            own("admin", "Busy", [("en_US", "Admin work")]),
            // Linked to the activity code "Coaching", whose category is Training.
            own("coaching", "Busy", [("en_US", "Coaching")]),
            // One label, two definitions: a lookup by label alone is ambiguous.
            own("follow-up/busy", "Busy", [("en_US", "Follow-up")]),
            own("follow-up/away", "Away", [("en_US", "Follow-up")]),
            own("old-lunch", "Meal", [("en_US", "Long lunch")], deactivated: true),
        ]
        definitions = all
        byID = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.id, $0) })
    }

    subscript(id: String) -> PresenceDefinition? { byID[id].map { definitions[$0] } }

    /// Adds a definition, or replaces the one with its id.
    mutating func set(_ definition: PresenceDefinition) {
        if let index = byID[definition.id] {
            definitions[index] = definition
        } else {
            byID[definition.id] = definitions.count
            definitions.append(definition)
        }
    }

    /// The system definition of a system presence in any spelling.
    func system(_ spelling: String) -> PresenceDefinition? {
        let wanted = SystemPresence(spelling)
        return definitions.first { $0.isSystem && SystemPresence($0.system) == wanted }
    }

    func labelled(_ label: String) -> PresenceDefinition? {
        definitions.first { !$0.isSystem && $0.labels.contains { $0.label == label } }
    }

    /// The same ids in every organization (facts 3.1).
    private static let systemDefinitions: [(id: String, system: String)] = [
        ("6a3af858-942f-489d-9700-5f9bcdcdae9b", "Available"),
        ("31fe3bac-dea6-44b7-bed7-47f91660a1a0", "Busy"),
        ("5e5c5c66-ea97-4e7f-ac41-6424784829f2", "Away"),
        ("227b37e2-f1d0-4dd0-8f50-badd7cf6d158", "Break"),
        ("3fd96123-badb-4f69-bc03-1b1ccc6d8014", "Meal"),
        ("bbdff279-7ae1-48ea-bade-7831d7234c64", "Meeting"),
        ("d2390a99-8546-bad9-8f0a-219548e8aeb0", "Training"),
        ("7ffa01cd-7866-4ad7-8faa-31e11b42f51f", "Idle"),
        ("ccf3c10a-aa2c-4845-8e8d-f59fa48c58e5", "Offline"),
        ("e08eaf1b-ee47-4fa9-a231-1200e284798f", "OnQueue"),
    ]
}
