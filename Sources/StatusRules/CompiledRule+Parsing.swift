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
        knownStatuses: [String],
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
            hasConversation: conditions.map { $0.contains(where: \.isConversation) },
            knownStatuses: knownStatuses,
            diagnostics: diagnostics
        )
        guard let name, let conditions, let outcome else { return nil }
        return CompiledRule(name: name, conditions: conditions, status: outcome.status, release: outcome.release)
    }
}

extension RuleCondition {
    fileprivate var isConversation: Bool {
        if case .conversation = self { true } else { false }
    }
}

/// What `then:` says.
private struct RuleOutcome {
    var status: CompiledRule.StatusSource
    var release: Release

    /// - Parameter hasConversation: whether `when` names a conversation; `nil` = `when` has an error of its own.
    static func parse(
        _ node: ConfigurationNode,
        hasConversation: Bool?,
        knownStatuses: [String],
        diagnostics: Diagnostics
    ) -> RuleOutcome? {
        let reader = MappingReader(
            node,
            path: "then",
            keys: ["status", "apply", "release"],
            unsupported: ["tag", "explain"],
            diagnostics: diagnostics
        )
        guard let reader else { return nil }
        checkTiming(reader)
        let release = release(reader, knownStatuses: knownStatuses)
        guard let statusNode = reader.node("status") else {
            // A rule that only tags or explains has been reported already.
            if !reader.entries.contains(where: { ["tag", "explain"].contains($0.key) }) { reader.require("status") }
            return nil
        }
        let status = status(
            statusNode,
            hasConversation: hasConversation,
            knownStatuses: knownStatuses,
            diagnostics: diagnostics
        )
        guard let status, let release else { return nil }
        return RuleOutcome(status: status, release: release)
    }

    /// `apply: now` is the default and, for now, the only timing.
    private static func checkTiming(_ reader: MappingReader) {
        enum Timing: String, CaseIterable { case now, afterInteraction, afterCallWork }
        guard let node = reader.node("apply"), let timing = reader.choice("apply", of: Timing.self), timing != .now
        else { return }
        reader.diagnostics.unsupported("'then.apply: \(timing.rawValue)'", at: node.location)
    }

    private static func release(_ reader: MappingReader, knownStatuses: [String]) -> Release? {
        guard let node = reader.node("release") else { return .restore }
        if case .scalar(let text, _) = node.content, node.provenance == .written, knownStatuses.contains(text),
            Release(rawValue: text) == nil
        {
            reader.diagnostics.unsupported("'then.release' to a status", at: node.location)
            return nil
        }
        return reader.choice("release", of: Release.self)
    }

    private static func status(
        _ node: ConfigurationNode,
        hasConversation: Bool?,
        knownStatuses: [String],
        diagnostics: Diagnostics
    ) -> CompiledRule.StatusSource? {
        if node.holdsTemplate, case .scalar(let source, _) = node.content {
            let template = StatusTemplate.parse(source, at: node.location, diagnostics: diagnostics)
            guard let template else { return nil }
            if template.usesConversation, hasConversation == false {
                diagnostics.error(
                    at: node.location,
                    "then.status takes a value from a conversation, but 'when' has no 'conversation:' to take it from"
                )
                return nil
            }
            return .template(template)
        }
        guard let name = node.text("then.status", diagnostics: diagnostics) else { return nil }
        guard node.provenance != .placeholder, !knownStatuses.contains(name) else { return .name(name) }
        guard node.provenance == .written else {
            diagnostics.error(at: node.location, "then.status: the value from a variable or file is not a status")
            return nil
        }
        let clause =
            knownStatuses.isEmpty
            ? "; no status is configured" : suggestionClause(for: name, among: knownStatuses, called: "statuses")
        diagnostics.error(at: node.location, "then.status: unknown status '\(name)'\(clause)")
        return nil
    }
}
