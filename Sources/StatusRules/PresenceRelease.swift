// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// An episode that has ended, and what comes after it is on its way.
public struct PresenceRelease: Codable, Sendable, Equatable {
    /// The rule of the episode.
    public var rule: String
    /// What the agent had before the episode.
    public var base: PresenceBase
    /// The status that the rule releases to; `nil` = what the agent had before.
    var target: PresenceTarget?
    /// The newest write before the release: whatever the agent has chosen after it counts more than `target`.
    var decidedAfter: Timestamp?

    /// What is put back, or set in its place; `nil` = what the agent had is not known.
    var wanted: PresenceTarget? {
        guard let target, !hasChosenSince else { return PresenceTarget(restoring: base.saved) }
        return target
    }

    /// Whoever goes back to Offline is there already, for all that follows.
    var isToOffline: Bool { (wanted?.system ?? base.saved.system) == .offline }

    /// The base of an episode that begins before the release is done.
    var nextBase: PresenceBase {
        guard let target, !hasChosenSince else { return base }
        var next = base
        // As if the agent had it already; what they choose after what is known counts more.
        next.saved = PresenceFacts(target)
        next.saved.modifiedAt = base.saved.modifiedAt
        return next
    }

    private var hasChosenSince: Bool {
        guard let chosenAt = base.saved.modifiedAt, let decidedAfter else { return false }
        return chosenAt > decidedAfter
    }
}
