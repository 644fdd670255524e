// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension RuleCondition {
    private static let keys = ["conversation", "presence", "routingStatus", "adherence", "outOfOffice", "not"]

    /// Reads `when:` (or a `not:` in it): conditions in the order of the file, all of which must hold.
    ///
    /// - Returns: `nil`, reported, when a condition is wrong or there is none.
    static func parse(_ node: ConfigurationNode, path: String, diagnostics: Diagnostics) -> [RuleCondition]? {
        let reader = MappingReader(node, path: path, keys: keys, unsupported: ["for"], diagnostics: diagnostics)
        guard let reader else { return nil }
        guard !reader.entries.isEmpty else {
            diagnostics.error(
                at: node.location,
                "\(path) is empty; write at least one of \(keys.joined(separator: ", "))"
            )
            return nil
        }
        // The first unknown key does not keep the others from being checked.
        let conditions = reader.entries.map { parse($0, reader: reader) }
        return conditions.contains { $0 == nil } ? nil : conditions.flatMap { $0 ?? [] }
    }

    private static func parse(_ entry: ConfigurationNode.Entry, reader: MappingReader) -> [RuleCondition]? {
        let diagnostics = reader.diagnostics
        let path = reader.name(entry.key)
        switch entry.key {
        case "conversation":
            return ConversationTest.parse(entry.value, path: path, diagnostics: diagnostics)
                .map { [.conversation(ConversationCondition(tests: $0))] }
        case "presence":
            return facts(
                of: entry.value,
                path: path,
                fields: [.presenceSystem, .presenceDefinitionID, .presenceMessage],
                main: .presenceSystem,
                diagnostics: diagnostics
            )
        case "routingStatus":
            return facts(
                of: entry.value,
                path: path,
                fields: [.routingStatus],
                main: .routingStatus,
                diagnostics: diagnostics
            )
        case "adherence":
            return facts(
                of: entry.value,
                path: path,
                fields: [.adherenceState, .adherenceScheduled, .adherenceActual, .adherenceImpact],
                main: nil,
                diagnostics: diagnostics
            )
        case "outOfOffice":
            return FactTest.parse(entry.value, path: path, vocabulary: .boolean, diagnostics: diagnostics)
                .map { [.fact(.outOfOffice, $0)] }
        case "not":
            return parse(entry.value, path: path, diagnostics: diagnostics).map { [.not($0)] }
        default:
            return nil
        }
    }

    /// A mapping of fields, or a test of the main field alone: `presence: Break`, `presence: { not: Break }`.
    private static func facts(
        of node: ConfigurationNode,
        path: String,
        fields: [AgentField],
        main: AgentField?,
        diagnostics: Diagnostics
    ) -> [RuleCondition]? {
        if let main, node.isTest {
            return FactTest.parse(node, path: path, vocabulary: main.vocabulary, diagnostics: diagnostics)
                .map { [.fact(main, $0)] }
        }
        let names = fields.map { $0.rawValue.split(separator: ".").last.map(String.init) ?? $0.rawValue }
        guard let reader = MappingReader(node, path: path, keys: names, diagnostics: diagnostics) else { return nil }
        guard !reader.entries.isEmpty else {
            diagnostics.error(
                at: node.location,
                "\(path) is empty; write at least one of \(names.joined(separator: ", "))"
            )
            return nil
        }
        let conditions: [RuleCondition] = reader.entries.compactMap { entry in
            guard let index = names.firstIndex(of: entry.key) else { return nil }
            let field = fields[index]
            return FactTest.parse(
                entry.value,
                path: reader.name(entry.key),
                vocabulary: field.vocabulary,
                diagnostics: diagnostics
            ).map { .fact(field, $0) }
        }
        return conditions.count == reader.entries.count ? conditions : nil
    }
}

extension ConversationTest {
    private static let keys =
        ConversationField.named.map(\.name) + ["attributes", "customer", "customer.attributes", "not"]

