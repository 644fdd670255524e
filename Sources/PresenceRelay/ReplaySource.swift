// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Rehearsal

/// Where a replay has its events from.
protocol ReplaySource: Sendable {
    /// When the first and the last event were received.
    func bounds() async throws -> ClosedRange<Timestamp>
    /// What is remembered besides events.
    func memory(since: Timestamp) async throws -> ReplayMemory
    /// All events from a time on, each plan with a part of the agents, both at the same time.
    func replay(_ plans: (ReplayRun.Plan, ReplayRun.Plan), from start: Timestamp) async throws -> [ReplayPart]
}

/// What is remembered of the relay's own doing.
struct ReplayMemory: Sendable {
    var ownChanges = OwnChanges()
    /// Ids of presence definitions by label, as far as agents' records name them.
    var definitions: [String: String] = [:]
}

/// Why there is no replay, and what to do.
struct ReplayFailure: Error { var message: String }

extension ReplayRun.Plan {
    /// The same for the agents of one part.
    func part(_ number: Int) -> ReplayRun.Plan {
        var plan = self
        plan.part = { ReplayParts.part(of: $0.utf8) == number }
        return plan
    }
}
