// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

// Whether one condition holds whenever another does. Every "yes" is certain; a "no" may only mean that it was not seen.

extension ConditionGroup {
    /// This group holds whenever `other` does.
    func isImplied(by other: ConditionGroup) -> Bool {
        if let hold {
            guard let otherHold = other.hold, otherHold.duration >= hold.duration,
                // What is timed must be the same thing.
                conversation == nil || other.conversation != nil, conversation != nil || other.conversation == nil
            else { return false }
        }
        return conditions.allSatisfy { condition in other.conditions.contains(where: condition.isImplied) }
    }
}

extension RuleCondition {
    fileprivate func isImplied(by other: RuleCondition) -> Bool {
        switch (self, other) {
        case (.conversation(let mine), .conversation(let theirs)): return mine.isImplied(by: theirs)
        case (.fact(let mine, let test), .fact(let theirs, let otherTest)):
            return mine == theirs && test.isImplied(by: otherTest, ofList: mine.shape.isList)
        case (.member(let mine), .member(let theirs)):
            guard mine.kind == theirs.kind, mine.isNegated == theirs.isNegated else { return false }
            let (narrow, wide) = mine.isNegated ? (mine, theirs) : (theirs, mine)
            return Set(narrow.labels).isSubset(of: wide.labels)
        // An alternative that is wide enough.
        case (.any(let groups), _):
            return groups.contains { $0.isImplied(by: ConditionGroup(conditions: [other])) }
        case (_, .all(let groups)):
            return groups.contains { ConditionGroup(conditions: [self]).isImplied(by: $0) }
        case (.not(let mine), .not(let theirs)):
            return theirs.isImplied(by: mine)
        default: return false
        }
    }
}

extension ConversationCondition {
    fileprivate func isImplied(by other: ConversationCondition) -> Bool {
        guard includesAlerts || !other.includesAlerts || other.group.excludesAlerts,
            includesAfterCallWork || !other.includesAfterCallWork || other.group.excludesEnds
        else { return false }
        return group.isImplied(by: other.group)
    }
}

extension ConversationGroup {
    fileprivate func isImplied(by other: ConversationGroup) -> Bool {
        if let hold {
            guard let otherHold = other.hold, otherHold.duration >= hold.duration else { return false }
        }
        return tests.allSatisfy { test in other.tests.contains(where: test.isImplied) }
    }

    /// Its test of the state lets no conversation through that only rings.
    fileprivate var excludesAlerts: Bool { allowsOnlyStates { $0 != "alerting" && $0 != "offering" } }

    /// Its test of the state lets no conversation through that has ended.
    fileprivate var excludesEnds: Bool { allowsOnlyStates { $0 != "disconnected" && $0 != "terminated" } }

    private func allowsOnlyStates(_ isGood: (String) -> Bool) -> Bool {
        tests.contains { test in
            guard case .fact(.state, .oneOf(let wanted), _) = test else { return false }
            return wanted.allSatisfy { isGood(String(decoding: folded($0.text), as: UTF8.self)) }
        }
    }
}

extension ConversationTest {
    fileprivate func isImplied(by other: ConversationTest) -> Bool {
        switch (self, other) {
        case (.fact(let mine, let test, _), .fact(let theirs, let otherTest, _)):
            return mine == theirs && test.isImplied(by: otherTest, ofList: mine.shape.isList)
        case (.any(let groups), _):
            return groups.contains { $0.isImplied(by: ConversationGroup(tests: [other])) }
        case (_, .all(let groups)):
            return groups.contains { ConversationGroup(tests: [self]).isImplied(by: $0) }
        case (.not(let mine), .not(let theirs)):
            return theirs.isImplied(by: mine)
        default: return false
        }
    }
}

extension FactTest {
    /// This test holds whenever `other` does. `ofList`: of a fact that may have several values at once.
    fileprivate func isImplied(by other: FactTest, ofList isOfList: Bool) -> Bool {
        switch (self, other) {
        case (_, .all(let tests)) where tests.contains { isImplied(by: $0, ofList: isOfList) }: return true
        case (.all(let tests), _): return tests.allSatisfy { $0.isImplied(by: other, ofList: isOfList) }
        case (.any(let tests), _): return tests.contains { $0.isImplied(by: other, ofList: isOfList) }
        case (.oneOf(let mine), .oneOf(let theirs)):
            return Set(theirs.map(\.canonical)).isSubset(of: mine.map(\.canonical))
        case (.flag(let mine), .flag(let theirs)): return mine == theirs
        case (.exists(let mine), .exists(let theirs)): return mine == theirs
        // What passes any of these is there.
        case (.exists(true), .oneOf), (.exists(true), .flag), (.exists(true), .contains), (.exists(true), .matches),
            (.exists(true), .number), (.exists(true), .time):
            return true
        case (.not(let mine), .not(let theirs)): return theirs.isImplied(by: mine, ofList: isOfList)
        // One of several values may be wanted, and another one not.
        case (.not(.oneOf(let mine)), .oneOf(let theirs)) where !isOfList:
            return Set(mine.map(\.canonical)).isDisjoint(with: theirs.map(\.canonical))
                && mine.areComparable(with: theirs)
        case (.contains(let mine), .contains(let theirs)): return mine.canonical == theirs.canonical
        case (.matches(let mine), .matches(let theirs)):
            return mine.source == theirs.source && (mine.ignoresCase || !theirs.ignoresCase)
        case (.number(let mine, let bound), .number(let theirs, let otherBound)):
            return mine.isImplied(bound, by: theirs, otherBound)
        case (.time(let mine), .time(let theirs)): return mine.isImplied(by: theirs)
        default: return false
        }
    }
}

extension [WantedValue] {
    /// All are compared in the same way, and as they are written, so that different ones are never equal: what is resolved
    /// has an id as well as a name.
    fileprivate func areComparable(with others: [WantedValue]) -> Bool {
        let all = self + others
        return Set(all.map { $0.canonical.first }).count <= 1 && !all.contains(where: \.isResolved)
    }
}

extension FactTest.NumberComparison {
    fileprivate func isImplied(_ bound: Double, by other: Self, _ otherBound: Double) -> Bool {
        switch (self, other) {
        case (_, .equal): holds(otherBound, bound)
        case (.lessThan, .lessThan), (.atMost, .atMost), (.atMost, .lessThan): otherBound <= bound
        case (.lessThan, .atMost): otherBound < bound
        case (.moreThan, .moreThan), (.atLeast, .atLeast), (.atLeast, .moreThan): otherBound >= bound
        case (.moreThan, .atLeast): otherBound > bound
        default: false
        }
    }
}

extension FactTest.TimeComparison {
    fileprivate func isImplied(by other: Self) -> Bool {
        switch (self, other) {
        case (.before(let mine), .before(let theirs)): theirs <= mine
        case (.after(let mine), .after(let theirs)): theirs >= mine
        case (.olderThan(let mine), .olderThan(let theirs)): theirs >= mine
        case (.newerThan(let mine), .newerThan(let theirs)): theirs <= mine
        case (.within(let mine), .within(let theirs)): theirs <= mine
        default: false
        }
    }
}
