// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import GenesysEvents

extension FactTest {
    /// Every key that makes a mapping a test instead of a nested field.
    static let operators = [
        "equals", "in", "notIn", "exists", "not", "contains", "matches", "lessThan", "atMost", "moreThan", "atLeast",
        "before", "after", "olderThan", "newerThan", "within", "ignoreCase",
    ]

    /// Reads a leaf: a scalar (equals), a list (any of), or a mapping of operators, all of which must hold.
    static func parse(_ node: ConfigurationNode, _ subject: TestSubject) -> FactTest? {
        switch node.content {
        case .scalar:
            return subject.equals(node)
        case .sequence(let elements):
            return subject.anyOf(elements, of: node)
        case .mapping(let entries):
            let known = subject.operators
            guard
                let reader = MappingReader(
                    node,
                    path: subject.path,
                    keys: operators,
                    diagnostics: subject.diagnostics
                )
            else { return nil }
            var subject = subject
            if known.contains("ignoreCase"), let ignores = reader.boolean("ignoreCase") {
                subject.ignoresCase = ignores
            }
            let tests = entries.filter { $0.key != "ignoreCase" || !known.contains("ignoreCase") }
            guard !tests.isEmpty else {
                let list = known.filter { $0 != "ignoreCase" }.joined(separator: ", ")
                subject.diagnostics.error(at: node.location, "\(subject.path): no operator; known operators: \(list)")
                return nil
            }
            let parsed = tests.compactMap { subject.operation($0, known: known) }
            guard parsed.count == tests.count else { return nil }
            return parsed.count == 1 ? parsed[0] : .all(parsed)
        }
    }
}

/// The fact that a test is about, and what can be asked of it.
struct TestSubject {
    /// The field's full name, `when.conversation.attributes.wfm_status`.
    let path: String
    let shape: FactShape
    let compiler: RuleCompiler
    var ignoresCase = false

    init(path: String, shape: FactShape, compiler: RuleCompiler) {
        self.path = path
        self.shape = shape
        self.compiler = compiler
    }

    var diagnostics: Diagnostics { compiler.diagnostics }

    /// Those that mean something for such a fact.
    var operators: [String] {
        let equality = ["equals", "in", "notIn", "exists", "not"]
        switch shape {
        case .flag: return ["equals", "exists", "not"]
        case .number: return equality + ["lessThan", "atMost", "moreThan", "atLeast"]
        case .time: return ["exists", "not", "before", "after", "olderThan", "newerThan", "within"]
        case .list(let vocabulary):
            return equality + ["contains"]
                + (vocabulary.comparison == .exact && vocabulary.directory == nil
                    ? ["ignoreCase"] : [])
        // A name stands for an id; what the organisation calls it is not part of the event.
        case .text(let vocabulary) where vocabulary.directory != nil: return equality
        case .text(let vocabulary) where vocabulary.isClosed: return equality
        case .text(let vocabulary) where vocabulary.comparison == .folded: return equality + ["contains", "matches"]
        case .text: return FactTest.operators
        }
    }

    func operation(_ entry: ConfigurationNode.Entry, known: [String]) -> FactTest? {
        guard known.contains(entry.key) else {
            if FactTest.operators.contains(entry.key) {
                diagnostics.error(
                    at: entry.keyLocation,
                    "\(path): '\(entry.key)' cannot be asked of \(shape.noun); "
                        + "known operators: \(known.joined(separator: ", "))"
                )
            }
            return nil
        }
        let value = entry.value
        switch entry.key {
        case "equals": return equals(value, as: "\(path).equals")
        case "in": return list(value, entry.key)
        case "notIn": return list(value, entry.key).map { .not($0) }
        case "exists": return value.boolean("\(path).exists", diagnostics: diagnostics).map { .exists($0) }
        case "not": return FactTest.parse(value, self).map { .not($0) }
        case "contains": return wanted(value, "\(path).contains", checksVocabulary: false).map { .contains($0) }
        case "matches": return pattern(value)
        case "lessThan", "atMost", "moreThan", "atLeast":
            return FactTest.NumberComparison(rawValue: entry.key).flatMap { comparison in
                number(value, "\(path).\(entry.key)").map { .number(comparison, $0) }
            }
        default: return time(entry).map { .time($0) }
        }
    }

    func equals(_ node: ConfigurationNode, as path: String? = nil) -> FactTest? {
        let path = path ?? self.path
        switch shape {
        case .flag:
            guard refuseNull(node, path), refuseTemplate(node, path) else { return nil }
            return node.boolean(path, diagnostics: diagnostics).map { .flag($0) }
        case .number:
            return number(node, path).map { .number(.equal, $0) }
        case .time:
            let known = operators.joined(separator: ", ")
            diagnostics.error(at: node.location, "\(path): a time equals nothing exactly; known operators: \(known)")
            return nil
        case .text, .list:
            return wanted(node, path).map { .oneOf([$0]) }
        }
    }

