// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
public import GenesysEvents
import HTTPClient
import Logging

extension GenesysAPI {
    /// `GET /api/v2/presence/definitions?deactivated=false&localeCode=ALL`: those of the divisions the client sees.
    ///
    /// - Parameter deactivated: asks for the deactivated ones (`deactivated=TRUE`; whether active ones come with them
    ///   is not documented, ``PresenceCatalog`` takes both lists together).
    public func presenceDefinitions(
        deactivated: Bool = false
    ) async throws(GenesysAPIError) -> [PresenceDefinition] {
        let response = try await call(
            .presenceDefinitions,
            query: "?deactivated=\(deactivated ? "TRUE" : "false")&localeCode=ALL"
        )
        let listing = try decode(
            PresenceDefinitionListing.self,
            response,
            .presenceDefinitions,
            expected: "a list of presence definitions"
        )
        if listing.leftOut > 0 {
            logger.warning(
                "Presence definitions without an id or a system presence were left out",
                metadata: ["count": "\(listing.leftOut)"]
            )
        }
        return listing.definitions
    }

    /// `GET /api/v2/users/{id}/presences/purecloud`
    public func presence(userID: String) async throws(GenesysAPIError) -> UserPresence {
        let response = try await call(.presence, userID: userID)
        return try decode(UserPresenceBody.self, response, .presence, expected: "a user's presence")
            .presence(asked: userID)
    }

    /// `PATCH /api/v2/users/{id}/presences/purecloud`; the message is always sent (`""` clears it).
    ///
    /// - Returns: what Genesys answered, which is not yet a proof that it stuck.
    public func setPresence(
        userID: String,
        definitionID: String,
        message: String
    ) async throws(GenesysAPIError) -> UserPresence {
        let change = PresenceChange(presenceDefinition: .init(id: definitionID), message: message)
        guard let body = try? JSONEncoder().encode(change) else {
            throw GenesysAPIError(
                .badRequest,
                message: "\(Endpoint.setPresence.description): the body cannot be encoded"
            )
        }
        let response = try await call(.setPresence, userID: userID, body: Array(body))
        return try decode(UserPresenceBody.self, response, .setPresence, expected: "a user's presence")
            .presence(asked: userID)
    }

    /// `GET /api/v2/users/{id}/routingstatus`; `OFF_QUEUE` for a user that does not exist.
    public func routingStatus(userID: String) async throws(GenesysAPIError) -> RoutingStatusObservation {
        let response = try await call(.routingStatus, userID: userID)
        let body = try decode(RoutingStatusBody.self, response, .routingStatus, expected: "a routing status")
        return RoutingStatusObservation(status: body.status, startTime: body.startTime.flatMap { Timestamp($0) })
    }

    private func decode<Body: Decodable>(
        _ type: Body.Type,
        _ response: ClientResponse,
        _ endpoint: Endpoint,
        expected: String
    ) throws(GenesysAPIError) -> Body {
        guard let body = try? JSONDecoder().decode(type, from: Data(response.body)) else {
            throw .unexpectedBody(response, from: endpoint, expected: expected)
        }
        return body
    }
}

private struct PresenceChange: Encodable {
    struct Definition: Encodable {
        var id: String
    }
    var presenceDefinition: Definition
    var message: String
}

private struct RoutingStatusBody: Decodable {
    var status: String
    var startTime: String?

    private enum CodingKeys: String, CodingKey {
        case status, startTime
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        status = try body.decode(String.self, forKey: .status)
        startTime = body.tolerant(String.self, .startTime)
    }
}
