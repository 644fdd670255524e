// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension ConversationGroup {
    /// The keys of `conversation:` and of every group in it.
    static let keys =
        ConversationField.named.map(\.name)
        + ["attributes", "customer", "customer.attributes", "all", "any", "none", "not", "for"]

    /// Reads `conversation:`; an empty mapping is any conversation.
    static func parse(_ node: ConfigurationNode, path: String, _ compiler: RuleCompiler) -> ConversationGroup? {
        guard case .mapping(let entries) = node.content else {
            compiler.diagnostics.error(
                at: node.location,
                "\(path): expected a mapping such as { media: call, state: connected }, found \(node.kind)"
            )
            return nil
        }
        var hold: Hold?
        var isGood = true
        var tests: [ConversationTest] = []
        for entry in entries {
            if entry.key == "for" {
                hold = compiler.hold(entry, beside: entries, path: "\(path).for")
                isGood = isGood && hold != nil
            } else if let parsed = ConversationTest.parse(entry, path: path, compiler) {
                tests += parsed
            } else {
                isGood = false
            }
        }
        return isGood ? ConversationGroup(tests: tests, hold: hold) : nil
    }

    /// One of several groups, or the one of a `not:`, which must say something.
    fileprivate static func nonempty(
        _ node: ConfigurationNode,
        path: String,
        _ compiler: RuleCompiler
    ) -> ConversationGroup? {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            compiler.diagnostics.error(
                at: node.location,
                "\(path): expected a mapping such as { media: call }, found \(node.kind)"
            )
            return nil
        }
        return parse(node, path: path, compiler)
    }

    fileprivate static func list(
        _ node: ConfigurationNode,
        path: String,
        _ compiler: RuleCompiler
    ) -> [ConversationGroup]? {
        guard !node.elements.isEmpty else {
            compiler.diagnostics.error(
                at: node.location,
                "\(path): expected a list such as [{ media: call }, { media: video }], found \(node.kind)"
            )
            return nil
        }
        let groups = node.elements.enumerated().map { nonempty($1, path: "\(path)[\($0)]", compiler) }
        return groups.contains { $0 == nil } ? nil : groups.compactMap(\.self)
    }
}

extension ConversationTest {
    fileprivate static func parse(
        _ entry: ConfigurationNode.Entry,
        path: String,
        _ compiler: RuleCompiler
    ) -> [ConversationTest]? {
        let name = "\(path).\(entry.key)"
        switch entry.key {
        case "not": return ConversationGroup.nonempty(entry.value, path: name, compiler).map { [.not($0)] }
        case "all": return ConversationGroup.list(entry.value, path: name, compiler).map { [.all($0)] }
        case "any": return ConversationGroup.list(entry.value, path: name, compiler).map { [.any($0)] }
        case "none": return ConversationGroup.list(entry.value, path: name, compiler).map { [.none($0)] }
        case "attributes": return attributes(entry.value, path: name, compiler) { .attribute($0) }
        case "customer.attributes": return attributes(entry.value, path: name, compiler) { .customerAttribute($0) }
        case "customer": return customer(entry.value, path: name, compiler)
        default:
            guard let field = ConversationField(name: entry.key) else {
                let clause = suggestionClause(for: entry.key, among: ConversationGroup.keys, called: "keys")
                compiler.diagnostics.error(at: entry.keyLocation, "unknown key '\(entry.key)'\(clause)")
                return nil
            }
            return fact(field, entry, path: name, compiler).map { [$0] }
        }
    }

    private static func fact(
        _ field: ConversationField,
        _ entry: ConfigurationNode.Entry,
        path: String,
        _ compiler: RuleCompiler
    ) -> ConversationTest? {
        let slot = compiler.slot(of: field, at: entry.keyLocation)
        let subject = TestSubject(path: path, shape: field.shape, compiler: compiler)
        return FactTest.parse(entry.value, subject).map { .fact(field, $0, slot: slot) }
    }

    private static func attributes(
        _ node: ConfigurationNode,
        path: String,
        _ compiler: RuleCompiler,
        field: (String) -> ConversationField
    ) -> [ConversationTest]? {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            compiler.diagnostics.error(
                at: node.location,
                "\(path): expected a mapping of names to values, found \(node.kind)"
            )
            return nil
        }
        let tests = entries.compactMap { fact(field($0.key), $0, path: "\(path).\($0.key)", compiler) }
        return tests.count == entries.count ? tests : nil
    }

    /// `customer: { attributes: … }`, the nested form of `customer.attributes`.
    private static func customer(
        _ node: ConfigurationNode,
        path: String,
        _ compiler: RuleCompiler
    ) -> [ConversationTest]? {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            compiler.diagnostics.error(
                at: node.location,
                "\(path): expected a mapping such as { attributes.tier: gold }, found \(node.kind)"
            )
            return nil
        }
        let tests: [[ConversationTest]?] = entries.map { entry in
            guard entry.key == "attributes" || entry.key.hasPrefix("attributes.") else {
                let clause = suggestionClause(for: entry.key, among: ["attributes"], called: "keys")
                compiler.diagnostics.error(at: entry.keyLocation, "unknown key '\(entry.key)'\(clause)")
                return nil
            }
            var entry = entry
            entry.key = "customer.\(entry.key)"
            return parse(entry, path: String(path.dropLast(".customer".count)), compiler)
        }
        return tests.contains { $0 == nil } ? nil : tests.flatMap { $0 ?? [] }
    }
}
