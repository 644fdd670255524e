// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Endpoints that tell what the organisation calls by a name, and who belongs to it. Where Genesys takes any of several
/// permissions, the one that a relay is most likely to have is named.
extension Endpoint {
    // MARK: Queues and wrap-up codes

    static let queues = Endpoint("queues", "GET", "/api/v2/routing/queues", permission: "routing:queue:view")
    static let queue = Endpoint("queue", "GET", "/api/v2/routing/queues/{id}", permission: "routing:queue:view")
    // Or routing:queue:edit, routing:queue:readonly, routing:queueMember:manage.
    static let queueMembers = Endpoint(
        "queueMembers",
        "GET",
        "/api/v2/routing/queues/{id}/members",
        permission: "routing:queue:view"
    )
    static let wrapupCodes = Endpoint(
        "wrapupCodes",
        "GET",
        "/api/v2/routing/wrapupcodes",
        permission: "routing:wrapupCode:view"
    )
    static let wrapupCode = Endpoint(
        "wrapupCode",
        "GET",
        "/api/v2/routing/wrapupcodes/{id}",
        permission: "routing:wrapupCode:view"
    )

    // MARK: Management units

    // Needs no permission of its own, and shows the units of the divisions that the client sees.
    static let managementUnits = Endpoint("managementUnits", "GET", "/api/v2/workforcemanagement/managementunits")
    // Or wfm:agent:view, wfm:schedule:view, wfm:publishedSchedule:view, …
    static let managementUnitUsers = Endpoint(
        "managementUnitUsers",
        "GET",
        "/api/v2/workforcemanagement/managementunits/{id}/users",
        permission: "wfm:realtimeAdherence:view"
    )

    // MARK: Teams and groups

    static let teams = Endpoint("teams", "GET", "/api/v2/teams", permission: "groups:team:view")
    static let team = Endpoint("team", "GET", "/api/v2/teams/{id}", permission: "groups:team:view")
    static let teamMembers = Endpoint(
        "teamMembers",
        "GET",
        "/api/v2/teams/{id}/members",
        permission: "groups:team:view"
    )
    // Groups need no permission: those that only their members may see are not shown.
    static let groups = Endpoint("groups", "GET", "/api/v2/groups")
    static let searchGroups = Endpoint("searchGroups", "POST", "/api/v2/groups/search", isWrite: false)
    static let group = Endpoint("group", "GET", "/api/v2/groups/{id}")
    static let groupMembers = Endpoint("groupMembers", "GET", "/api/v2/groups/{id}/members")
}
