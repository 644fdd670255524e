// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// What one and the same conversation must be.
///
/// Looked at are conversations that the agent is in: those that have not ended, and have been answered or are not
/// offered at all. One that only rings is considered when the condition itself names `state`, `answered` or
/// `alertedAt`, one in after-call work when it names `state`, `endedAt` or something of after-call work: "flagged while
/// on a call" must neither begin before the call nor go on during the wrap-up, unless the rule says so.
final class ConversationCondition: Sendable {
    let group: ConversationGroup
    let includesAlerts: Bool
    let includesAfterCallWork: Bool

    init(_ group: ConversationGroup) {
        self.group = group
        includesAlerts = group.names(\.isOfAlerts)
        includesAfterCallWork = group.names(\.isOfEnds)
    }

    func considers(_ conversation: ConversationView) -> Bool { conversation.isTrusted && isMeant(conversation) }

    /// Whether such a conversation is looked at, were it trusted.
    func isMeant(_ conversation: ConversationView) -> Bool {
        if conversation.isEnded { return includesAfterCallWork }
        return includesAlerts || !conversation.isAlerting
    }

    func isMet(by conversation: ConversationView, _ scope: inout RuleScope) -> Bool {
        considers(conversation) && group.holds(conversation, &scope)
    }

    /// There is a conversation that passes.
    func isMet(_ scope: inout RuleScope) -> Bool {
        for conversation in scope.conversations {
            if isMet(by: conversation, &scope) { return true }
        }
        return false
    }

    func count(_ scope: inout RuleScope) -> Int {
        // One conversation may be there in several media.
        var ids: Set<String> = []
        for conversation in scope.conversations where isMet(by: conversation, &scope) { ids.insert(conversation.id) }
        return ids.count
    }

    func keepHolds(_ scope: inout RuleScope) {
        guard group.hasHolds else { return }
        for conversation in scope.conversations where isMeant(conversation) {
            group.keepHolds(conversation, &scope)
        }
    }
}

/// Tests of one mapping, all of which must hold; with `for:` for so long.
final class ConversationGroup: Sendable {
    let tests: [ConversationTest]
    let hold: Hold?
    /// A `for:` is somewhere in it.
    let hasHolds: Bool

    init(tests: [ConversationTest], hold: Hold? = nil) {
        self.tests = tests
        self.hold = hold
        hasHolds = hold != nil || tests.contains { $0.groups.contains(where: \.hasHolds) }
    }

    func holds(_ conversation: ConversationView, _ scope: inout RuleScope) -> Bool {
        for test in tests {
            guard test.holds(conversation, &scope) else { return false }
        }
        guard let hold else { return true }
        return scope.isMet(hold, conversation.id)
    }

    func names(_ matches: (ConversationField) -> Bool) -> Bool {
        tests.contains { test in
            if case .fact(let field, _, _) = test { return matches(field) }
            return test.groups.contains { $0.names(matches) }
        }
    }

    /// Since when all of it has been so, as Genesys says; `nil` = it does not say of all.
    func since(_ conversation: ConversationView) -> Timestamp? {
        var began: Timestamp? = Timestamp(milliseconds: .min)
        for test in tests { began = later(began, test.since(conversation)) }
        return began?.milliseconds == .min ? conversation.facts.connectedAt : began
    }

    func keepHolds(_ conversation: ConversationView, _ scope: inout RuleScope) {
        for test in tests {
            for group in test.groups where group.hasHolds { group.keepHolds(conversation, &scope) }
        }
        guard let hold else { return }
        for test in tests {
            guard test.holds(conversation, &scope) else { return }
        }
        scope.keep(hold, conversation.id, began: since(conversation))
    }
}

/// One test of a conversation.
indirect enum ConversationTest: Sendable {
    /// `slot` = the field's place in ``ConversationFields``.
    case fact(ConversationField, FactTest, slot: Int)
    case all([ConversationGroup])
    case any([ConversationGroup])
    case none([ConversationGroup])
    /// Not all of these hold.
    case not(ConversationGroup)

    func holds(_ conversation: ConversationView, _ scope: inout RuleScope) -> Bool {
        switch self {
        case .fact(_, let test, let slot):
            return test.holds(for: scope.value(slot, of: conversation), &scope)
        case .all(let groups):
            for group in groups {
                guard group.holds(conversation, &scope) else { return false }
            }
            return true
        case .any(let groups):
            for group in groups {
                if group.holds(conversation, &scope) { return true }
            }
            return false
        case .none(let groups):
            for group in groups {
                if group.holds(conversation, &scope) { return false }
            }
            return true
        case .not(let group): return !group.holds(conversation, &scope)
        }
    }

    func since(_ conversation: ConversationView) -> Timestamp? {
        switch self {
        case .fact(let field, _, _): field.since(in: conversation.facts)
        default: nil
        }
    }

    var groups: [ConversationGroup] {
        switch self {
        case .all(let groups), .any(let groups), .none(let groups): groups
        case .not(let group): [group]
        case .fact: []
        }
    }
}
