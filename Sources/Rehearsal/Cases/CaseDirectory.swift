// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import StatusRules

/// What a case file says of the organisation, which no test asks.
struct CaseDirectory: Sendable {
    /// Keys under `agent:` that say to what the agent belongs.
    static let memberKeys = ["queues", "managementUnits", "teams", "groups"]
    private static let kinds: [(key: String, kind: DirectoryKind)] = [
        ("queues", .queue), ("wrapupCodes", .wrapupCode), ("managementUnits", .managementUnit), ("teams", .team),
        ("groups", .group), ("presences", .presence),
    ]

    /// Ids by kind and name.
    private var ids: [DirectoryKind: [String: String]] = [:]

    /// Ids of presence definitions by label.
    var presences: [String: String] { ids[.presence] ?? [:] }

    static func parse(_ root: MappingReader) -> CaseDirectory {
        var directory = CaseDirectory()
        guard let reader = root.mapping("directory", keys: kinds.map(\.key)) else { return directory }
        for (key, kind) in kinds {
            guard let node = reader.node(key) else { continue }
            guard case .mapping(let entries) = node.content else {
                root.diagnostics.error(
                    at: node.location,
                    "\(reader.name(key)): expected a mapping of names to ids, found \(node.kind)"
                )
                continue
            }
            for entry in entries {
                directory.ids[kind, default: [:]][entry.key] = entry.value.text(
                    "\(reader.name(key)).\(entry.key)",
                    diagnostics: root.diagnostics
                )
            }
        }
        return directory
    }

    /// Every name in the rules resolved: to the id in the file, else to itself; the agent belongs to what its case says.
    func snapshot(for rules: RuleSet, agentID: String, memberships: [String]) -> DirectorySnapshot {
        var snapshot = DirectorySnapshot()
        for reference in rules.references {
            let id = ids[reference.kind]?[reference.text] ?? fallback(reference)
            let isMember = memberships.contains(reference.text) || memberships.contains(id)
            snapshot.entries[reference.kind, default: [:]][reference.text] = DirectorySnapshot.Entry(
                id: id,
                name: reference.text,
                members: isMember ? [agentID] : []
            )
        }
        return snapshot
    }

    /// As ``RuleSet/offlineTargets`` names what only the organisation knows.
    private func fallback(_ reference: DirectoryReference) -> String {
        reference.kind == .presence ? "id of '\(reference.text)'" : reference.text
    }
}
