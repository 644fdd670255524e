// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax

/// What is no mistake of one rule, but probably not what was meant: warnings of `check`.
extension RuleSet {
    /// Reports what looks wrong in rules that can be used.
    public func lint(_ diagnostics: Diagnostics) {
        warnOfUnreachable(diagnostics)
        warnOfUnused(diagnostics)
        warnOfCase(diagnostics)
        warnOfConformance(diagnostics)
    }

    /// A rule whose every match is one of an earlier rule, which then decides.
    private func warnOfUnreachable(_ diagnostics: Diagnostics) {
        for (index, rule) in rules.enumerated() {
            for earlier in rules[..<index] where !earlier.observes && earlier.when.isImplied(by: rule.when) {
                let at = earlier.sites.name.named(from: rule.sites.name)
                if earlier.stops {
                    diagnostics.warning(
                        at: rule.sites.name,
                        "rule '\(rule.name)' is never looked at: whenever it matches, so does '\(earlier.name)' in \(at), "
                            + "which has stop: true"
                    )
                } else if case .name = earlier.status, rule.status != nil, !rule.observes {
                    diagnostics.warning(
                        at: rule.sites.name,
                        "rule '\(rule.name)' never decides: whenever it matches, so does '\(earlier.name)' in \(at); "
                            + "move it up, or narrow the earlier one"
                    )
                } else {
                    continue
                }
                break
            }
        }
    }

    private func warnOfUnused(_ diagnostics: Diagnostics) {
        guard !rules.isEmpty else { return }
        for status in statuses.values.sorted(by: { $0.name < $1.name })
        where !rules.contains(where: { $0.mayUse(status.name, of: statuses) }) {
            diagnostics.warning(
                at: status.location,
                "status '\(status.name)' is not used by any rule"
            )
        }
    }

    /// Names of attributes are compared exactly; two spellings are rarely meant.
    private func warnOfCase(_ diagnostics: Diagnostics) {
        var first: [String: (name: String, location: SourceLocation)] = [:]
        for (field, location) in attributes {
            guard let known = first[field.name.lowercased()] else {
                first[field.name.lowercased()] = (field.name, location)
                continue
            }
            guard known.name != field.name else { continue }
            diagnostics.warning(
                at: location,
                "'\(field.name)' and '\(known.name)' in \(known.location.named(from: location)) differ only in case; "
                    + "names of attributes are compared exactly"
            )
        }
        for rule in rules { warnOfCase(in: rule, diagnostics) }
        warnOfValues(diagnostics)
    }

    /// A rule lets values through that are a status in another spelling, which its template then does not find.
    private func warnOfCase(in rule: CompiledRule, _ diagnostics: Diagnostics) {
        guard case .template(let template)? = rule.status, template.parts.count == 1,
            case .fact(.conversation(let field), _) = template.parts[0], let group = rule.when.conversation?.group
        else { return }
        for value in group.wantedValues(of: field) where statuses[value.text] == nil {
            let other = statuses.keys.sorted().first { $0.lowercased() == value.text.lowercased() }
            let hint = other.map { "; did you mean '\($0)'?" } ?? ""
            diagnostics.warning(
                at: rule.sites.status,
                "then.status: the rule also matches '\(value.label)', which is not a status, so that nothing is set\(hint)"
            )
        }
    }

    /// One attribute is compared with two spellings of a value.
    private func warnOfValues(_ diagnostics: Diagnostics) {
        var first: [String: (text: String, rule: String)] = [:]
        for rule in rules {
            guard let group = rule.when.conversation?.group else { continue }
            for (field, value) in group.attributeValues {
                let key = "\(field.name)\u{0}\(value.text.lowercased())"
                guard let known = first[key] else {
                    first[key] = (value.text, rule.name)
                    continue
                }
                // Both in one rule: its author has thought of it.
                guard known.text != value.text, known.rule != rule.name else { continue }
                diagnostics.warning(
                    at: rule.sites.name,
                    "rule '\(rule.name)' compares \(field.name) with '\(value.label)', rule '\(known.rule)' with "
                        + "'\(known.text)'; values of attributes are compared exactly, unless ignoreCase: true is said"
                )
            }
        }
    }

    /// Facts 4.7: taking an agent off the queue in an interaction costs the conformance of the rest of it.
    private func warnOfConformance(_ diagnostics: Diagnostics) {
        for rule in rules where !rule.observes && rule.status != nil && rule.behavior.apply == .now {
            guard !rule.sites.saysOnQueue, let condition = rule.when.conversation, condition.meansInteractions,
                !rule.when.excludesOnQueue, rule.takesOffQueue(onQueueStatuses)
            else { continue }
            diagnostics.warning(
                at: rule.sites.apply ?? rule.sites.status,
                "rule '\(rule.name)' sets its status during an interaction: for an agent who is On Queue the rest of it no "
                    + "longer counts for conformance. Write apply: afterInteraction or afterCallWork, guards: { onQueue: true } "
                    + "to wait only then, or guards: { onQueue: false } if that is meant"
            )
        }
    }
}

extension CompiledRule {
    /// As a status or at the release.
    fileprivate func mayUse(_ name: String, of statuses: [String: StatusDefinition]) -> Bool {
        if case .status(name) = behavior.release { return true }
        switch status {
        case nil: return false
        // The value of a variable that is not set may be any.
        case .name(let own): return own == name || statuses[own] == nil
        case .template(let template): return template.mayBe(name, given: when)
        }
    }

    fileprivate func takesOffQueue(_ onQueue: Set<String>) -> Bool {
        if case .name(let name)? = status { return !onQueue.contains(name) }
        return true
    }
}

extension ConditionGroup {
    /// The rule says itself that the agent is not On Queue.
    fileprivate var excludesOnQueue: Bool {
        conditions.contains { condition in
            switch condition {
            case .fact(.presenceSystem, .oneOf(let wanted)):
                !wanted.contains { folded($0.text) == folded("ON_QUEUE") }
            case .fact(.presenceSystem, .not(.oneOf(let unwanted))):
                unwanted.contains { folded($0.text) == folded("ON_QUEUE") }
            case .fact(.routingStatus, .oneOf(let wanted)):
                wanted.allSatisfy { folded($0.text) == folded("OFF_QUEUE") }
            default: false
            }
        }
    }
}

extension ConversationCondition {
    /// A conversation that is going on may pass.
    fileprivate var meansInteractions: Bool {
        let ended = [folded("disconnected"), folded("terminated")]
        return !group.tests.contains { test in
            switch test {
            case .fact(.state, .oneOf(let wanted), _):
                wanted.allSatisfy { value in
                    ended.contains(folded(value.text)) || folded(value.text) == folded("alerting")
                }
            case .fact(.afterCallWork, .oneOf, _), .fact(.endedAt, .exists(true), _), .fact(.answered, .flag(false), _):
                true
            default: false
            }
        }
    }
}

extension ConversationGroup {
    /// What one field is compared with, exactly and at the top.
    fileprivate func wantedValues(of field: ConversationField) -> [WantedValue] {
        tests.flatMap { test -> [WantedValue] in
            if case .fact(field, .oneOf(let wanted), _) = test { wanted } else { [] }
        }
    }

    /// What attributes are compared with, exactly and at the top.
    fileprivate var attributeValues: [(field: ConversationField, value: WantedValue)] {
        tests.flatMap { test -> [(field: ConversationField, value: WantedValue)] in
            guard case .fact(let field, .oneOf(let wanted), _) = test else { return [] }
            switch field {
            case .attribute, .customerAttribute: return wanted.filter(\.isExact).map { (field, $0) }
            default: return []
            }
        }
    }
}
