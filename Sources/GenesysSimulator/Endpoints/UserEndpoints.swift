// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// `/api/v2/users…` and routing status (facts 3.2, 3.3).
enum UserEndpoints {
    /// Not in the SDK's lists; an old relay of Genesys' own asks for it (facts 1.4).
    private static let view = PermissionRule.all("directory:user:view")

    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/users", needs: view, list),
        Endpoint("GET", "/api/v2/users/{userId}", needs: view, read),
        Endpoint("GET", "/api/v2/users/{userId}/routingstatus", routingStatus),
        Endpoint("PUT", "/api/v2/users/{userId}/routingstatus", setRoutingStatus),
    ]

    /// Users asked for by id: undocumented; as many as anyone is known to ask for.
    static let idsLimit = 100

    private static func list(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let page = try Page(call.request, defaultSize: 25)
        let expand = expansions(call.request)
        let ids = call.request.queryValues("id").flatMap { $0.split(separator: ",").map(String.init) }
        guard ids.count <= idsLimit else { throw PlatformError.invalid("id", "At most \(idsLimit) ids may be given.") }
        let organization = state.organization
        let chosen = ids.isEmpty ? Array(organization.agents.indices) : ids.compactMap(organization.agent)
        let entities = page.slice(chosen).compactMap { index -> JSONValue? in
            guard !ids.isEmpty else { return organization.userBody(index, expand: expand) }
            switch state.bulkFate(of: organization.agents[index].id, call) {
            case .unchanged, .applied: return nil
            // Expansions are best effort: here they are missing.
            case .stale: return organization.userBody(index, expand: [])
            case nil: return organization.userBody(index, expand: expand)
            }
        }
        return .ok(page.listing(entities, total: chosen.count, path: "/api/v2/users"))
    }

    private static func read(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.user(call.parameter("userId"))
        return .ok(state.organization.userBody(index, expand: expansions(call.request)))
    }

    private static func expansions(_ request: HTTPRequest) -> Set<String> {
        Set(request.queryValues("expand").flatMap { $0.split(separator: ",").map(String.init) })
    }

    /// A user who does not exist is OFF_QUEUE here, not 404 [SDK docstring].
    private static func routingStatus(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let id = call.parameter("userId")
        guard let index = state.organization.agent(id) else {
            return .ok(object(["userId": id, "status": RoutingStatus.offQueue.rawValue]))
        }
        return .ok(state.organization.routingStatus(index))
    }

    /// Only clears NOT_RESPONDING. It cannot put anyone On Queue: that is the On Queue presence.
    private static func setRoutingStatus(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.user(call.parameter("userId"))
        guard let text = try call.objectBody()["status"]?.stringValue, let wanted = RoutingStatus(rawValue: text) else {
            throw PlatformError.invalid(
                "status",
                "status must be OFF_QUEUE, IDLE, INTERACTING, NOT_RESPONDING or COMMUNICATING."
            )
        }
        if wanted == .idle, state.organization.agents[index].routingStatus == .notResponding {
            let next: RoutingStatus = state.organization.isBusy(index) ? .interacting : .idle
            state.organization.setRoutingStatus(of: index, to: next, now: call.now)
        }
        return .ok(state.organization.routingStatus(index))
    }
}

extension SimulatedOrganization {
    func routingStatus(_ index: Int) -> JSONValue {
        let agent = agents[index]
        return object([
            "userId": agent.id, "status": agent.routingStatus.rawValue, "startTime": agent.routingStatusSince,
        ])
    }

    func userBody(_ index: Int, expand: Set<String>) -> JSONValue {
        let agent = agents[index]
        return object([
            "id": agent.id,
            "name": agent.name,
            "division": object(["id": divisionID, "name": "Home"]),
            "email": agent.email,
            "state": "active",
            "username": agent.email,
            "version": 1,
            "routingStatus": expand.contains("routingStatus") ? routingStatus(index) : nil,
            "presence": expand.contains("presence") ? shownPresence(index) : nil,
            "conversationSummary": expand.contains("conversationSummary") ? summaryBody(of: index) : nil,
            "outOfOffice": expand.contains("outOfOffice") ? object(["active": agent.isOutOfOffice]) : nil,
            "acdAutoAnswer": false,
            "selfUri": "/api/v2/users/\(agent.id)",
        ])
    }
}
