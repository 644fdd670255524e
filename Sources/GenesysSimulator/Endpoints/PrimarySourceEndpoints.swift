// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// `/api/v2/presence/users/{userId}/primarysource`: whose presence counts for a user (facts 3.4).
enum PrimarySourceEndpoints {
    private static let path = "/api/v2/presence/users/{userId}/primarysource"

    static let all: [Endpoint] = [
        Endpoint("GET", path, needs: .all("presence:userPrimarySource:view"), read),
        Endpoint("PUT", path, needs: .all("presence:userPrimarySource:edit"), write),
    ]

    private static func read(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        .ok(body(state.organization.agents[try state.organization.user(call.parameter("userId"))]))
    }

    private static func write(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.user(call.parameter("userId"))
        guard let id = try call.objectBody()["sourceId"]?.stringValue, !id.isEmpty else {
            throw PlatformError.invalid("sourceId", "sourceId is required.")
        }
        let source = PresenceSource.pureCloud.isNamed(id) ? .pureCloud : PresenceSource(id: id)
        state.organization.setPrimarySource(of: index, to: source, now: call.now)
        return .ok(body(state.organization.agents[index]))
    }

    private static func body(_ agent: SimulatedAgent) -> JSONValue {
        object([
            "id": agent.id,
            "sourceId": agent.primarySource.id,
            "registered": agent.primarySource != .pureCloud,
            "selfUri": "/api/v2/presence/users/\(agent.id)/primarysource",
        ])
    }
}
