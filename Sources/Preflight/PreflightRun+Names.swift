// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI

extension PreflightRun {
    /// Whether the lists in which names are looked up can be read, and who belongs to what is in them. Whether each name is
    /// there is for `check --online` to say.
    mutating func names(_ client: Preflight.Client) async {
        for need in needs.names {
            switch need.kind {
            case .queues:
                let listed = await ask(client) { api throws(GenesysAPIError) in try await api.queues() }
                await list(need, listed.counted, permission: "routing:queue:view")
            case .wrapupCodes:
                let listed = await ask(client) { api throws(GenesysAPIError) in try await api.wrapupCodes() }
                await list(need, listed.counted, permission: "routing:wrapupCode:view")
            case .managementUnits:
                let listed = await ask(client) { api throws(GenesysAPIError) in
                    ListingPage(try await api.managementUnits())
                }
                await list(need, listed.counted, permission: nil)
            case .teams:
                let listed = await ask(client) { api throws(GenesysAPIError) in try await api.teams() }
                await list(need, listed.counted, permission: "groups:team:view")
            case .groups:
                let listed = await ask(client) { api throws(GenesysAPIError) in try await api.groups() }
                await list(need, listed.counted, permission: nil)
            }
            if need.members { await members(need.kind, client) }
        }
    }

    private mutating func list(
        _ need: PreflightNeeds.NameNeed,
        _ listed: Result<(count: Int, isAll: Bool), GenesysAPIError>?,
        permission: String?
    ) async {
        let name = need.kind.rawValue
        switch listed {
        case .success(let (count, isAll))? where count > 0:
            add(name, .pass, "\(count)\(isAll ? "" : " and more") can be named")
        case .success?:
            add(
                name,
                .fail,
                "none is shown",
                "Give the OAuth client's role the divisions of the \(name) that the configuration names "
                    + "(Admin > Integrations > OAuth > Roles)"
            )
        case .failure(let error)?:
            checks.append(PreflightReport.Check(name, .fail, failure: error, permission: permission))
        case nil: skipForCalls(name)
        }
    }

    /// Of one that does not exist.
    private mutating func members(_ kind: PreflightNeeds.NameNeed.Kind, _ client: Preflight.Client) async {
        let nobody = Preflight.nobody
        let answer: Result<Void, GenesysAPIError>?
        let permission: String?
        switch kind {
        case .queues:
            permission = "routing:queue:view"
            answer = await ask(client) { api throws(GenesysAPIError) in _ = try await api.queueMembers(queueID: nobody)
            }
        case .managementUnits:
            permission = "wfm:realtimeAdherence:view"
            answer = await ask(client) { api throws(GenesysAPIError) in
                _ = try await api.managementUnitUsers(managementUnitID: nobody)
            }
        case .teams:
            permission = "groups:team:view"
            answer = await ask(client) { api throws(GenesysAPIError) in _ = try await api.teamMembers(teamID: nobody) }
        case .groups:
            permission = nil
            answer = await ask(client) { api throws(GenesysAPIError) in _ = try await api.groupMembers(groupID: nobody)
            }
        case .wrapupCodes: return
        }
        probed("members of \(kind.rawValue)", answer, permission: permission)
    }
}

extension Result<ListingPage<NamedEntity>, GenesysAPIError>? {
    /// How many are on the first page, and whether that is all.
    fileprivate var counted: Result<(count: Int, isAll: Bool), GenesysAPIError>? {
        self?.map { ($0.elements.count, $0.next == nil) }
    }
}
