// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension FactTest {
    /// The keys that make a mapping a test instead of a nested field.
    static let operators = ["equals", "in", "exists", "not"]

    /// Reads a leaf: a scalar (equals), a list (any of), or a mapping of operators, all of which must hold.
    ///
    /// - Parameter path: the field's full name, `conversation.attributes.wfm_status`.
    static func parse(
        _ node: ConfigurationNode,
        path: String,
        vocabulary: FactVocabulary,
        diagnostics: Diagnostics
    ) -> FactTest? {
        switch node.content {
        case .scalar:
            return wanted(node, path: path, vocabulary: vocabulary, diagnostics: diagnostics).map { .oneOf([$0]) }
        case .sequence(let elements):
            return anyOf(elements, of: node, path: path, vocabulary: vocabulary, diagnostics: diagnostics)
        case .mapping(let entries):
            guard let reader = MappingReader(node, path: path, keys: operators, diagnostics: diagnostics) else {
                return nil
            }
            guard !entries.isEmpty else {
                diagnostics.error(
                    at: node.location,
                    "\(path): no operator; known operators: \(operators.joined(separator: ", "))"
                )
                return nil
            }
            let tests = entries.compactMap { entry in
                operation(entry, reader: reader, path: path, vocabulary: vocabulary)
            }
            guard tests.count == entries.count else { return nil }
            return tests.count == 1 ? tests[0] : .all(tests)
        }
    }

    private static func operation(
        _ entry: ConfigurationNode.Entry,
        reader: MappingReader,
        path: String,
        vocabulary: FactVocabulary
    ) -> FactTest? {
        let diagnostics = reader.diagnostics
        switch entry.key {
        case "equals":
            return wanted(entry.value, path: "\(path).equals", vocabulary: vocabulary, diagnostics: diagnostics)
                .map { .oneOf([$0]) }
        case "in":
            guard case .sequence(let elements) = entry.value.content else {
                diagnostics.error(
                    at: entry.value.location,
                    "\(path).in: expected a list, found \(entry.value.kind)"
                )
                return nil
            }
            return anyOf(elements, of: entry.value, path: path, vocabulary: vocabulary, diagnostics: diagnostics)
        case "exists":
            return reader.boolean("exists").map { .exists($0) }
        case "not":
            return parse(entry.value, path: path, vocabulary: vocabulary, diagnostics: diagnostics).map { .not($0) }
        default:
            return nil
        }
    }

    private static func anyOf(
        _ elements: [ConfigurationNode],
        of node: ConfigurationNode,
        path: String,
        vocabulary: FactVocabulary,
        diagnostics: Diagnostics
    ) -> FactTest? {
        guard !elements.isEmpty else {
            diagnostics.error(at: node.location, "\(path): the list is empty, so nothing would match")
            return nil
        }
        let values = elements.compactMap {
            wanted($0, path: path, vocabulary: vocabulary, diagnostics: diagnostics)
        }
        return values.count == elements.count ? .oneOf(values) : nil
    }

    private static func wanted(
        _ node: ConfigurationNode,
        path: String,
        vocabulary: FactVocabulary,
        diagnostics: Diagnostics
    ) -> WantedValue? {
        guard !node.isNull else {
            diagnostics.error(at: node.location, "\(path): no value; write { exists: false } for an absent fact")
            return nil
        }
        guard !node.holdsTemplate else {
            diagnostics.unsupported("\(path): '${…}' in a condition", at: node.location)
            return nil
        }
        if vocabulary.comparison == .boolean {
            return node.boolean(path, diagnostics: diagnostics).map { WantedValue("\($0)", comparison: .boolean) }
        }
        guard let text = node.text(path, allowsEmpty: true, diagnostics: diagnostics) else { return nil }
        if node.provenance != .placeholder {
            guard vocabulary.check(text, of: node, path: path, diagnostics: diagnostics) else { return nil }
        }
        return WantedValue(text, comparison: vocabulary.comparison, isShown: node.provenance == .written)
    }
}

extension FactVocabulary {
    /// Whether a value may be compared with; reports an unknown one.
    fileprivate func check(
        _ text: String,
        of node: ConfigurationNode,
        path: String,
        diagnostics: Diagnostics
    ) -> Bool {
        let letters = folded(text)
        guard !known.isEmpty, !known.contains(where: { folded($0) == letters }) else { return true }
        let isShown = node.provenance == .written
        let near = synonyms[text.lowercased()].map { "; did you mean '\($0)'?" }
        let clause = isShown ? near ?? suggestionClause(for: text, among: known, called: "values") : ""
        if isClosed {
            diagnostics.error(
                at: node.location,
                "\(path): unknown \(noun)\(isShown ? " '\(text)'" : ": " + node.kind)\(clause)"
            )
        } else {
            diagnostics.warning(
                at: node.location,
                "\(path): \(isShown ? "'\(text)'" : node.kind) is no \(noun) that Genesys is known to send\(clause)"
            )
        }
        return !isClosed
    }
}
