// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// `/api/v2/routing/queues…`: the organization has one queue, and every agent is a member who has joined it.
enum QueueEndpoints {
    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/routing/queues", list),
        Endpoint("GET", "/api/v2/routing/queues/{queueId}", read),
        Endpoint("GET", "/api/v2/routing/queues/{queueId}/members", members),
    ]

    private static func list(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let page = try Page(call.request, defaultSize: 25)
        let queues = page.slice([queue(state.organization)])
        return .ok(page.listing(Array(queues), total: 1, path: "/api/v2/routing/queues"))
    }

    private static func read(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(call, state.organization)
        return .ok(queue(state.organization))
    }

    private static func members(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(call, state.organization)
        let page = try Page(call.request, defaultSize: 25)
        let organization = state.organization
        let members = page.slice(Array(organization.agents.indices)).map { index in
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
        return .ok(page.listing(members, total: organization.agents.count, path: call.request.path))
    }

    private static func queue(_ organization: SimulatedOrganization) -> JSONValue {
        object([
            "id": organization.queueID,
            "name": organization.queueName,
            "division": object(["id": organization.divisionID, "name": "Home"]),
            "memberCount": organization.agents.count,
            "joinedMemberCount": organization.agents.count,
            "selfUri": "/api/v2/routing/queues/\(organization.queueID)",
        ])
    }

    private static func require(_ call: EndpointCall, _ organization: SimulatedOrganization) throws(PlatformError) {
        let id = call.parameter("queueId")
        guard id == organization.queueID else { throw .notFound(id) }
    }
}
