// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax
public import GenesysEvents

/// How a configured status names its presence definition.
public enum PresenceSelector: Hashable, Sendable, Codable {
    /// The system presence itself (`presence: Break`).
    case system(SystemPresence)
    /// A secondary presence by its label in any locale, and the system presence it belongs to, when given.
    case label(String, system: SystemPresence?)
    /// A definition's id.
    case id(String)
}

/// One entry under `statuses:`.
public struct StatusDefinition: Hashable, Sendable {
    /// The key under `statuses:`, by which rules name it.
    public var name: String
    /// The presence definition to set.
    public var presence: PresenceSelector
    /// Sent with the presence; `nil` = the message is cleared.
    public var message: String?
    /// Once the presence is confirmed, adherence is put as well (`adherence: put`): for gateways that offer the call,
    /// which Genesys Cloud itself does not.
    public var putsAdherence: Bool
    /// Where the entry begins.
    public var location: SourceLocation

    /// Creates a definition.
    public init(
        name: String,
        presence: PresenceSelector,
        message: String? = nil,
        putsAdherence: Bool = false,
        location: SourceLocation
    ) {
        self.name = name
        self.presence = presence
        self.message = message
        self.putsAdherence = putsAdherence
        self.location = location
    }
}

extension StatusDefinition {
    /// Reads the `statuses:` node. A status with an error is left out, reported.
    static func parse(_ node: ConfigurationNode, diagnostics: Diagnostics) -> [String: StatusDefinition] {
        guard case .mapping(let entries) = node.content else {
            if !node.isNull {
                diagnostics.error(
                    at: node.location,
                    "statuses: expected a mapping such as { Break: { presence: Break } }, found \(node.kind)"
                )
            }
            return [:]
        }
        var statuses: [String: StatusDefinition] = [:]
        for entry in entries {
            statuses[entry.key] = parse(entry, diagnostics: diagnostics)
        }
        return statuses
    }

    private static func parse(_ entry: ConfigurationNode.Entry, diagnostics: Diagnostics) -> StatusDefinition? {
        let path = "statuses.\(entry.key)"
        guard case .mapping = entry.value.content else {
            diagnostics.error(
                at: entry.value.location,
                "\(path): expected a mapping such as { presence: Break }, found \(entry.value.kind)"
            )
            return nil
        }
        let reader = MappingReader(
            entry.value,
            path: path,
            keys: ["presence", "message", "adherence"],
            diagnostics: diagnostics
        )
        guard let reader, reader.require("presence"), let node = reader.node("presence") else { return nil }
        let message = reader.text("message", allowsEmpty: true)
        enum Adherence: String, CaseIterable { case put }
        let adherence = reader.choice("adherence", of: Adherence.self)
        guard let presence = PresenceSelector.parse(node, path: "\(path).presence", diagnostics: diagnostics) else {
            return nil
        }
        if presence.system == .offline {
            diagnostics.warning(
                at: node.location,
                "\(path) sets Offline: the relay never moves an agent out of Offline, so it will not be put back"
            )
        }
        return StatusDefinition(
            name: entry.key,
            presence: presence,
            message: message?.isEmpty == true ? nil : message,
            putsAdherence: adherence == .put,
            location: entry.keyLocation
        )
    }
}

extension PresenceSelector {
    /// The system presence it is or belongs to, as far as the configuration says.
    var system: SystemPresence? {
        switch self {
        case .system(let system): system
        case .label(_, let system): system
        case .id: nil
        }
    }

    fileprivate static func parse(
        _ node: ConfigurationNode,
        path: String,
        diagnostics: Diagnostics
    ) -> PresenceSelector? {
        guard case .mapping = node.content else {
            return systemPresence(node, path: path, diagnostics: diagnostics).map { .system($0) }
        }
        let reader = MappingReader(node, path: path, keys: ["label", "system", "id"], diagnostics: diagnostics)
        guard let reader else { return nil }
        let system = reader.node("system").flatMap {
            systemPresence($0, path: "\(path).system", diagnostics: diagnostics)
        }
        if let id = reader.node("id") {
            guard reader.node("label") == nil, reader.node("system") == nil else {
                diagnostics.error(at: id.location, "\(path): an id says it all; remove label: and system:")
                return nil
            }
            return reader.text("id").map { .id($0) }
        }
        guard reader.node("label") != nil else {
            diagnostics.error(at: node.location, "\(path): write label: or id:, or only the name of a system presence")
            return nil
        }
        guard let label = reader.text("label"), reader.node("system") == nil || system != nil else { return nil }
        return .label(label, system: system)
    }

    private static func systemPresence(
        _ node: ConfigurationNode,
        path: String,
        diagnostics: Diagnostics
    ) -> SystemPresence? {
        guard let text = node.text(path, diagnostics: diagnostics) else { return nil }
        let presence = SystemPresence(text)
        guard node.provenance != .placeholder, !presence.isKnown else { return presence }
        guard node.provenance == .written else {
            diagnostics.error(at: node.location, "\(path): unknown system presence: \(node.kind)")
            return nil
        }
        let names = FactVocabulary.presenceNames
        let clause = suggestionClause(for: text, among: names, called: "system presences")
        let advice = "a secondary presence is written { label: \"\(text)\" } or { id: … }"
        diagnostics.error(at: node.location, "\(path): unknown system presence '\(text)'\(clause) (\(advice))")
        return nil
    }
}
