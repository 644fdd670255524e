// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

/// What `then:` says.
struct RuleOutcome {
    var status: CompiledRule.StatusSource?
    var behavior: RuleBehavior
    var errands: RuleErrands

    /// - Parameter conditions: of `when`; `nil` = it has an error of its own.
    static func parse(
        _ node: ConfigurationNode,
        conditions: [RuleCondition]?,
        known: KnownStatuses,
        diagnostics: Diagnostics
    ) -> RuleOutcome? {
        let keys = ["status", "apply", "release", "tag", "explain", "routingStatus"]
        guard let reader = MappingReader(node, path: "then", keys: keys, diagnostics: diagnostics) else { return nil }
        let errorsBefore = diagnostics.errorCount
        checkTiming(reader)
        let hasStatus = reader.node("status") != nil
        let wantsMore = ["tag", "explain", "routingStatus"].contains { reader.entry($0) != nil }
        if !hasStatus, !wantsMore { reader.require("status", "write it, or tag, explain or routingStatus") }
        if !hasStatus, wantsMore, let entry = reader.entry("release") {
            diagnostics.error(at: entry.keyLocation, "then.release: there is no then.status to be released")
        }
        let context = Context(reader: reader, conditions: conditions, hasStatus: hasStatus)
        let outcome = RuleOutcome(
            status: status(context, known),
            behavior: RuleBehavior(release: release(reader, known) ?? .restore),
            errands: RuleErrands.parse(context)
        )
        return diagnostics.errorCount == errorsBefore && hasStatus == (outcome.status != nil) ? outcome : nil
    }

    /// What the keys under `then:` have to know of the rest of the rule.
    struct Context {
        let reader: MappingReader
        let conditions: [RuleCondition]?
        let hasStatus: Bool

        var diagnostics: Diagnostics { reader.diagnostics }
        /// Whether `when` names a conversation; `nil` = it has an error of its own.
        var hasConversation: Bool? { conditions.map { $0.contains(where: \.isConversation) } }

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

    /// `apply: now` is the default and, for now, the only timing.
    private static func checkTiming(_ reader: MappingReader) {
        enum Timing: String, CaseIterable { case now, afterInteraction, afterCallWork }
        guard let node = reader.node("apply"), let timing = reader.choice("apply", of: Timing.self), timing != .now
        else { return }
        reader.diagnostics.unsupported("'then.apply: \(timing.rawValue)'", at: node.location)
    }

    /// `nil` = none is written, or it is reported.
    private static func release(_ reader: MappingReader, _ known: KnownStatuses) -> Release? {
        guard let node = reader.node("release") else { return nil }
        guard let text = node.text("then.release", diagnostics: reader.diagnostics), node.provenance != .placeholder
        else { return nil }
        let release = Release(text)
        guard case .status(let name) = release, !known.names.contains(name) else { return release }
        guard node.provenance == .written else {
            reader.diagnostics.error(
                at: node.location,
                "then.release: the value from a variable or file is neither restore, keep nor a status"
            )
            return nil
        }
        let clause = suggestionClause(for: name, among: ["restore", "keep"] + known.names, called: "values")
        reader.diagnostics.error(at: node.location, "then.release: unknown value '\(name)'\(clause)")
        return nil
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
        let possible = known.onQueue.sorted().filter { name in
            guard template.parts.count == 1, case .fact(.conversation(let field), _) = template.parts[0] else {
                return true
            }
            return (context.conditions ?? []).allSatisfy { $0.allows(name, in: field) }
        }
        guard let name = possible.first else { return }
        context.diagnostics.warning(
            at: node.location,
            "then.status: a '${…}' never makes '\(name)', which sets On Queue; a rule that wants it has to name it"
        )
    }
}

extension RuleCondition {
    fileprivate var isConversation: Bool {
        if case .conversation = self { true } else { false }
    }

    /// A conversation whose field has that value may match.
    fileprivate func allows(_ value: String, in field: ConversationField) -> Bool {
        guard case .conversation(let condition) = self else { return true }
        return condition.tests.allSatisfy { test in
            guard case .fact(field, let test) = test else { return true }
            return test.holds(for: value)
        }
    }
}
