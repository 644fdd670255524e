// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax

/// Why a rule does not match, for people. Worked out apart from the match itself, which has no time for texts.
extension CompiledRule {
    /// The first condition that fails with the value it saw; `nil` when the rule matches.
    func failure(_ facts: AgentFacts, _ statuses: StatusNames) -> String? {
        var isAboutConversation = false
        for condition in conditions {
            guard case .conversation(let condition) = condition else {
                if let failure = condition.failure(facts) { return failure }
                continue
            }
            isAboutConversation = true
            if let failure = failure(of: condition, facts, statuses) { return failure }
        }
        return isAboutConversation ? nil : statusFailure(facts, nil, statuses)
    }

    /// Of several conversations the one that got farthest is shown: the one that was probably meant.
    private func failure(
        of condition: ConversationCondition,
        _ facts: AgentFacts,
        _ statuses: StatusNames
    ) -> String? {
        let candidates = facts.conversations.filter(condition.considers)
        guard !candidates.isEmpty else {
            return facts.conversations.contains { $0.isLive }
                ? "conversation: no live conversation (one is in after-call work, which counts only for a condition on"
                    + " state or afterCallWork)"
                : "conversation: no live conversation"
        }
        var farthest: (passed: Int, conversation: ConversationFacts, failure: String)?
        for conversation in candidates {
            let passed = condition.tests.prefix { $0.holds(for: conversation) }.count
            let failure =
                passed < condition.tests.count
                ? condition.tests[passed].failure(conversation)
                : statusFailure(facts, conversation, statuses)
            guard let failure else { return nil }
            if let farthest {
                let isFarther = passed > farthest.passed
                let isEqual = passed == farthest.passed && conversation.takesPrecedence(over: farthest.conversation)
                guard isFarther || isEqual else { continue }
            }
            farthest = (passed, conversation, failure)
        }
        return farthest.map { $0.failure + (candidates.count > 1 ? " (conversation \($0.conversation.id))" : "") }
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

extension RuleCondition {
    fileprivate func failure(_ facts: AgentFacts) -> String? {
        guard !holds(for: facts) else { return nil }
        switch self {
        case .conversation:
            return "conversation: none matches"
        case .fact(let field, let test):
            return difference(field.rawValue, wanted: test, found: field.value(in: facts))
        case .not(let conditions):
            return "not: all of it holds (\(conditions.map(\.subject).joined(separator: ", ")))"
        }
    }

    /// What the condition is about.
    private var subject: String {
        switch self {
        case .conversation(let condition) where condition.tests.isEmpty: "conversation"
        case .conversation(let condition):
            condition.tests.map { "conversation.\($0.subject)" }.joined(separator: ", ")
        case .fact(let field, _): field.rawValue
        case .not: "not"
        }
    }
}

extension ConversationTest {
    fileprivate func failure(_ conversation: ConversationFacts) -> String {
        switch self {
        case .fact(let field, let test):
            difference("conversation.\(field.name)", wanted: test, found: field.value(in: conversation))
        case .not(let tests):
            "conversation.not: all of it holds (\(tests.map(\.subject).joined(separator: ", ")))"
        }
    }

    fileprivate var subject: String {
        switch self {
        case .fact(let field, _): field.name
        case .not: "not"
        }
    }
}

private func difference(_ path: String, wanted: FactTest, found: String?) -> String {
    "\(path): wanted \(wanted), is \(found.map { $0.isEmpty ? "empty" : shortened($0) } ?? "absent")"
}

/// An attribute may hold a whole chat.
private func shortened(_ text: String) -> String {
    text.count <= 80 ? text : text.prefix(80) + "…"
}
