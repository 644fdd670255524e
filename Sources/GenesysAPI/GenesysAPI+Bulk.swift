// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

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

    /// What is known of the user.
    public init(
        userID: String,
        name: String? = nil,
        presence: UserPresence? = nil,
        routingStatus: RoutingStatusObservation? = nil
    ) {
        self.userID = userID
        self.name = name
        self.presence = presence
        self.routingStatus = routingStatus
    }
}

extension GenesysAPI {
    /// Users in one bulk read [SDK docstring].
    public static let presencesPerRead = 50
    /// Users in one `GET /api/v2/users`.
    public static let usersPerRead = 100

    /// `PUT /api/v2/users/presences/bulk`: what came back, in Genesys' order. Users may be missing from it (facts 3.3).
    public func setPresences(_ writes: [PresenceWrite]) async throws(GenesysAPIError) -> [UserPresence] {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `GET /api/v2/users/presences/purecloud/bulk`, at most 50 users; unknown ones are absent from the answer.
    public func presences(userIDs: [String]) async throws(GenesysAPIError) -> [UserPresence] {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `GET /api/v2/users?id=…&expand=presence,routingStatus&pageSize=100`, at most 100 users.
    public func users(ids: [String]) async throws(GenesysAPIError) -> [UserState] {
        throw GenesysAPIError(.other, message: "not yet")
    }
}
