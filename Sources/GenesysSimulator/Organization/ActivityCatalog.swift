// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Category of planned or actual activity (workforce management).
enum ActivityCategory: String, Sendable, CaseIterable {
    case onQueueWork = "OnQueueWork"
    case `break` = "Break"
    case meal = "Meal"
    case meeting = "Meeting"
    case offQueueWork = "OffQueueWork"
    case timeOff = "TimeOff"
    case training = "Training"
    case unavailable = "Unavailable"
    case unscheduled = "Unscheduled"
}

/// An activity code of the business unit.
struct ActivityCode: Sendable {
    var id: String
    var name: String
    var category: ActivityCategory
    var isDefault: Bool
    /// Presence definitions that count as this code; a definition belongs to at most one code.
    var secondaryPresences: [String]
    var lengthInMinutes: Int
    var isPaid: Bool
    var isActive = true
}

/// The business unit's activity codes.
struct ActivityCatalog: Sendable {
    private(set) var codes: [ActivityCode]

    init(seed: UInt64, presences: PresenceCatalog) {
        func standard(_ id: String, _ name: String, _ category: ActivityCategory, minutes: Int, paid: Bool)
            -> ActivityCode
        {
            ActivityCode(
                id: id,
                name: name,
                category: category,
                isDefault: true,
                secondaryPresences: [],
                lengthInMinutes: minutes,
                isPaid: paid
            )
        }
        var generator = SeededGenerator(seed: seed, name: "activity/coaching")
        codes = [
            standard("0", "On Queue", .onQueueWork, minutes: 60, paid: true),
            standard("1", "Break", .break, minutes: 15, paid: true),
            standard("2", "Meal", .meal, minutes: 30, paid: false),
            standard("3", "Meeting", .meeting, minutes: 60, paid: true),
            standard("4", "Off Queue Work", .offQueueWork, minutes: 60, paid: true),
            standard("5", "Time Off", .timeOff, minutes: 480, paid: true),
            standard("6", "Training", .training, minutes: 60, paid: true),
            standard("7", "Unavailable", .unavailable, minutes: 60, paid: false),
            ActivityCode(
                id: generator.uuid(),
                name: "Coaching",
                category: .training,
                isDefault: false,
                secondaryPresences: [presences.labelled("Coaching")?.id].compactMap(\.self),
                lengthInMinutes: 30,
                isPaid: true
            ),
        ]
    }

    /// Links presences to a code, and takes them away from all others: a presence belongs to one code at most.
    mutating func link(_ definitionIDs: [String], to codeID: String) {
        for index in codes.indices {
            if codes[index].id == codeID {
                codes[index].secondaryPresences = definitionIDs
            } else {
                codes[index].secondaryPresences.removeAll { definitionIDs.contains($0) }
            }
        }
    }

    mutating func change(_ codeID: String, _ change: (inout ActivityCode) -> Void) {
        guard let index = codes.firstIndex(where: { $0.id == codeID }) else { return }
        change(&codes[index])
    }

    /// The default code of a category.
    func code(of category: ActivityCategory) -> ActivityCode? {
        codes.first { $0.category == category && $0.isDefault }
    }

    /// The code a secondary presence is linked to.
    func code(linkedTo definitionID: String) -> ActivityCode? {
        codes.first { $0.secondaryPresences.contains(definitionID) }
    }
}
