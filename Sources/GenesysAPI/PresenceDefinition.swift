// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// `GET /api/v2/presence/definitions`
public struct PresenceDefinition: Sendable, Equatable {
    /// Stable; the ids of the System ones are the same in every organisation seen so far.
    public var id: String
    /// System or User
    public var type: String?
    /// What the definition counts as; several User definitions share one.
    public var systemPresence: SystemPresence
    /// Locale → label: `en_US` → `Coffee`. Labels are editable and not unique.
    public var labels: [String: String]
    /// Cannot be set any more.
    public var deactivated: Bool

    /// Makes a definition.
    public init(
        id: String,
        type: String?,
        systemPresence: SystemPresence,
        labels: [String: String],
        deactivated: Bool = false
    ) {
        self.id = id
        self.type = type
        self.systemPresence = systemPresence
        self.labels = labels
        self.deactivated = deactivated
    }

    /// One of those that every organisation has.
    public var isSystem: Bool { type?.lowercased() == "system" }
}

/// `{total, entities[]}`, not paged. An element that lacks what we need is left out, not an error.
struct PresenceDefinitionListing: Decodable {
    var definitions: [PresenceDefinition]
    var leftOut: Int

    private struct Element: Decodable {
        var definition: PresenceDefinition?

        private enum CodingKeys: String, CodingKey {
            case id, type, primary, systemPresence, languageLabels, deactivated
        }

        init(from decoder: any Decoder) throws {
            guard let body = try? decoder.container(keyedBy: CodingKeys.self),
                let id = body.tolerant(String.self, .id), !id.isEmpty,
                let presence = body.tolerant(String.self, .systemPresence)
            else { return }
            // The older form has `primary` in place of `type`.
            let type =
                body.tolerant(String.self, .type) ?? body.tolerant(Bool.self, .primary).map { $0 ? "System" : "User" }
            definition = PresenceDefinition(
                id: id,
                type: type,
                systemPresence: SystemPresence(presence),
                labels: body.tolerant([String: String?].self, .languageLabels)?.compactMapValues { $0 } ?? [:],
                deactivated: body.tolerant(Bool.self, .deactivated) ?? false
            )
        }
    }

    private enum CodingKeys: String, CodingKey {
        case entities
    }

    init(from decoder: any Decoder) throws {
        let elements = try decoder.container(keyedBy: CodingKeys.self).decode([Element].self, forKey: .entities)
        definitions = elements.compactMap(\.definition)
        leftOut = elements.count - definitions.count
    }
}
