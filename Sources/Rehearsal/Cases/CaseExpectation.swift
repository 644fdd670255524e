// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import StatusRules

/// What a step of a case is expected to lead to. What is not written is not looked at.
///
/// | Key | |
/// |---|---|
/// | `status` | the status that is wanted after the step, or `none` |
/// | `rule` | the rule that wants it, or `none` |
/// | `waiting` | what a status waits for that is wanted and not written yet: `afterInteraction`, `afterCallWork`, `none` |
/// | `presence` | the agent's presence after all calls: a system presence, a label, or a status of the configuration |
/// | `calls` | the presences that the step writes, in order; `[]` = none |
/// | `release` | how an episode ends in the step: the presence that is put back, `keep`, or `none` = none ends |
/// | `errands` | what else is done, in order: `tag`, `explain`, `routingStatus`, `putAdherence`, or a mapping such as `{ tag: { wfm_status: Break } }`; `[]` = nothing |
/// | `guard` | a part of the reason why something is not done (or a list of them), or `none` |
/// | `decision` | a part of a decision's text |
/// | `matches` | rules that match, whether they decide or not |
/// | `fails` | by rule, a part of the first condition that fails: `{ long hold: "held: wanted true" }` |
/// | `shadows` | what rules in `mode: observe` would want, by rule: `{ new rule: Break }`; `{}` = nothing |
/// | `reads` | conversations that are to be read again, since there was no news of them for too long; `[]` = none |
/// | `wakesIn` | how long until the rules are looked at again by themselves, or `none` |
///
/// Presences and texts are compared without regard to case, spaces, `_` and `-`.
public struct CaseExpectation: Sendable {
    /// Something done beside the presence.
    struct ErrandPattern: Sendable {
        var kind: String
        /// Attributes of a tag, or other values by their names in the JSON of `explain`.
        var values: [String: String]
    }

    enum Wake: Sendable, Equatable {
        case never
        case within(Duration)
    }

    /// Outer `nil` = not looked at; inner `nil` = none.
    var status: String??
    var rule: String??
    var waiting: ApplyTiming?
    var presence: String?
    var calls: [String]?
    var release: String?
    var errands: [ErrandPattern]?
    /// Empty = none.
    var guards: [String]?
    var decision: String?
    var matches: [String]?
    var fails: [(rule: String, text: String)] = []
    /// Statuses by rule.
    var shadows: [String: String]?
    var reads: [String]?
    var wake: Wake?

    static func parse(_ node: ConfigurationNode, rules: RuleSet, diagnostics: Diagnostics) -> CaseExpectation? {
        let keys = [
            "status", "rule", "waiting", "presence", "calls", "release", "errands", "guard", "decision", "matches",
            "fails",
            "shadows", "reads", "wakesIn",
        ]
        guard let reader = MappingReader(node, path: "expect", keys: keys, diagnostics: diagnostics) else { return nil }
        let statuses = rules.statuses.keys.sorted()
        var expectation = CaseExpectation()
        expectation.status = reader.name("status", among: statuses, called: "statuses")
        expectation.rule = reader.name("rule", among: rules.ruleNames, called: "rules")
        expectation.waiting = reader.node("waiting").flatMap { node in
            node.isNone ? .now : reader.choice("waiting", of: ApplyTiming.self)
        }
        expectation.presence = reader.text("presence")
        expectation.calls = reader.texts("calls")
        expectation.release = reader.text("release")
        expectation.errands = reader.node("errands").map { node in
            node.isNone ? [] : node.elements.compactMap { ErrandPattern.parse($0, diagnostics) }
        }
        expectation.guards = reader.node("guard").map { $0.isNone ? [] : reader.texts("guard") ?? [] }
        expectation.decision = reader.text("decision")
        expectation.reads = reader.texts("reads")
        expectation.matches = reader.node("matches").map { node in
            node.elements.compactMap { reader.known($0, "matches", rules.ruleNames, "rules") }
        }
        expectation.fails = reader.byRule("fails", rules.ruleNames) ?? []
        expectation.shadows = reader.byRule("shadows", rules.ruleNames).map {
            Dictionary($0.map { ($0.rule, $0.text) }) { first, _ in first }
        }
        if let node = reader.node("wakesIn") {
            expectation.wake =
                node.isNone
                ? .never : reader.duration("wakesIn", in: .zero...(.seconds(3660 * 86_400))).map { .within($0) }
        }
        return expectation
    }
}

extension CaseExpectation.ErrandPattern {
    fileprivate static func parse(_ node: ConfigurationNode, _ diagnostics: Diagnostics) -> Self? {
        guard case .mapping(let entries) = node.content else {
            return node.text("expect.errands", diagnostics: diagnostics).map { Self(kind: $0, values: [:]) }
        }
        guard entries.count == 1, let entry = entries.first, case .mapping(let values) = entry.value.content else {
            diagnostics.error(at: node.location, "expect.errands: expected such as { tag: { wfm_status: Break } }")
            return nil
        }
        var pattern = Self(kind: entry.key, values: [:])
        for value in values {
            pattern.values[value.key] = value.value.text(
                "expect.errands.\(entry.key).\(value.key)",
                allowsEmpty: true,
                diagnostics: diagnostics
            )
        }
        return pattern
    }
}

extension ConfigurationNode {
    /// `none`, `~` or an empty list.
    fileprivate var isNone: Bool {
        switch content {
        case .scalar(let text, _): isNull || text == "none"
        case .sequence(let elements): elements.isEmpty
        case .mapping: false
        }
    }
}

extension MappingReader {
    /// A mapping of rules to texts.
    fileprivate func byRule(_ key: String, _ known: [String]) -> [(rule: String, text: String)]? {
        guard let node = node(key) else { return nil }
        guard case .mapping(let entries) = node.content else {
            diagnostics.error(
                at: node.location,
                "\(name(key)): expected a mapping of rules to texts, found \(node.kind)"
            )
            return nil
        }
        return entries.compactMap { entry in
            if !known.contains(entry.key) {
                let clause = suggestionClause(for: entry.key, among: known, called: "rules")
                diagnostics.error(at: entry.keyLocation, "\(name(key)): unknown rule '\(entry.key)'\(clause)")
            }
            return entry.value.text(name(key), diagnostics: diagnostics).map { (entry.key, $0) }
        }
    }

    /// A name that must be known, or `none`; outer `nil` = not written, or wrong.
    fileprivate func name(_ key: String, among known: [String], called what: String) -> String?? {
        guard let node = node(key) else { return nil }
        if node.isNone { return .some(nil) }
        return self.known(node, key, known, what).map { .some($0) }
    }

    fileprivate func known(_ node: ConfigurationNode, _ key: String, _ known: [String], _ what: String) -> String? {
        guard let text = node.text(name(key), diagnostics: diagnostics) else { return nil }
        guard known.contains(text) else {
            let clause = suggestionClause(for: text, among: known + ["none"], called: what)
            diagnostics.error(at: node.location, "\(name(key)): the rules know no '\(text)'\(clause)")
            return nil
        }
        return text
    }
}
