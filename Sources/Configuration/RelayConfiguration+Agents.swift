// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
public import StatusRules

extension RelayConfiguration.Agents {
    static func parse(_ root: MappingReader) -> Self {
        var agents = Self()
        guard let reader = root.mapping("agents", keys: ["include", "exclude"]) else { return agents }
        if let include = reader.mapping("include", keys: ["queues", "managementUnits", "users"]) {
            agents.includeUsers = include.texts("users") ?? []
            agents.includeUnits = units(.queue, "queues", include) + units(.managementUnit, "managementUnits", include)
        }
        agents.excludeUsers = reader.mapping("exclude", keys: ["users"])?.texts("users") ?? []
        return agents
    }

    private static func units(
        _ kind: DirectoryKind,
        _ key: String,
        _ include: MappingReader
    ) -> [DirectoryReference] {
        guard let elements = include.node(key)?.elements, let texts = include.texts(key) else { return [] }
        // A variable that is missing here has no name to look up.
        return zip(elements, texts).filter { $0.0.provenance != .placeholder }.map { node, text in
            DirectoryReference(
                kind: kind,
                text: text,
                needsMembers: true,
                location: node.location,
                isShown: node.provenance == .written
            )
        }
    }

    /// Whom the relay may touch: everyone, or only those included; never the excluded.
    ///
    /// - Parameter directory: who belongs to what; `nil` = that is not known (without a network), and then only users
    ///   that are excluded are known not to be meant.
    public func mayTouch(in directory: DirectorySnapshot?) -> @Sendable (_ agentID: String) -> Bool {
        let excluded = Set(excludeUsers)
        guard directory != nil || includeUnits.isEmpty else { return { !excluded.contains($0) } }
        guard !(includeUsers.isEmpty && includeUnits.isEmpty) else { return { !excluded.contains($0) } }
        var included = Set(includeUsers)
        for unit in includeUnits { included.formUnion(directory?[unit.kind, unit.text]?.members ?? []) }
        return { [included] id in !excluded.contains(id) && included.contains(id) }
    }
}
