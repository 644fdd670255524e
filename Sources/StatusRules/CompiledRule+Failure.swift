// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents

/// Why a rule does not match, for people. Worked out apart from the match itself, which has no time for texts.
extension CompiledRule {
    /// The first condition that fails with the value it saw; `nil` when the rule matches.
    func failure(_ facts: AgentFacts, _ statuses: StatusNames, _ scope: inout RuleScope) -> String? {
        for condition in when.conditions {
            if let failure = condition.failure(facts, "", &scope) { return failure }
        }
        guard let condition = when.conversation else {
            if let hold = when.hold, let failure = scope.failure(hold, nil, "for") { return failure }
            return statusFailure(facts, nil, statuses)
        }
        var failures: [String] = []
        for conversation in scope.conversations where condition.isMet(by: conversation, &scope) {
            let failure =
                when.hold.flatMap { scope.failure($0, conversation.id, "for") }
                ?? statusFailure(facts, conversation.facts, statuses)
            guard let failure else { return nil }
            failures.append(failure + (facts.conversations.count > 1 ? " (conversation \(conversation.id))" : ""))
        }
        return failures.first
    }

    private func statusFailure(
        _ facts: AgentFacts,
        _ conversation: ConversationFacts?,
        _ statuses: StatusNames
    ) -> String? {
        guard case .template(let template)? = status else { return nil }
        switch template.resolve(RuleTemplate.Source(facts: facts, conversation: conversation, rule: name)) {
        case .failure(let absent):
            return "status from \(template.source): \(absent.path) is absent"
        case .success(let name):
            if statuses.onQueue.contains(name) {
                return
                    "status from \(template.source): '\(name)' sets On Queue, which only a rule that names it may want"
            }
            guard statuses.known[name] == nil else { return nil }
            let known = statuses.known.keys.sorted()
            let other = known.first { $0.lowercased() == name.lowercased() }
            let hint = other.map { "; did you mean '\($0)'?" } ?? ""
            return "status from \(template.source): '\(shortened(name))' is not a configured status\(hint)"
                + "; known: \(known.joined(separator: ", "))"
        }
    }
}

extension ConditionGroup {
    fileprivate func failure(_ facts: AgentFacts, _ path: String, _ scope: inout RuleScope) -> String? {
        for condition in conditions {
            if let failure = condition.failure(facts, path, &scope) { return failure }
        }
        guard !holds(facts, &scope), let hold else { return nil }
        let passed = conversation.flatMap { condition in
            scope.conversations.first { condition.isMet(by: $0, &scope) }?.id
        }
        return scope.failure(hold, passed, path + "for")
    }

    fileprivate var subject: String { conditions.map(\.subject).joined(separator: ", ") }
}

extension RuleCondition {
    /// - Parameter path: of the group that it stands in, with a dot at its end.
    fileprivate func failure(_ facts: AgentFacts, _ path: String, _ scope: inout RuleScope) -> String? {
        guard !holds(facts, &scope) else { return nil }
        switch self {
        case .conversation(let condition):
            return condition.failure(facts, path, &scope)
        case .conversations(let condition, let count):
            return path + "conversations.count: wanted \(count), is \(condition.count(&scope))"
        case .fact(let field, let test):
            return difference(path + field.rawValue, wanted: test, found: field.value(in: facts))
        case .member(let membership):
            let names = membership.labels.joined(separator: " or ")
            return path + "agent.\(membership.kind.rawValue): "
                + (membership.isNegated ? "belongs to \(names)" : "does not belong to \(names)")
        case .schedule(let windows):
            return path + "schedule: \(scope.now) is outside of \(windows.map(\.label).joined(separator: " and "))"
        case .all(let groups):
            for (index, group) in groups.enumerated() {
                if let failure = group.failure(facts, "\(path)all[\(index)].", &scope) { return failure }
            }
            return nil
        case .any(let groups):
            let failures = groups.enumerated().compactMap { $1.failure(facts, "\(path)any[\($0)].", &scope) }
            return failures.joined(separator: "; ")
        case .none(let groups):
            let index = groups.firstIndex { $0.holds(facts, &scope) } ?? 0
            return "\(path)none[\(index)]: all of it holds (\(groups[index].subject))"
        case .not(let group):
            return path + "not: all of it holds (\(group.subject))"
        }
    }

