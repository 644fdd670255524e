// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// As which activity workforce management counts a presence (facts 4.2).
struct ActivityMapping {
    /// The category of a system presence for which no code says otherwise.
    static func defaultCategory(of system: SystemPresence) -> String? {
        switch system {
        case .available, .busy: "OffQueueWork"
        case .away, .idle, .offline: "Unavailable"
        case .break: "Break"
        case .meal: "Meal"
        case .meeting: "Meeting"
        case .training: "Training"
        case .onQueue: "OnQueueWork"
        default: nil
        }
    }

    /// The check of one status.
    static func check(
        _ status: String,
        _ definition: PresenceDefinition,
        codes: [ActivityCode]
    ) -> PreflightReport.Check {
        let name = "activity of \(status)"
        let system = definition.systemPresence
        let fallback = defaultCategory(of: system).map { "\($0), the default of \(system)" } ?? "nothing that is known"
        guard !definition.isSystem else { return PreflightReport.Check(name, .pass, seen: "counts as \(fallback)") }
        let linked = codes.filter { $0.secondaryPresenceIDs.contains(definition.id) }
        guard let code = linked.first(where: \.isActive) else {
            let inactive = linked.first.map { "; its activity code \"\($0.name ?? $0.id)\" is inactive" } ?? ""
            return PreflightReport.Check(
                name,
                .warn,
                seen: "linked to no activity code\(inactive): counts as \(fallback)",
                advice: "Link the presence to an activity code (Admin > Workforce Management > Activity Codes), unless "
                    + "\(fallback), is what adherence should show"
            )
        }
        return PreflightReport.Check(
            name,
            .pass,
            seen: "counts as \(code.category), by the activity code \"\(code.name ?? code.id)\""
        )
    }
}
