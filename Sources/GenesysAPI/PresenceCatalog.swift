// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// The presence definitions of an organisation, and which one a configured status means.
///
/// Labels can be edited and repeated, so whatever does not lead to exactly one active definition is an error that
/// names the candidates.
public struct PresenceCatalog: Sendable, Equatable {
    /// In the order given, each id once (the first wins).
    public let definitions: [PresenceDefinition]

    /// Makes a catalogue of what ``GenesysAPI/presenceDefinitions(deactivated:)`` returned.
    public init(_ definitions: [PresenceDefinition]) {
        var ids: Set<String> = []
        self.definitions = definitions.filter { ids.insert($0.id).inserted }
    }

    /// The definition that every organisation has for a system presence.
    ///
    /// - Throws: `.unknown`, `.deactivated` or, never seen, `.ambiguous`.
    public func resolve(system: SystemPresence) throws(PresenceCatalogError) -> PresenceDefinition {
        let systemOnes = definitions.filter(\.isSystem)
        return try only(
            systemOnes.filter { $0.systemPresence == system },
            of: "the system presence \(system)",
            unless: { () -> PresenceCatalogError in
                let known = Set(systemOnes.map(\.systemPresence.name)).sorted()
                return PresenceCatalogError(
                    .unknown,
                    "there is no system presence \(system); there are \(known.joined(separator: ", "))"
                )
            }
        )
    }

    /// The definition with a label in any locale, upper and lower case told apart, and with the system presence if
    /// one is named.
    ///
    /// - Throws: `.unknown` with the nearest labels, `.ambiguous` with all candidates, or `.deactivated`.
    public func resolve(
        label: String,
        system: SystemPresence? = nil
    ) throws(PresenceCatalogError) -> PresenceDefinition {
        let labelled = definitions.filter { $0.labels.values.contains(label) }
        let what = "the label \"\(label)\"" + (system.map { " and the system presence \($0)" } ?? "")
        return try only(
            labelled.filter { system == nil || $0.systemPresence == system },
            of: what,
            unless: { () -> PresenceCatalogError in
                guard labelled.isEmpty else {
                    return PresenceCatalogError(
                        .unknown,
                        "no definition has \(what); with that label there is \(Self.list(labelled, label: label))",
                        candidates: labelled
                    )
                }
                return unknown(label: label, what: what)
            }
        )
    }

    /// The definition with an id.
    ///
    /// - Throws: `.unknown` or `.deactivated`.
    public func resolve(id: String) throws(PresenceCatalogError) -> PresenceDefinition {
        try only(
            definitions.filter { $0.id.lowercased() == id.lowercased() },
            of: "the id \(id)",
            unless: { () -> PresenceCatalogError in
                PresenceCatalogError(
                    .unknown,
                    "no definition has the id \(id); it may be of another organisation, or of a division that the "
                        + "OAuth client does not see"
                )
            }
        )
    }

    private func only(
        _ found: [PresenceDefinition],
        of what: String,
        unless unknown: () -> PresenceCatalogError
    ) throws(PresenceCatalogError) -> PresenceDefinition {
        let active = found.filter { !$0.deactivated }
        switch (active.count, found.count) {
        case (1, _): return active[0]
        case (0, 0): throw unknown()
        case (0, _):
            throw PresenceCatalogError(
                .deactivated,
                "the definition with \(what) is deactivated: \(Self.list(found)); activate it in Genesys Cloud or name "
                    + "another",
                candidates: found
            )
        default:
            throw PresenceCatalogError(
                .ambiguous,
                "\(active.count) definitions have \(what): \(Self.list(active)); name one by id",
                candidates: active
            )
        }
    }

    private func unknown(label: String, what: String) -> PresenceCatalogError {
        let near = nearest(to: label)
        guard !near.isEmpty else { return PresenceCatalogError(.unknown, "no definition has \(what)") }
        return PresenceCatalogError(
            .unknown,
            "no definition has \(what); did you mean "
                + near.map { Self.list([$0.definition], label: $0.label) }.joined(separator: " or ") + "?",
            candidates: near.map(\.definition)
        )
    }

    /// Up to three, nearest first; one that differs only in case is at no distance.
    private func nearest(to label: String) -> [(label: String, definition: PresenceDefinition)] {
        let wanted = label.lowercased()
        let all = definitions.filter { !$0.deactivated }.compactMap { definition in
            definition.labels.values.sorted()
                .map { (label: $0, definition: definition, distance: wanted.editDistance(to: $0.lowercased())) }
                .min { $0.distance < $1.distance }
        }
        return all.filter { $0.distance <= max(1, wanted.count / 3) }
            .sorted { ($0.distance, $0.label) < ($1.distance, $1.label) }
            .prefix(3)
            .map { ($0.label, $0.definition) }
    }

    /// `"Team" 0c0e8b7e-… (MEETING)`
    private static func list(_ definitions: [PresenceDefinition], label: String? = nil) -> String {
        definitions.map { definition in
            let kind = [definition.systemPresence.name] + (definition.isSystem ? ["the system's own"] : [])
            return (label.map { "\"\($0)\" " } ?? "") + "\(definition.id) (\(kind.joined(separator: ", ")))"
        }.joined(separator: ", ")
    }
}

extension String {
    /// Insertions, deletions and replacements of one character (Levenshtein).
    fileprivate func editDistance(to other: String) -> Int {
        let target = Array(other)
        var row = Array(0...target.count)
        for (index, character) in enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in target.indices {
                let replaced = diagonal + (target[column] == character ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
