// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// A condition on the whole agent.
indirect enum RuleCondition: Sendable {
    /// There is a conversation that passes.
    case conversation(ConversationCondition)
    /// So many conversations pass.
    case conversations(ConversationCondition, count: FactTest)
    case fact(AgentField, FactTest)
    /// The agent belongs to one of these.
    case member(Membership)
    /// It is that time.
    case schedule([ScheduleWindow])
    case all([ConditionGroup])
    case any([ConditionGroup])
    case none([ConditionGroup])
    /// Not all of these hold.
    case not(ConditionGroup)

    func holds(_ facts: AgentFacts, _ scope: inout RuleScope) -> Bool {
        switch self {
        case .conversation(let condition):
            return condition.isMet(&scope)
        case .conversations(let condition, let count):
            return count.holds(for: .number(condition.count(&scope)), &scope)
        case .fact(let field, let test): return test.holds(for: field.value(in: facts), &scope)
        case .member(let membership): return membership.holds(facts, scope.names)
        case .schedule(let windows): return windows.contains { $0.holds(&scope) }
        case .all(let groups): return groups.allSatisfy { $0.holds(facts, &scope) }
        case .any(let groups): return groups.contains { $0.holds(facts, &scope) }
        case .none(let groups): return !groups.contains { $0.holds(facts, &scope) }
        case .not(let group): return !group.holds(facts, &scope)
        }
    }

    /// Since when it has been so, as Genesys says; `nil` = it does not say.
    func since(_ facts: AgentFacts) -> Timestamp? {
        switch self {
        case .fact(let field, _): field.since(in: facts)
        default: nil
        }
    }

    var groups: [ConditionGroup] {
        switch self {
        case .all(let groups), .any(let groups), .none(let groups): groups
        case .not(let group): [group]
        default: []
        }
    }

    var conversation: ConversationCondition? {
        switch self {
        case .conversation(let condition), .conversations(let condition, _): condition
        default: nil
        }
    }
}

/// Conditions of one mapping, all of which must hold; with `for:` for so long.
final class ConditionGroup: Sendable {
    /// In the order of the file; at most one is `.conversation`.
    let conditions: [RuleCondition]
    /// `nil` = no `for:`.
    let hold: Hold?
    /// The one `conversation:`, which the group is then about.
    let conversation: ConversationCondition?
    /// A `for:` is somewhere in it.
    let hasHolds: Bool
    /// Nothing in it that has a `for:` holds where the rule as a whole does not match.
    let holdsOnlyWhole: Bool

    init(conditions: [RuleCondition], hold: Hold? = nil) {
        self.conditions = conditions
        self.hold = hold
        conversation =
            conditions.lazy.compactMap { condition -> ConversationCondition? in
                if case .conversation(let condition) = condition { condition } else { nil }
            }.first
        hasHolds =
            hold != nil
            || conditions.contains { condition in
                condition.groups.contains(where: \.hasHolds) || condition.conversation?.group.hasHolds == true
            }
        let isAboutOne = conditions.count == 1 && conversation != nil
        holdsOnlyWhole = conditions.allSatisfy { condition in
            guard !condition.groups.contains(where: \.hasHolds) else { return false }
            guard let group = condition.conversation?.group, group.hasHolds else { return true }
            return isAboutOne && !group.tests.contains { $0.groups.contains(where: \.hasHolds) }
        }
    }

    func holds(_ facts: AgentFacts, _ scope: inout RuleScope) -> Bool {
        for condition in conditions {
            guard condition.holds(facts, &scope) else { return false }
        }
        guard let hold else { return true }
        guard let conversation else { return scope.isMet(hold, nil) }
        return scope.conversations.contains { candidate in
            conversation.isMet(by: candidate, &scope) && scope.isMet(hold, candidate.id)
        }
    }

    /// Notes which of the conditions with `for:` hold now, the inner ones first.
    func keepHolds(_ facts: AgentFacts, _ scope: inout RuleScope) {
        guard hasHolds else { return }
        for condition in conditions {
            for group in condition.groups { group.keepHolds(facts, &scope) }
            condition.conversation?.keepHolds(&scope)
        }
        guard let hold else { return }
        for condition in conditions {
            if case .conversation = condition { continue }
            guard condition.holds(facts, &scope) else { return }
        }
        // Of all conditions the last that became true; one whose time is not known leaves only the present.
        var began: Timestamp? = Timestamp(milliseconds: .min)
        for condition in conditions {
            if case .conversation = condition { continue }
            began = later(began, condition.since(facts))
        }
        guard let conversation else { return scope.keep(hold, nil, began: began) }
        // One that is being read again goes on with its time, should it still be so.
        for candidate in scope.conversations
        where conversation.isMeant(candidate) && conversation.group.holds(candidate, &scope) {
            scope.keep(hold, candidate.id, began: later(began, conversation.group.since(candidate)))
        }
    }
}

/// The later of two times; `nil` when one of them is not known.
func later(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? {
    guard let a, let b else { return nil }
    return max(a, b)
}
