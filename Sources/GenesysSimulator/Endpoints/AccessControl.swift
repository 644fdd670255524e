// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// `/simulator/clients`, `/simulator/tokens`, `/simulator/permissions` and `/simulator/webhook`: who may do what, and who
/// hears of it.
enum AccessControl {
    static let all: [Endpoint] = [
        Endpoint("POST", "/simulator/clients", setClient),
        Endpoint("DELETE", "/simulator/clients/{clientId}", removeClient),
        Endpoint("POST", "/simulator/tokens/revoke", revokeTokens),
        Endpoint("GET", "/simulator/permissions", permissions),
        Endpoint("PUT", "/simulator/permissions", setPermissions),
        Endpoint("POST", "/simulator/permissions", setPermissions),
        Endpoint("DELETE", "/simulator/permissions", restorePermissions),
        Endpoint("POST", "/simulator/webhook", setWebhook),
    ]

    /// Adds a client or changes its secret; tokens it has stay valid.
    private static func setClient(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        guard let id = body["id"]?.stringValue, let secret = body["secret"]?.stringValue else {
            throw PlatformError.invalid("id", "id and secret are required.")
        }
        state.access.clients[id] = secret
        return Answer(status: 201, body: object(["id": id]))
    }

    /// Its tokens are void at once.
    private static func removeClient(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let id = call.parameter("clientId")
        guard state.access.clients.removeValue(forKey: id) != nil else { throw PlatformError.notFound(id) }
        return .ok(object(["revoked": state.access.revoke(client: id)]))
    }

    /// `{"client": …}` spares the tokens of others.
    private static func revokeTokens(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        .ok(object(["revoked": state.access.revoke(client: try call.objectBody()["client"]?.stringValue)]))
    }

    /// Every permission some endpoint asks for.
    static let known = Set(SimulatorState.platform.flatMap { $0.permission?.names ?? [] })

    private static func permissions(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(object(["known": known.sorted(), "missing": state.switches.missingPermissions.sorted()]))
    }

    /// `{"missing": […]}`: what no client may do from now on; everything else is allowed.
    private static func setPermissions(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        guard let names = try call.objectBody()["missing"]?.arrayValue?.compactMap(\.stringValue) else {
            throw PlatformError.invalid("missing", "missing must be a list of permissions.")
        }
        if let stranger = names.first(where: { !known.contains($0) }) {
            throw PlatformError.invalid("missing", "No endpoint asks for \(stranger).")
        }
        state.switches.missingPermissions = Set(names)
        return .ok(object(["missing": names.sorted()]))
    }

    private static func restorePermissions(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        state.switches.missingPermissions = []
        return .ok(object(["missing": [String]()]))
    }

    /// `{"url": …, "headers": {"X-API-Key": …}, "topics": [".presence"], "keepAlive": true}`; `{"url": null}` stops the
    /// push.
    private static func setWebhook(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        if let url = body["url"]?.stringValue {
            let headers = body["headers"]?.objectValue?.map { (name: $0.name, value: $0.value.stringValue ?? "") }
            let keepsAlive = body["keepAlive"]?.boolValue ?? state.webhook?.keepsAlive ?? false
            state.webhook = WebhookTarget(url: url, headers: headers ?? [], keepsAlive: keepsAlive)
        } else {
            state.webhook = nil
        }
        state.organization.observedTopics = body["topics"]?.arrayValue?.compactMap(\.stringValue)
        state.organization.isObserved = state.webhook != nil
        return .ok(object(["url": state.webhook?.url, "topics": state.organization.observedTopics]))
    }
}
