// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Console
import GenesysEvents

/// How the names of the configuration stand with the organisation, for people to look at.
struct DirectoryStatus: Sendable, Equatable {
    /// Names and ids that the configuration asks for.
    var names = 0
    /// Users that belong to anything that it names.
    var members = 0
    /// Names that no longer lead to one thing, and mean what they meant.
    var unresolved = 0
    /// Names that Genesys could not be asked about at the last refresh.
    var unread = 0
    /// When everything was last read, by a clock that is never set; `nil` = not yet.
    var readAt: Timestamp?
    /// How often it is read.
    var interval = Duration.zero

    /// - Parameter now: by the same clock.
    func check(at now: Timestamp) -> HealthCheck {
        guard names > 0 else { return HealthCheck(.pass, values: ["names": 0]) }
        guard let readAt else {
            return HealthCheck(
                .warn,
                message: "the names of the configuration are being looked up",
                values: ["names": Double(names)]
            )
        }
        let age = now.timeIntervalSince(readAt)
        var warnings: [String] = []
        // Anybody may read this; which names they are is in the log.
        if unresolved > 0 {
            warnings.append(
                "\(unresolved) names of the configuration no longer lead to one thing, and mean what they meant"
            )
        }
        if unread > 0 {
            warnings.append("\(unread) names could not be read at the last refresh, and mean what they meant")
        } else if age > interval * 2 + .seconds(60) {
            warnings.append("the last refresh takes long")
        }
        return HealthCheck(
            warnings.isEmpty ? .pass : .warn,
            message: warnings.isEmpty ? nil : warnings.joined(separator: "; ") + "; the log says more",
            values: [
                "names": Double(names), "members": Double(members), "unresolved": Double(unresolved),
                "unread": Double(unread), "ageSeconds": Double(age.components.seconds),
            ]
        )
    }
}
