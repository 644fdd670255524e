// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer

/// `POST /oauth/token` with client credentials (facts 1.1). Its errors have a shape of their own.
enum OAuthEndpoint {
    static func token(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let form = formFields(call.request.body)
        guard mediaType(call.request.headers["Content-Type"]) == "application/x-www-form-urlencoded" else {
            return failure(400, "invalid_request", "the body must be application/x-www-form-urlencoded")
        }
        guard let grant = form["grant_type"] else {
            return failure(400, "invalid_request", "grant_type is missing")
        }
        guard grant == "client_credentials" else {
            return failure(400, "unsupported_grant_type", "only client_credentials is simulated")
        }
        guard let (client, secret) = basicCredentials(call.request.headers["Authorization"]),
            let expected = state.access.clients[client], expected == secret
        else {
            return failure(401, "invalid_client", "client authentication failed")
        }
        let token = state.access.issue(
            client: client,
            now: call.now,
            generator: &state.organization.generator
        )
        return .ok(
            object([
                "access_token": token,
                "token_type": "bearer",
                "expires_in": Int(state.access.lifetime.components.seconds),
            ])
        )
    }

    private static func failure(_ status: Int, _ error: String, _ description: String) -> Answer {
        Answer(
            status: status,
            body: object(["error": error, "description": description, "error_description": description])
        )
    }

    private static func mediaType(_ field: String?) -> String? {
        field?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased()
    }

    private static func basicCredentials(_ field: String?) -> (String, String)? {
        guard let field, field.lowercased().hasPrefix("basic ") else { return nil }
        let encoded = field.dropFirst(6).trimmingCharacters(in: .whitespaces)
        guard let data = Data(base64Encoded: encoded), let text = String(data: data, encoding: .utf8) else {
            return nil
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    private static func formFields(_ body: [UInt8]) -> [String: String] {
        // A form body has the syntax of a query.
        let query = HTTPRequest(method: .get, target: "/?" + String(decoding: body, as: UTF8.self))
        return ["grant_type"].reduce(into: [:]) { $0[$1] = query.queryValue($1) }
    }
}
