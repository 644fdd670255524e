// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import GenesysEvents

/// What `then:` says.
struct RuleOutcome {
    var status: CompiledRule.StatusSource?
    var behavior: RuleBehavior
    var errands: RuleErrands
    /// No later rule is looked at while this one matches.
    var stops: Bool

    static let keys = [
        "status", "apply", "release", "minimum", "cooldown", "tag", "explain", "routingStatus", "notify", "stop",
    ]
    /// What a rule may want instead of a status.
    private static let besides = ["tag", "explain", "routingStatus", "notify", "stop"]
    private static let ofStatus = ["apply", "release", "minimum", "cooldown"]

    /// - Parameter conditions: of `when`; `nil` = it has an error of its own.
    static func parse(
        _ node: ConfigurationNode,
        guards: ConfigurationNode?,
        conditions: ConditionGroup?,
        _ compiler: RuleCompiler
    ) -> RuleOutcome? {
        let diagnostics = compiler.diagnostics
        guard let reader = MappingReader(node, path: "then", keys: keys, diagnostics: diagnostics) else { return nil }
        let errorsBefore = diagnostics.errorCount
        let hasStatus = reader.node("status") != nil
        let wantsMore = besides.contains { reader.entry($0) != nil }
        if !hasStatus, !wantsMore { reader.require("status", "write it, or \(besides.joined(separator: ", "))") }
        if !hasStatus, wantsMore {
            for entry in reader.entries where ofStatus.contains(entry.key) {
                diagnostics.error(
                    at: entry.keyLocation,
                    "then.\(entry.key): there is no then.status that it could be of"
                )
            }
        }
        let context = Context(reader: reader, conditions: conditions, hasStatus: hasStatus)
        let outcome = RuleOutcome(
            status: status(context, compiler.known),
            behavior: RuleBehavior.parse(reader, guards: guards, compiler.known),
            errands: RuleErrands.parse(context),
            stops: reader.boolean("stop") ?? false
        )
        return diagnostics.errorCount == errorsBefore && hasStatus == (outcome.status != nil) ? outcome : nil
    }

    /// What the keys under `then:` have to know of the rest of the rule.
    struct Context {
        let reader: MappingReader
        let conditions: ConditionGroup?
        let hasStatus: Bool

        var diagnostics: Diagnostics { reader.diagnostics }
        /// Whether `when` names a conversation; `nil` = it has an error of its own.
        var hasConversation: Bool? { conditions.map { $0.conversation != nil } }

        /// A text that may have `${…}` in it.
        func template(_ node: ConfigurationNode, _ path: String, isStatus: Bool) -> RuleTemplate? {
            guard node.holdsTemplate, case .scalar(let source, _) = node.content else {
                let text = node.text(path, allowsEmpty: true, diagnostics: diagnostics)
                return text.map { RuleTemplate(source: $0, parts: [.text($0)]) }
            }
            let template = RuleTemplate.parse(
                source,
                isStatus: isStatus,
                at: node.location,
                diagnostics: diagnostics
            )
            guard let template else { return nil }
            if template.usesConversation, hasConversation == false {
                diagnostics.error(
                    at: node.location,
                    "\(path) takes a value from a conversation, but 'when' has no 'conversation:' to take it from"
                )
                return nil
            }
            if template.usesStatus, !hasStatus {
                diagnostics.error(at: node.location, "\(path) takes ${status}, but there is no then.status")
                return nil
            }
            return template
        }
    }

    /// `nil` = none is written, or it is reported.
    private static func status(_ context: Context, _ known: KnownStatuses) -> CompiledRule.StatusSource? {
        let diagnostics = context.diagnostics
        guard let node = context.reader.node("status") else { return nil }
        if node.holdsTemplate {
            guard let template = context.template(node, "then.status", isStatus: true) else { return nil }
            warnOfOnQueue(template, node, context, known)
            return .template(template)
        }
        guard let name = node.text("then.status", diagnostics: diagnostics) else { return nil }
        guard node.provenance != .placeholder, !known.names.contains(name) else { return .name(name) }
        guard node.provenance == .written else {
            diagnostics.error(at: node.location, "then.status: the value from a variable or file is not a status")
            return nil
        }
        let clause =
            known.names.isEmpty
            ? "; no status is configured" : suggestionClause(for: name, among: known.names, called: "statuses")
        diagnostics.error(at: node.location, "then.status: unknown status '\(name)'\(clause)")
        return nil
    }

    /// An attribute that anyone can write must not put an agent on the queue. Where the conditions keep such a value
    /// out there is nothing to say.
    private static func warnOfOnQueue(
        _ template: RuleTemplate,
        _ node: ConfigurationNode,
        _ context: Context,
        _ known: KnownStatuses
    ) {
        guard let name = known.onQueue.sorted().first(where: { template.mayBe($0, given: context.conditions) })
        else { return }
        context.diagnostics.warning(
            at: node.location,
            "then.status: a '${…}' never makes '\(name)', which sets On Queue; a rule that wants it has to name it"
        )
    }
}

extension RuleTemplate {
    /// Whether the template can make that text where the conditions hold; `true` when in doubt.
    func mayBe(_ text: String, given conditions: ConditionGroup?) -> Bool {
        guard parts.count == 1, case .fact(.conversation(let field), _) = parts[0] else { return true }
        return conditions?.conversation?.group.allows(text, in: field) ?? true
    }
}

extension ConversationGroup {
    /// A conversation whose field has that value may pass.
    fileprivate func allows(_ value: String, in field: ConversationField) -> Bool {
        var scope = RuleScope.ofNobody
        return tests.allSatisfy { test in
            switch test {
            case .fact(let tested, let test, _): tested != field || test.mayHold(.text(value), &scope)
            case .all(let groups): groups.allSatisfy { $0.allows(value, in: field) }
            case .any(let groups): groups.contains { $0.allows(value, in: field) }
            case .none, .not: true
            }
        }
    }
}

extension FactTest {
    /// Whether it may hold, whatever a name that is not resolved stands for.
    fileprivate func mayHold(_ value: FactValue, _ scope: inout RuleScope) -> Bool {
        switch self {
        case .time: true
        default: holds(for: value, &scope)
        }
    }
}
