// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState

/// Whether an agent belongs to one of several queues, management units, teams or groups.
struct Membership: Sendable {
    let kind: DirectoryKind
    /// Places in ``ResolvedNames``.
    let names: [Int]
    /// The agent must belong to none of them.
    let isNegated: Bool
    /// As written, for messages.
    let labels: [String]

    func holds(_ facts: AgentFacts, _ directory: ResolvedNames) -> Bool {
        names.contains { isMember(facts, directory[$0]) } != isNegated
    }

    /// What Genesys lists, or what the agent's own events say: they are ahead of the list.
    private func isMember(_ facts: AgentFacts, _ name: ResolvedNames.Name) -> Bool {
        switch kind {
        case .queue where facts.activeQueueIDs?.contains(name.id) == true: return true
        case .managementUnit where facts.adherence?.managementUnitID == name.id: return true
        case .team where facts.adherence?.teamID == name.id: return true
        default: return name.entry?.members?.contains(facts.id) ?? false
        }
    }
}