    /// Reads `conversation:`; an empty mapping is any live conversation.
    static func parse(_ node: ConfigurationNode, path: String, diagnostics: Diagnostics) -> [ConversationTest]? {
        guard case .mapping(let entries) = node.content else {
            diagnostics.error(
                at: node.location,
                "\(path): expected a mapping such as { media: call, state: connected }, found \(node.kind)"
            )
            return nil
        }
        let tests = entries.map { parse($0, path: path, diagnostics: diagnostics) }
        return tests.contains { $0 == nil } ? nil : tests.flatMap { $0 ?? [] }
    }

    private static func parse(
        _ entry: ConfigurationNode.Entry,
        path: String,
        diagnostics: Diagnostics
    ) -> [ConversationTest]? {
        let name = "\(path).\(entry.key)"
        switch entry.key {
        case "not":
            guard case .mapping(let entries) = entry.value.content, !entries.isEmpty else {
                diagnostics.error(
                    at: entry.value.location,
                    "\(name): expected a mapping such as { media: call }, found \(entry.value.kind)"
                )
                return nil
            }
            return parse(entry.value, path: name, diagnostics: diagnostics).map { [.not($0)] }
        case "attributes":
            return attributes(entry.value, path: name, diagnostics: diagnostics) { .attribute($0) }
        case "customer.attributes":
            return attributes(entry.value, path: name, diagnostics: diagnostics) { .customerAttribute($0) }
        case "customer":
            return customer(entry.value, path: name, diagnostics: diagnostics)
        default:
            guard let field = ConversationField(name: entry.key) else {
                let clause = suggestionClause(for: entry.key, among: keys, called: "keys")
                diagnostics.error(at: entry.keyLocation, "unknown key '\(entry.key)'\(clause)")
                return nil
            }
            return FactTest.parse(
                entry.value,
                path: name,
                vocabulary: field.vocabulary,
                diagnostics: diagnostics
            ).map { [.fact(field, $0)] }
        }
    }

    private static func attributes(
        _ node: ConfigurationNode,
        path: String,
        diagnostics: Diagnostics,
        field: (String) -> ConversationField
    ) -> [ConversationTest]? {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            diagnostics.error(
                at: node.location,
                "\(path): expected a mapping of names to values, found \(node.kind)"
            )
            return nil
        }
        let tests: [ConversationTest] = entries.compactMap { entry in
            FactTest.parse(
                entry.value,
                path: "\(path).\(entry.key)",
                vocabulary: .exact,
                diagnostics: diagnostics
            ).map { .fact(field(entry.key), $0) }
        }
        return tests.count == entries.count ? tests : nil
    }

    /// `customer: { attributes: … }`, the nested form of `customer.attributes`.
    private static func customer(
        _ node: ConfigurationNode,
        path: String,
        diagnostics: Diagnostics
    ) -> [ConversationTest]? {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            diagnostics.error(
                at: node.location,
                "\(path): expected a mapping such as { attributes.tier: gold }, found \(node.kind)"
            )
            return nil
        }
        let tests: [[ConversationTest]?] = entries.map { entry in
            guard entry.key == "attributes" || entry.key.hasPrefix("attributes.") else {
                let clause = suggestionClause(for: entry.key, among: ["attributes"], called: "keys")
                diagnostics.error(at: entry.keyLocation, "unknown key '\(entry.key)'\(clause)")
                return nil
            }
            var entry = entry
            entry.key = "customer.\(entry.key)"
            let parent = String(path.dropLast(".customer".count))
            return parse(entry, path: parent, diagnostics: diagnostics)
        }
        return tests.contains { $0 == nil } ? nil : tests.flatMap { $0 ?? [] }
    }
}

extension ConfigurationNode {
    /// Not a mapping of fields: a scalar, a list, or a mapping of operators.
    fileprivate var isTest: Bool {
        guard case .mapping(let entries) = content else { return true }
        return !entries.isEmpty && entries.allSatisfy { FactTest.operators.contains($0.key) }
    }
}
