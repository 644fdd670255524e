// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What the organization has under a name, and who belongs to it.
struct OrganizationUnit: Sendable, Equatable {
    let id: String
    var name: String
    /// Indices of agents.
    var members: Set<Int> = []

    /// In the order of the agents, which is that of their names.
    var sortedMembers: [Int] { members.sorted() }
}

/// The kinds of units, under their names in the paths of the control API.
enum OrganizationUnitKind: String, Sendable, CaseIterable {
    case queue = "queues"
    case wrapupCode = "wrapupcodes"
    case managementUnit = "managementunits"
    case team = "teams"
    case group = "groups"

    /// An agent belongs to one at most.
    var isExclusive: Bool { self == .managementUnit || self == .team }
}

/// Queues, wrap-up codes, management units, teams and groups.
///
/// Everybody is in the first queue, the first management unit and the first team; the seed decides who is in the other
/// queues and the groups.
struct OrganizationDirectory: Sendable {
    private var units: [OrganizationUnitKind: [OrganizationUnit]] = [:]

    init(agents count: Int, seed: UInt64) {
        /// - Parameter share: of the agents, by the seed.
        func unit(_ name: String, _ title: String, share: Double) -> OrganizationUnit {
            var generator = SeededGenerator(seed: seed, name: name)
            let id = generator.uuid()
            let members = (0..<count).filter { index in
                var generator = SeededGenerator(seed: seed, name: "member/\(name)", index: index)
                return generator.chance(share)
            }
            return OrganizationUnit(id: id, name: title, members: Set(members))
        }
        units[.queue] = [
            unit("queue", "Support queue", share: 1), unit("queue/sales", "Sales queue", share: 0.5),
            unit("queue/billing", "Billing queue", share: 0.3),
        ]
        units[.wrapupCode] = [
            unit("wrapup", "Resolved", share: 0), unit("wrapup/callback", "Call back", share: 0),
            unit("wrapup/transferred", "Transferred", share: 0),
        ]
        units[.managementUnit] = [
            unit("managementUnit", "Contact centre", share: 1), unit("managementUnit/office", "Back office", share: 0),
        ]
        units[.team] = [unit("team", "Day shift", share: 1), unit("team/night", "Night shift", share: 0)]
        units[.group] = [unit("group/trainees", "Trainees", share: 0.3), unit("group/leads", "Team leads", share: 0.2)]
    }

    /// In the order in which they were made.
    subscript(kind: OrganizationUnitKind) -> [OrganizationUnit] { units[kind] ?? [] }

    /// Sorted by name, as listings are.
    func sorted(_ kind: OrganizationUnitKind) -> [OrganizationUnit] {
        self[kind].sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// The unit of an id.
    func unit(_ kind: OrganizationUnitKind, id: String) -> OrganizationUnit? { self[kind].first { $0.id == id } }

    /// The unit of an id or, when it is the first of that name, a name.
    func named(_ kind: OrganizationUnitKind, _ text: String) -> OrganizationUnit? {
        unit(kind, id: text) ?? self[kind].first { $0.name == text }
    }

    /// Those that an agent belongs to.
    func units(_ kind: OrganizationUnitKind, of agent: Int) -> [OrganizationUnit] {
        self[kind].filter { $0.members.contains(agent) }
    }

    mutating func add(_ kind: OrganizationUnitKind, _ unit: OrganizationUnit) {
        units[kind, default: []].append(OrganizationUnit(id: unit.id, name: unit.name))
        for agent in unit.members { join(kind, unit.id, agent) }
    }

    mutating func remove(_ kind: OrganizationUnitKind, id: String) { units[kind]?.removeAll { $0.id == id } }

    mutating func rename(_ kind: OrganizationUnitKind, id: String, to name: String) {
        change(kind, id) { $0.name = name }
    }

    mutating func join(_ kind: OrganizationUnitKind, _ id: String, _ agent: Int) {
        if kind.isExclusive {
            for other in self[kind] { change(kind, other.id) { _ = $0.members.remove(agent) } }
        }
        change(kind, id) { _ = $0.members.insert(agent) }
    }

    mutating func leave(_ kind: OrganizationUnitKind, _ id: String, _ agent: Int) {
        change(kind, id) { _ = $0.members.remove(agent) }
    }

    private mutating func change(_ kind: OrganizationUnitKind, _ id: String, _ body: (inout OrganizationUnit) -> Void) {
        guard let place = self[kind].firstIndex(where: { $0.id == id }) else { return }
        body(&units[kind, default: []][place])
    }
}
