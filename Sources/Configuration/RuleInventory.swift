// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import StatusRules

/// Names of rules and statuses, each with a hash of what it says, so that a reload can say what it has changed.
public struct RuleInventory: Sendable, Equatable {
    private var rules: [String: String] = [:]
    private var order: [String] = []
    private var statuses: [String: String] = [:]

    /// Nothing.
    public init() {}

    init(_ sources: RuleSources) {
        if case .sequence(let elements) = sources.rules?.content {
            for element in elements {
                guard case .scalar(let name, _)? = element["name"]?.content else { continue }
                order.append(name)
                rules[name] = RuleSet.version(statuses: nil, rules: element)
            }
        }
        if case .mapping(let entries) = sources.statuses?.content {
            for entry in entries { statuses[entry.key] = RuleSet.version(statuses: nil, rules: entry.value) }
        }
    }

    /// What is different now, in words: `rules added: 'a', 'b'`; empty = nothing.
    public func changes(since old: RuleInventory) -> [String] {
        var changes = Self.changes(of: "rules", from: old.rules, to: rules)
        if order.filter({ old.rules[$0] != nil }) != old.order.filter({ rules[$0] != nil }) {
            changes.append("rules in another order")
        }
        return changes + Self.changes(of: "statuses", from: old.statuses, to: statuses)
    }

    private static func changes(of what: String, from old: [String: String], to new: [String: String]) -> [String] {
        let added = new.keys.filter { old[$0] == nil }
        let removed = old.keys.filter { new[$0] == nil }
        let changed = new.keys.filter { name in old[name].map { $0 != new[name] } ?? false }
        return [("added", added), ("changed", changed), ("removed", removed)].compactMap { how, names in
            names.isEmpty ? nil : "\(what) \(how): \(list(names.sorted()))"
        }
    }

    /// A log line is no place for hundreds.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
    }
}
