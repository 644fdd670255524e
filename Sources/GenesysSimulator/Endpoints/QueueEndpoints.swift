// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// `/api/v2/routing/queues…` and `/api/v2/routing/wrapupcodes…`. Every member of a queue has joined it.
enum QueueEndpoints {
    private static let viewQueues = PermissionRule.all("routing:queue:view")
    private static let viewMembers = PermissionRule.any(
        "routing:queue:view",
        "routing:queue:edit",
        "routing:queue:readonly",
        "routing:queueMember:manage"
    )
    private static let viewCodes = PermissionRule.all("routing:wrapupCode:view")

    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/routing/queues", needs: viewQueues) { try list(.queue, $0, $1) },
        Endpoint("GET", "/api/v2/routing/queues/{id}", needs: viewQueues) { try read(.queue, $0, $1) },
        Endpoint("GET", "/api/v2/routing/queues/{id}/members", needs: viewMembers, members),
        Endpoint("GET", "/api/v2/routing/wrapupcodes", needs: viewCodes) { try list(.wrapupCode, $0, $1) },
        Endpoint("GET", "/api/v2/routing/wrapupcodes/{id}", needs: viewCodes) { try read(.wrapupCode, $0, $1) },
    ]

    /// Members on one page [SDK docstring].
    static let membersLimit = 100

    private static func list(
        _ kind: OrganizationUnitKind,
        _ state: SimulatorState,
        _ call: EndpointCall
    ) throws -> Answer {
        let page = try Page(call.request, defaultSize: 25)
        let ids = call.request.queryValues("id").flatMap { $0.split(separator: ",").map(String.init) }
        let name = call.request.queryValue("name")
        let units = state.organization.directory.sorted(kind).filter { unit in
            (ids.isEmpty || ids.contains(unit.id)) && (name.map { fits(unit.name, $0) } ?? true)
        }
        let bodies = page.slice(units).map { body(kind, $0, state.organization) }
        return .ok(page.listing(bodies, total: units.count, path: call.request.path, name: name))
    }

    /// "Include only queues with the given name (leading and trailing asterisks allowed)"; case counts here, which is the
    /// stricter side of what is not documented.
    private static func fits(_ name: String, _ wanted: String) -> Bool {
        let part = wanted.drop { $0 == "*" }
        let core = part.reversed().drop { $0 == "*" }.reversed()
        return switch (wanted.hasPrefix("*"), wanted.hasSuffix("*")) {
        case (false, false): name == wanted
        case (true, false): name.hasSuffix(String(core))
        case (false, true): name.hasPrefix(String(core))
        case (true, true): core.isEmpty || name.contains(String(core))
        }
    }

    private static func read(
        _ kind: OrganizationUnitKind,
        _ state: SimulatorState,
        _ call: EndpointCall
    ) throws -> Answer {
        let id = call.parameter("id")
        guard let unit = state.organization.directory.unit(kind, id: id) else { throw PlatformError.notFound(id) }
        return .ok(body(kind, unit, state.organization))
    }

    private static func members(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let id = call.parameter("id")
        guard let queue = state.organization.directory.unit(.queue, id: id) else { throw PlatformError.notFound(id) }
        let page = try Page(call.request, defaultSize: 25, limit: membersLimit)
        let organization = state.organization
        let members = page.slice(queue.sortedMembers).map { index in
            let agent = organization.agents[index]
            return object([
                "id": agent.id,
                "name": agent.name,
                "user": object(["id": agent.id, "name": agent.name, "selfUri": "/api/v2/users/\(agent.id)"]),
                "ringNumber": 1,
                "joined": true,
                "memberBy": "user",
                "routingStatus": organization.routingStatus(index),
            ])
        }
        return .ok(page.listing(members, total: queue.members.count, path: call.request.path, isCounted: false))
    }

    private static func body(
        _ kind: OrganizationUnitKind,
        _ unit: OrganizationUnit,
        _ organization: SimulatedOrganization
    ) -> JSONValue {
        let count = kind == .queue ? unit.members.count : nil
        return object([
            "id": unit.id,
            "name": unit.name,
            "division": object(["id": organization.divisionID, "name": "Home"]),
            "memberCount": count,
            "joinedMemberCount": count,
            "selfUri": "/api/v2/routing/\(kind.rawValue)/\(unit.id)",
        ])
    }
}
