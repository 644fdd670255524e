// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
import HTTPClient

/// A presence to be written for one user.
public struct PresenceWrite: Sendable, Equatable {
    /// Whose presence.
    public var userID: String
    /// The definition.
    public var definitionID: String
    /// Always sent; `""` clears the message.
    public var message: String

    /// What is to be written.
    public init(userID: String, definitionID: String, message: String) {
        self.userID = userID
        self.definitionID = definitionID
        self.message = message
    }
}

/// What `GET /api/v2/users` tells of one user with `expand=presence,routingStatus`; an expansion may be missing.
public struct UserState: Sendable, Equatable {
    /// The user.
    public var userID: String
    /// The name.
    public var name: String?
    /// `nil` when the expansion is missing.
    public var presence: UserPresence?
    /// `nil` when the expansion is missing.
    public var routingStatus: RoutingStatusObservation?
    /// active, inactive, deleted; `nil` when Genesys does not tell.
    public var state: String?

    /// What is known of the user.
    public init(
        userID: String,
        name: String? = nil,
        presence: UserPresence? = nil,
        routingStatus: RoutingStatusObservation? = nil,
        state: String? = nil
    ) {
        self.userID = userID
        self.name = name
        self.presence = presence
        self.routingStatus = routingStatus
        self.state = state
    }
}

extension GenesysAPI {
    /// Users in one bulk read [SDK docstring].
    public static let presencesPerRead = 50
    /// Users in one bulk write: undocumented; the most that a Genesys blueprint sends.
    public static let presencesPerWrite = 100
    /// Users in one `GET /api/v2/users`.
    public static let usersPerRead = 100

    /// `PUT /api/v2/users/presences/bulk`, at most 100 users: what came back, in Genesys' order. Users may be missing
    /// from it (facts 3.3). No writes = no call.
    public func setPresences(_ writes: [PresenceWrite]) async throws(GenesysAPIError) -> [UserPresence] {
        guard !writes.isEmpty else { return [] }
        try Endpoint.setPresences.check(count: writes.count, limit: Self.presencesPerWrite)
        return try await putPresences(writes)
    }

    /// The same with an empty list as well, which changes nothing: whoever may not set presences gets a 403.
    public func probePresenceEdit() async throws(GenesysAPIError) {
        _ = try await putPresences([])
    }

    private func putPresences(_ writes: [PresenceWrite]) async throws(GenesysAPIError) -> [UserPresence] {
        let body = try encode(writes.map(MutablePresence.init), for: .setPresences)
        let response = try await call(.setPresences, body: body)
        return try decodePresences(response, .setPresences)
    }

    /// `GET /api/v2/users/presences/purecloud/bulk`, at most 50 users; unknown ones are absent from the answer. No ids =
    /// no call.
    public func presences(userIDs: [String]) async throws(GenesysAPIError) -> [UserPresence] {
        guard !userIDs.isEmpty else { return [] }
        let query = try Endpoint.presences.query("id", userIDs, limit: Self.presencesPerRead)
        return try decodePresences(try await call(.presences, query: "?" + query), .presences)
    }

    /// `GET /api/v2/users?id=…&expand=presence,routingStatus&state=any&pageSize=100`, at most 100 users; those who are
    /// deleted come with their ``UserState/state`` where Genesys still gives them. No ids = no call.
    public func users(ids: [String]) async throws(GenesysAPIError) -> [UserState] {
        guard !ids.isEmpty else { return [] }
        return try await users(query: try Endpoint.users.query("id", ids, limit: Self.usersPerRead) + "&state=any")
    }

    /// `GET /api/v2/users?expand=presence,routingStatus&state=active&pageSize=…`: the first few users.
    ///
    /// - Parameter count: up to 100.
    public func someUsers(_ count: Int) async throws(GenesysAPIError) -> [UserState] {
        try Endpoint.users.check(count: count, limit: Self.usersPerRead)
        return try await users(query: "state=active", pageSize: count)
    }

    private func users(
        query: String,
        pageSize: Int = GenesysAPI.usersPerRead
    ) async throws(GenesysAPIError) -> [UserState] {
        let response = try await call(
            .users,
            query: "?\(query)&expand=presence,routingStatus&pageSize=\(pageSize)"
        )
        return try decode(UserListing.self, response, .users, expected: "a list of users").users
    }

    private func decodePresences(
        _ response: ClientResponse,
        _ endpoint: Endpoint
    ) throws(GenesysAPIError) -> [UserPresence] {
        let bodies = try decode(Readable<UserPresenceBody>.self, response, endpoint, expected: "a list of presences")
        return bodies.elements.map { $0.presence(asked: "") }.filter { !$0.userID.isEmpty }
    }
}

/// MutableUserPresence
private struct MutablePresence: Encodable {
    struct Definition: Encodable {
        var id: String
    }
    var id: String
    var source = "PURECLOUD"
    var presenceDefinition: Definition
    var message: String

    init(_ write: PresenceWrite) {
        id = write.userID
        presenceDefinition = Definition(id: write.definitionID)
        message = write.message
    }
}

/// UserEntityListing; one page is all there is to up to 100 ids.
private struct UserListing: Decodable {
    struct User: Decodable {
        var state: UserState

        private enum CodingKeys: String, CodingKey {
            case id, name, presence, routingStatus, state
        }

        init(from decoder: any Decoder) throws {
            let body = try decoder.container(keyedBy: CodingKeys.self)
            let id = try body.id(.id)
            var presence = body.tolerant(UserPresenceBody.self, .presence)?.presence(asked: id)
            // Whatever id an expansion has of its own.
            presence?.userID = id
            state = UserState(
                userID: id,
                name: body.text(.name),
                presence: presence,
                routingStatus: body.tolerant(RoutingStatusBody.self, .routingStatus)?.observation,
                state: body.text(.state)?.lowercased()
            )
        }
    }

    var users: [UserState]

    private enum CodingKeys: String, CodingKey {
        case entities
    }

    init(from decoder: any Decoder) throws {
        users = try decoder.container(keyedBy: CodingKeys.self).decode(Readable<User>.self, forKey: .entities)
            .elements.map(\.state)
    }
}
