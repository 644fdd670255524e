// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

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
        let response = try await call(.presence, userID)
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
        let body = try encode(change, for: .setPresence)
        let response = try await call(.setPresence, userID, body: body)
        return try decode(UserPresenceBody.self, response, .setPresence, expected: "a user's presence")
            .presence(asked: userID)
    }

    /// `GET /api/v2/users/{id}/routingstatus`; `OFF_QUEUE` for a user that does not exist.
    public func routingStatus(userID: String) async throws(GenesysAPIError) -> RoutingStatusObservation {
        let response = try await call(.routingStatus, userID)
        return try decode(RoutingStatusBody.self, response, .routingStatus, expected: "a routing status").observation
    }

    /// `PUT /api/v2/users/{id}/routingstatus`; `IDLE` clears Not Responding. Cannot put anyone On Queue.
    public func setRoutingStatus(userID: String, to status: String) async throws(GenesysAPIError) {
        _ = try await call(.setRoutingStatus, userID, body: try encode(["status": status], for: .setRoutingStatus))
    }

    /// `GET /api/v2/presence/users/{id}/primarysource`: the source whose presence counts, `PURECLOUD` or another's.
    public func primaryPresenceSource(userID: String) async throws(GenesysAPIError) -> String? {
        let response = try await call(.primarySource, userID)
        return try decode(PrimarySourceBody.self, response, .primarySource, expected: "a presence source").sourceID
    }
}

private struct PresenceChange: Encodable {
    struct Definition: Encodable {
        var id: String
    }
    var presenceDefinition: Definition
    var message: String
}

/// RoutingStatus, without which there is no answer.
struct RoutingStatusBody: Decodable {
    var observation: RoutingStatusObservation

    private enum CodingKeys: String, CodingKey {
        case status, startTime
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        observation = RoutingStatusObservation(
            status: try body.decode(String.self, forKey: .status),
            startTime: body.time(.startTime)
        )
    }
}

/// UserPrimarySource
private struct PrimarySourceBody: Decodable {
    var sourceID: String?

    private enum CodingKeys: String, CodingKey {
        case sourceId
    }

    init(from decoder: any Decoder) throws {
        sourceID = try decoder.container(keyedBy: CodingKeys.self).text(.sourceId)
    }
}
