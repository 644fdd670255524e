// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension CompiledRule {
    /// The keys of a rule.
    static let keys = ["name", "description", "mode", "when", "then", "guards"]

    private enum Mode: String, CaseIterable { case act, observe }

    /// Reads one element of `rules:`.
    ///
    /// - Parameter path: `rules[0]`, for messages about a rule that has no name.
    static func parse(_ node: ConfigurationNode, path: String, _ compiler: RuleCompiler) -> CompiledRule? {
        let diagnostics = compiler.diagnostics
        let reader = MappingReader(node, path: path, keys: keys, diagnostics: diagnostics)
        guard let reader else { return nil }
        let errorsBefore = diagnostics.errorCount
        reader.require("name", "a rule is known by its name in the history")
        reader.require("when")
        reader.require("then")
        let name = reader.text("name")
        compiler.rule = name ?? path
        _ = reader.text("description", allowsEmpty: true)
        let mode = reader.choice("mode", of: Mode.self) ?? .act
        let conditions = reader.node("when").flatMap { ConditionGroup.parse($0, path: "when", compiler) }
        guard let then = reader.node("then") else { return nil }
        let outcome = RuleOutcome.parse(
            then,
            guards: reader.node("guards"),
            conditions: conditions,
            compiler
        )
        guard let name, let conditions, let outcome, diagnostics.errorCount == errorsBefore else { return nil }
        return CompiledRule(
            name: name,
            when: conditions,
            status: outcome.status,
            behavior: outcome.behavior,
            errands: outcome.errands.isEmpty ? nil : outcome.errands,
            stops: outcome.stops,
            observes: mode == .observe,
            sites: Sites(rule: node.location, reader: reader, then: then)
        )
    }
}

extension CompiledRule.Sites {
    fileprivate init(rule: SourceLocation, reader: MappingReader, then: ConfigurationNode) {
        name = reader.node("name")?.location ?? rule
        status = then["status"]?.location ?? then.location
        apply = then["apply"]?.location
        saysOnQueue = reader.node("guards")?["onQueue"] != nil
    }
}