    /// What the condition is about.
    fileprivate var subject: String {
        switch self {
        case .conversation(let condition) where condition.group.tests.isEmpty: "conversation"
        case .conversation(let condition): condition.group.subject(of: "conversation.")
        case .conversations: "conversations.count"
        case .fact(let field, _): field.rawValue
        case .member(let membership): "agent.\(membership.kind.rawValue)"
        case .schedule: "schedule"
        case .all(let groups): groups.map(\.subject).joined(separator: ", ")
        case .any: "any"
        case .none: "none"
        case .not: "not"
        }
    }
}

extension ConversationCondition {
    /// Of several conversations the one that got farthest is shown: the one that was probably meant.
    fileprivate func failure(_ facts: AgentFacts, _ path: String, _ scope: inout RuleScope) -> String {
        let meant = scope.conversations.filter(isMeant)
        let candidates = meant.filter(\.isTrusted)
        guard !candidates.isEmpty else {
            if let unheard = meant.first {
                return path + "conversation: no news of \(unheard.id) for too long: it is read again first"
            }
            guard facts.conversations.contains(where: \.isLive) else {
                return path + "conversation: no live conversation"
            }
            let reason =
                facts.conversations.contains { $0.isLive && $0.isEnded }
                ? "one is in after-call work, which counts only for a condition on state or afterCallWork"
                : "one is only alerting, which counts only for a condition on state or answered"
            return path + "conversation: no live conversation (\(reason))"
        }
        var farthest: (passed: Int, conversation: ConversationView, failure: String)?
        for conversation in candidates {
            let passed = group.tests.prefix { $0.holds(conversation, &scope) }.count
            let failure = group.failure(conversation, path + "conversation.", &scope) ?? ""
            if let farthest {
                guard passed >= farthest.passed else { continue }
                let isFirst = conversation.facts.fields.takesPrecedence(over: farthest.conversation.facts)
                guard passed > farthest.passed || isFirst else { continue }
            }
            farthest = (passed, conversation, failure)
        }
        return farthest.map { $0.failure + (candidates.count > 1 ? " (conversation \($0.conversation.id))" : "") } ?? ""
    }
}

extension ConversationGroup {
    fileprivate func failure(
        _ conversation: ConversationView,
        _ path: String,
        _ scope: inout RuleScope
    ) -> String? {
        for test in tests {
            if let failure = test.failure(conversation, path, &scope) { return failure }
        }
        guard let hold, !scope.isMet(hold, conversation.id) else { return nil }
        return scope.failure(hold, conversation.id, path + "for")
    }

    fileprivate func subject(of prefix: String = "") -> String {
        tests.map { prefix + $0.subject }.joined(separator: ", ")
    }
}

extension ConversationTest {
    fileprivate func failure(
        _ conversation: ConversationView,
        _ path: String,
        _ scope: inout RuleScope
    ) -> String? {
        guard !holds(conversation, &scope) else { return nil }
        switch self {
        case .fact(let field, let test, let slot):
            return difference(path + field.name, wanted: test, found: scope.value(slot, of: conversation))
        case .all(let groups):
            for (index, group) in groups.enumerated() {
                if let failure = group.failure(conversation, "\(path)all[\(index)].", &scope) { return failure }
            }
            return nil
        case .any(let groups):
            let failures = groups.enumerated().compactMap {
                $1.failure(conversation, "\(path)any[\($0)].", &scope)
            }
            return failures.joined(separator: "; ")
        case .none(let groups):
            let index = groups.firstIndex { $0.holds(conversation, &scope) } ?? 0
            return "\(path)none[\(index)]: all of it holds (\(groups[index].subject()))"
        case .not(let group):
            return path + "not: all of it holds (\(group.subject()))"
        }
    }

    fileprivate var subject: String {
        switch self {
        case .fact(let field, _, _): field.name
        case .all(let groups): groups.map { $0.subject() }.joined(separator: ", ")
        case .any: "any"
        case .none: "none"
        case .not: "not"
        }
    }
}

extension RuleScope {
    fileprivate mutating func failure(_ hold: Hold, _ conversation: String?, _ path: String) -> String? {
        guard !isMet(hold, conversation) else { return nil }
        let wanted = DurationSyntax.format(hold.duration)
        guard let time = time(of: hold, conversation) else { return "\(path): wanted \(wanted), does not hold" }
        return "\(path): wanted \(wanted), has held for \(DurationSyntax.format(time))"
    }
}

private func difference(_ path: String, wanted: FactTest, found: FactValue) -> String {
    let text = found.text.map { $0.isEmpty ? "empty" : shortened($0) } ?? "absent"
    return "\(path): wanted \(wanted), is \(text)"
}

/// An attribute may hold a whole chat.
private func shortened(_ text: String) -> String {
    text.count <= 80 ? text : text.prefix(80) + "…"
}
