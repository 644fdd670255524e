// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import GenesysAPI

/// What a name means among the things that have one. Pure.
enum NameMatch: Sendable, Equatable {
    case one(NamedEntity)
    /// Several have exactly this name.
    case several([NamedEntity])
    /// None has exactly this name, and several have it but for upper and lower case.
    case severalFolded([NamedEntity])
    case none(near: [NamedEntity])

    private static let mostSuggestions = 3

    /// Those with exactly this name, and nothing else.
    init(exactly name: String, among known: [NamedEntity]) {
        let same = Self.distinct(known.filter { $0.name == name })
        self = same.count == 1 ? .one(same[0]) : same.isEmpty ? .none(near: []) : .several(same)
    }

    /// Exactly this name first; else the only one that has it but for upper and lower case.
    init(_ name: String, among known: [NamedEntity]) {
        self.init(exactly: name, among: known)
        guard case .none = self else { return }
        let folded = name.lowercased()
        let alike = Self.distinct(known.filter { $0.name.lowercased() == folded })
        switch alike.count {
        case 0: self = .none(near: Self.near(name, known))
        case 1: self = .one(alike[0])
        default: self = .severalFolded(alike)
        }
    }

    /// Nearest first; without any that is near, those that have the name in theirs.
    private static func near(_ name: String, _ known: [NamedEntity]) -> [NamedEntity] {
        let names = suggestions(for: name, among: Set(known.map(\.name)).sorted(), limit: mostSuggestions)
        if !names.isEmpty {
            return Array(names.flatMap { name in known.filter { $0.name == name } }.prefix(mostSuggestions))
        }
        let folded = name.lowercased()
        guard folded.count >= 3 else { return [] }
        let holding = known.filter { $0.name.lowercased().contains(folded) }
        return Array(holding.sorted { ($0.name, $0.id) < ($1.name, $1.id) }.prefix(mostSuggestions))
    }

    /// One thing with two labels is one thing.
    private static func distinct(_ entities: [NamedEntity]) -> [NamedEntity] {
        var ids: Set<String> = []
        return entities.filter { ids.insert($0.id).inserted }
    }
}
