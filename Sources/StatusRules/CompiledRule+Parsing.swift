// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension CompiledRule {
    /// Reads one element of `rules:`.
    ///
    /// - Parameter path: `rules[0]`, for messages about a rule that has no name.
    static func parse(
        _ node: ConfigurationNode,
        path: String,
        known: KnownStatuses,
        diagnostics: Diagnostics
    ) -> CompiledRule? {
        let reader = MappingReader(node, path: path, keys: ["name", "when", "then"], diagnostics: diagnostics)
        guard let reader else { return nil }
        reader.require("name", "a rule is known by its name in the history")
        reader.require("when")
        reader.require("then")
        let name = reader.text("name")
        let conditions = reader.node("when").flatMap {
            RuleCondition.parse($0, path: "when", diagnostics: diagnostics)
        }
        guard let then = reader.node("then") else { return nil }
        let outcome = RuleOutcome.parse(
            then,
            conditions: conditions,
            known: known,
            diagnostics: diagnostics
        )
        guard let name, let conditions, let outcome else { return nil }
        return CompiledRule(
            name: name,
            conditions: conditions,
            status: outcome.status,
            behavior: outcome.behavior,
            errands: outcome.errands.isEmpty ? nil : outcome.errands
        )
    }
}

/// What rules may name.
struct KnownStatuses {
    /// Those with an error of their own too.
    var names: [String]
    /// Those that are known to set On Queue.
    var onQueue: Set<String>
}
