// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// A user's presence as REST gives it.
public struct UserPresence: Sendable, Equatable {
    /// The user: from the body, else the one that was asked for.
    public var userID: String
    /// Empty when Genesys named none; then it equals no definition.
    public var definitionID: String
    /// Whatever Genesys' spelling was.
    public var system: SystemPresence?
    /// Empty without one.
    public var message: String
    /// When Genesys says it last changed.
    public var modifiedAt: Timestamp?
    /// `futurePresenceDefinition`: what the user has asked for; the bulk forms never have it.
    public var requested: SystemPresence?

    /// Makes a presence.
    public init(
        userID: String,
        definitionID: String,
        system: SystemPresence?,
        message: String,
        modifiedAt: Timestamp?
    ) {
        self.userID = userID
        self.definitionID = definitionID
        self.system = system
        self.message = message
        self.modifiedAt = modifiedAt
    }
}

/// The body of a presence read or write; the bulk forms say `userId` where the single ones say `id`.
struct UserPresenceBody: Decodable {
    struct Definition: Decodable {
        var id: String?
        var systemPresence: String?

        private enum CodingKeys: String, CodingKey {
            case id, systemPresence
        }

        init(from decoder: any Decoder) throws {
            let body = try decoder.container(keyedBy: CodingKeys.self)
            id = body.tolerant(String.self, .id)
            systemPresence = body.tolerant(String.self, .systemPresence)
        }
    }

    var userID: String?
    var definition: Definition?
    var message: String?
    var modifiedDate: String?
    var future: Definition?

    private enum CodingKeys: String, CodingKey {
        case id, userId, presenceDefinition, message, modifiedDate, futurePresenceDefinition
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        userID = body.tolerant(String.self, .userId) ?? body.tolerant(String.self, .id)
        definition = body.tolerant(Definition.self, .presenceDefinition)
        message = body.tolerant(String.self, .message)
        modifiedDate = body.tolerant(String.self, .modifiedDate)
        future = body.tolerant(Definition.self, .futurePresenceDefinition)
    }

    /// - Parameter asked: the user that the call was for, when the body does not repeat it.
    func presence(asked: String) -> UserPresence {
        var presence = UserPresence(
            userID: userID ?? asked,
            definitionID: definition?.id ?? "",
            system: definition?.systemPresence.map { SystemPresence($0) },
            message: message ?? "",
            modifiedAt: modifiedDate.flatMap { Timestamp($0) }
        )
        presence.requested = future?.systemPresence.map { SystemPresence($0) }
        return presence
    }
}
