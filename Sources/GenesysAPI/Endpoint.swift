// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient

/// What is known of an endpoint before it is called.
struct Endpoint: Sendable {
    /// For metrics.
    var name: String
    var method: String
    /// With `{id}` where the user's id goes; what logs and errors show.
    var template: String
    /// Asked for when a 403 does not name one (facts 1.4).
    var permission: String?

    static let token = Endpoint(name: "token", method: "POST", template: "/oauth/token")
    static let presenceDefinitions = Endpoint(
        name: "presenceDefinitions",
        method: "GET",
        template: "/api/v2/presence/definitions",
        permission: "presence:presenceDefinition:view"
    )
    static let presence = Endpoint(
        name: "presence",
        method: "GET",
        template: "/api/v2/users/{id}/presences/purecloud"
    )
    // The documentation lists no permission; since 2025-07-20 another user's presence needs this one.
    static let setPresence = Endpoint(
        name: "setPresence",
        method: "PATCH",
        template: "/api/v2/users/{id}/presences/purecloud",
        permission: "presence:userPresence:edit"
    )
    static let routingStatus = Endpoint(
        name: "routingStatus",
        method: "GET",
        template: "/api/v2/users/{id}/routingstatus"
    )

    /// `PATCH /api/v2/users/{id}/presences/purecloud`
    var description: String { "\(method) \(template)" }

    /// - Throws: `.badRequest` for an id that would make it another path.
    func path(userID: String?) throws(GenesysAPIError) -> String {
        guard let userID else { return template }
        guard !userID.isEmpty, userID != ".", userID != ".." else {
            throw GenesysAPIError(.badRequest, message: "\(description): \"\(userID)\" is not a user id")
        }
        return template.replacing("{id}", with: userID.percentEncoded)
    }

    func succeeded(_ response: ClientResponse) throws(GenesysAPIError) -> ClientResponse {
        guard (200..<300).contains(response.status) else { throw GenesysAPIError(response, from: self) }
        return response
    }
}

extension String {
    /// All but the unreserved characters of RFC 3986 section 2.3.
    var percentEncoded: String {
        let hex = Array("0123456789ABCDEF")
        return utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%"
                text.append(hex[Int(byte >> 4)])
                text.append(hex[Int(byte & 15)])
            }
        }
    }
}
