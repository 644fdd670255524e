// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// `PUT /api/v2/wfm/users/{userId}/adherence`: Genesys has no such call (facts 0.2), but a gateway in front of another
/// workforce system may. 404 unless ``Switches/hasAdherenceGateway``; it only takes a note.
enum GatewayEndpoints {
    static let prefix = "/api/v2/wfm/"

    static let all: [Endpoint] = [Endpoint("PUT", prefix + "users/{userId}/adherence", write)]

    private static func write(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.user(call.parameter("userId"))
        state.gatewayWrites.append(
            GatewayWrite(at: call.now, user: state.organization.agents[index].id, body: try call.objectBody())
        )
        return Answer(status: 204)
    }
}

/// A call the gateway took.
struct GatewayWrite: Sendable {
    var at: Timestamp
    var user: String
    var body: JSONValue

    var json: JSONValue { object(["at": at, "userId": user, "body": body]) }
}
