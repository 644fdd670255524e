// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// `/api/v2/teams…`, paged by cursors, and `/api/v2/groups…`, which need no permission.
enum GroupEndpoints {
    private static let viewTeams = PermissionRule.all("groups:team:view")

    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/teams", needs: viewTeams, teams),
        Endpoint("GET", "/api/v2/teams/{id}", needs: viewTeams) { .ok(team(try unit(.team, $0, $1), $0.organization)) },
        Endpoint("GET", "/api/v2/teams/{id}/members", needs: viewTeams, teamMembers),
        Endpoint("GET", "/api/v2/groups", groups),
        Endpoint("POST", "/api/v2/groups/search", search),
        Endpoint("GET", "/api/v2/groups/{id}") { .ok(group(try unit(.group, $0, $1))) },
        Endpoint("GET", "/api/v2/groups/{id}/members", groupMembers),
    ]

    private static func unit(
        _ kind: OrganizationUnitKind,
        _ state: SimulatorState,
        _ call: EndpointCall
    ) throws(PlatformError) -> OrganizationUnit {
        let id = call.parameter("id")
        guard let unit = state.organization.directory.unit(kind, id: id) else { throw .notFound(id) }
        return unit
    }

    // MARK: Teams

    /// `name` is how the name begins, whatever its case [SDK docstring].
    private static func teams(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let name = call.request.queryValue("name")
        let teams = state.organization.directory.sorted(.team).filter { team in
            name.map { team.name.lowercased().hasPrefix($0.lowercased()) } ?? true
        }
        let organization = state.organization
        let page = try CursorPage(call.request, defaultSize: 25)
        return .ok(
            page.listing(teams, path: call.request.path, name: name, id: \.id) { team($0, organization) }
        )
    }

    private static func team(_ team: OrganizationUnit, _ organization: SimulatedOrganization) -> JSONValue {
        object([
            "id": team.id,
            "name": team.name,
            "division": object(["id": organization.divisionID, "name": "Home"]),
            "memberCount": team.members.count,
            "selfUri": "/api/v2/teams/\(team.id)",
        ])
    }

    private static func teamMembers(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let team = try unit(.team, state, call)
        let agents = state.organization.agents
        let page = try CursorPage(call.request, defaultSize: 25)
        return .ok(
            page.listing(team.sortedMembers, path: call.request.path, id: { agents[$0].id }) { index in
                object(["id": agents[index].id, "selfUri": "/api/v2/users/\(agents[index].id)"])
            }
        )
    }

    // MARK: Groups

    private static func groups(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let page = try Page(call.request, defaultSize: 25)
        let ids = call.request.queryValues("id").flatMap { $0.split(separator: ",").map(String.init) }
        let groups = state.organization.directory.sorted(.group).filter { ids.isEmpty || ids.contains($0.id) }
        return .ok(page.listing(page.slice(groups).map(group), total: groups.count, path: call.request.path))
    }

    /// Of the criteria only `{"type": "EXACT", "fields": ["name"], "value": …}`.
    private static func search(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        guard let criterion = body["query"]?.arrayValue?.first, criterion["type"]?.stringValue == "EXACT",
            criterion["fields"]?.arrayValue == [.string("name")], let name = criterion["value"]?.stringValue
        else { throw PlatformError.invalid("query", "The simulator searches groups by their exact name only.") }
        let found = state.organization.directory.sorted(.group).filter { $0.name == name }
        return .ok(
            object([
                "total": found.count, "pageCount": 1, "pageSize": body["pageSize"]?.integerValue ?? 25, "pageNumber": 1,
                "types": ["groups"], "results": found.map(group),
            ])
        )
    }

    private static func group(_ group: OrganizationUnit) -> JSONValue {
        object([
            "id": group.id,
            "name": group.name,
            "memberCount": group.members.count,
            "state": "active",
            "version": 1,
            "type": "official",
            "rulesVisible": true,
            "visibility": "public",
            "selfUri": "/api/v2/groups/\(group.id)",
        ])
    }

    private static func groupMembers(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let group = try unit(.group, state, call)
        let page = try Page(call.request, defaultSize: 25)
        let organization = state.organization
        let users = page.slice(group.sortedMembers).map { organization.userBody($0, expand: []) }
        return .ok(page.listing(users, total: group.members.count, path: call.request.path))
    }
}