    func anyOf(_ elements: [ConfigurationNode], of node: ConfigurationNode) -> FactTest? {
        guard !elements.isEmpty else {
            diagnostics.error(at: node.location, "\(path): the list is empty, so nothing would match")
            return nil
        }
        switch shape {
        case .text, .list:
            let values = elements.compactMap { wanted($0, path) }
            return values.count == elements.count ? .oneOf(values) : nil
        case .flag, .number, .time:
            let tests = elements.compactMap { equals($0) }
            return tests.count == elements.count ? .any(tests) : nil
        }
    }

    private func list(_ node: ConfigurationNode, _ key: String) -> FactTest? {
        guard case .sequence(let elements) = node.content else {
            diagnostics.error(at: node.location, "\(path).\(key): expected a list, found \(node.kind)")
            return nil
        }
        return anyOf(elements, of: node)
    }

    private func pattern(_ node: ConfigurationNode) -> FactTest? {
        let path = "\(path).matches"
        guard refuseNull(node, path), refuseTemplate(node, path),
            let text = node.text(path, diagnostics: diagnostics), node.provenance != .placeholder
        else { return nil }
        do throws(TextPattern.Fault) {
            return .matches(try TextPattern(text, ignoringCase: ignoresCase || shape.vocabulary.comparison == .folded))
        } catch {
            diagnostics.error(at: node.location, "\(path): not a regular expression: \(error.reason)")
            return nil
        }
    }

    private func number(_ node: ConfigurationNode, _ path: String) -> Double? {
        guard refuseNull(node, path), refuseTemplate(node, path), node.provenance != .placeholder else { return nil }
        guard case .scalar(let text, _) = node.content, let number = Double(text), number.isFinite else {
            let unit =
                DurationSyntax.parse(node.writtenText ?? "") == nil
                ? "" : "; a duration is asked with olderThan, newerThan or within"
            diagnostics.error(at: node.location, "\(path): expected a number, found \(node.kind)\(unit)")
            return nil
        }
        return number
    }

    private func time(_ entry: ConfigurationNode.Entry) -> FactTest.TimeComparison? {
        let path = "\(path).\(entry.key)"
        let node = entry.value
        guard refuseNull(node, path), refuseTemplate(node, path) else { return nil }
        switch entry.key {
        case "before", "after":
            guard node.provenance != .placeholder else { return nil }
            guard case .scalar(let text, _) = node.content, let time = Timestamp(text) else {
                diagnostics.error(
                    at: node.location,
                    "\(path): expected a time such as 2026-03-02T09:00:00Z, found \(node.kind)"
                )
                return nil
            }
            return entry.key == "before" ? .before(time) : .after(time)
        default:
            let year = Duration.seconds(366 * 86_400)
            guard let span = node.duration(path, in: .zero...year, diagnostics: diagnostics) else { return nil }
            switch entry.key {
            case "olderThan": return .olderThan(span)
            case "newerThan": return .newerThan(span)
            default: return .within(span)
            }
        }
    }

    private func wanted(_ node: ConfigurationNode, _ path: String, checksVocabulary: Bool = true) -> WantedValue? {
        guard refuseNull(node, path), refuseTemplate(node, path) else { return nil }
        let vocabulary = shape.vocabulary
        guard let text = node.text(path, allowsEmpty: true, diagnostics: diagnostics) else { return nil }
        if node.provenance != .placeholder, checksVocabulary {
            guard vocabulary.check(text, of: node, path: path, diagnostics: diagnostics) else { return nil }
        }
        let isShown = node.provenance == .written
        if let kind = vocabulary.directory {
            return WantedValue(text, name: compiler.name(kind, text, at: node, needsMembers: false), isShown: isShown)
        }
        return WantedValue(text, comparison: vocabulary.comparison, ignoringCase: ignoresCase, isShown: isShown)
    }

    private func refuseNull(_ node: ConfigurationNode, _ path: String) -> Bool {
        guard node.isNull else { return true }
        diagnostics.error(at: node.location, "\(path): no value; write { exists: false } for an absent fact")
        return false
    }

    private func refuseTemplate(_ node: ConfigurationNode, _ path: String) -> Bool {
        guard node.holdsTemplate else { return true }
        diagnostics.error(
            at: node.location,
            "\(path): a condition compares with fixed values; '${…}' of facts works under 'then:'"
        )
        return false
    }
}

extension FactShape {
    fileprivate var noun: String {
        switch self {
        case .flag: "true or false"
        case .number: "a number"
        case .time: "a time"
        case .list: "a list"
        case .text(let vocabulary):
            vocabulary.comparison == .exact && vocabulary.directory == nil
                ? "a text" : "a \(vocabulary.noun)"
        }
    }
}

extension ConfigurationNode {
    fileprivate var writtenText: String? {
        guard case .scalar(let text, _) = content, provenance == .written else { return nil }
        return text
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
