// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension SimulatedOrganization {
    /// Indices of the agents that belong to a management unit.
    var workforce: [Int] { agents.indices.filter { agents[$0].isInWorkforce } }

    /// The same, of one unit.
    func workforce(of unit: OrganizationUnit) -> [Int] { unit.sortedMembers.filter { agents[$0].isInWorkforce } }

    /// The queues that the agent has joined: all that the agent is a member of.
    func activeQueueIDs(of index: Int) -> [String] { directory.units(.queue, of: index).map(\.id) }

    func managementUnitID(of index: Int) -> String {
        directory.units(.managementUnit, of: index).first?.id ?? managementUnitID
    }

    /// `nil` = in no team.
    func teamID(of index: Int) -> String? { directory.units(.team, of: index).first?.id }

    func teamID(of participant: SimulatedParticipant) -> String? {
        participant.userID.flatMap(agent).flatMap { teamID(of: $0) }
    }

    func queueName(_ id: String) -> String { directory.unit(.queue, id: id)?.name ?? "" }

    /// Lets an agent into a unit. Queues are announced at once, with the agent's active queues.
    mutating func join(_ kind: OrganizationUnitKind, _ id: String, agent index: Int, now: Timestamp) {
        directory.join(kind, id, index)
        if kind == .managementUnit { agents[index].isInWorkforce = true }
        announce(kind, of: index, now: now)
    }

    /// Takes an agent out of a unit.
    mutating func leave(_ kind: OrganizationUnitKind, _ id: String, agent index: Int, now: Timestamp) {
        directory.leave(kind, id, index)
        // Without a unit there is no adherence.
        if kind == .managementUnit { agents[index].isInWorkforce = !directory.units(kind, of: index).isEmpty }
        announce(kind, of: index, now: now)
    }

    private mutating func announce(_ kind: OrganizationUnitKind, of index: Int, now: Timestamp) {
        guard kind == .queue else { return }
        let at = agents[index].tick(now)
        agents[index].queuesModifiedAt = at
        emit(.activity, agents[index].id, at: at) { $0.activityBody(of: index) }
    }
}
