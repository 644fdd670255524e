// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysAPI
public import StatusRules

/// What became of the names of a configuration.
public struct DirectoryResolution: Sendable {
    /// What could be resolved, and what was known before of the rest.
    public var snapshot: DirectorySnapshot
    /// In the order in which the names are written.
    public var problems: [DirectoryProblem]

    /// Every name led to one thing, and whoever belongs to it could be read.
    public var isComplete: Bool { problems.isEmpty }

    /// Why Genesys could not be asked, when that was so: the names may well be right.
    public var failure: GenesysAPIError? {
        for problem in problems {
            if case .unreadable(let error) = problem.reason { return error }
        }
        return nil
    }
}

/// What differs between two snapshots.
public enum DirectoryChange: Sendable, Equatable {
    /// Nothing that a rule could see.
    case none
    /// These users belong to something that they did not belong to before, or no longer do.
    case members(Set<String>)
    /// A text means another thing: that may concern everybody.
    case meaning
}

extension DirectorySnapshot {
    /// What differs from an earlier snapshot of the same names.
    public func change(since old: DirectorySnapshot) -> DirectoryChange {
        var changed: Set<String> = []
        for kind in DirectoryKind.allCases {
            let (new, old) = (entries[kind] ?? [:], old.entries[kind] ?? [:])
            guard new.mapValues(\.id) == old.mapValues(\.id) else { return .meaning }
            for (text, entry) in new {
                changed.formUnion((entry.members ?? []).symmetricDifference(old[text]?.members ?? []))
            }
        }
        return changed.isEmpty ? .none : .members(changed)
    }

    /// Names and ids in it.
    public var nameCount: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// Users that belong to anything in it.
    public var memberCount: Int {
        entries.values.reduce(into: Set<String>()) { users, entries in
            for entry in entries.values { users.formUnion(entry.members ?? []) }
        }.count
    }
}
