// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState

/// Comparisons that a rule needs to hold, whatever else it says: most rules are out by the first one, and many rules share
/// them. Each different one is made once for an evaluation, and only those that time does not change.
struct RulePrefilter: Sendable {
    /// A class, since it is looked up in every evaluation: what a test holds is then not copied.
    private final class Comparison: Sendable {
        enum Kind: Sendable {
            case agent(AgentField, FactTest)
            /// Some conversation passes, looked at or not; by the field's place in ``ConversationFields``.
            case conversation(Int, FactTest)
            /// One of these lists of other comparisons holds as a whole, by their places.
            case any([[Int]])
        }

        let kind: Kind

        init(_ kind: Kind) { self.kind = kind }
    }

    /// What the comparisons of one evaluation have come to.
    struct Results {
        fileprivate enum Result: UInt8 { case unknown, holds, fails }
        /// Of the first 64 comparisons, which are all of most files: so an evaluation allocates nothing for them.
        private var known: UInt64 = 0
        private var held: UInt64 = 0
        private var others: [UInt8]
        /// Those of the first 64 that are known to fail.
        fileprivate var failed: UInt64 { known & ~held }

        fileprivate init(count: Int) { others = count > 64 ? Array(repeating: 0, count: count - 64) : [] }

        fileprivate subscript(place: Int) -> Result {
            get {
                guard place < 64 else { return Result(rawValue: others[place - 64]) ?? .unknown }
                let bit: UInt64 = 1 << UInt64(place)
                return known & bit == 0 ? .unknown : held & bit == 0 ? .fails : .holds
            }
            set {
                guard place < 64 else { return others[place - 64] = newValue.rawValue }
                let bit: UInt64 = 1 << UInt64(place)
                known |= bit
                if newValue == .holds { held |= bit }
            }
        }
    }

    private var comparisons: [Comparison] = []
    /// Of all rules, one after the other.
    private var needed: [Int] = []
    /// Where those of a rule begin in `needed`, and at the end where the last one's end.
    private var starts: [Int] = [0]
    /// Those of each rule that are among the first 64: once one of them has failed, a rule is out at a glance.
    private var masks: [UInt64] = []

    init(_ rules: [CompiledRule]) {
        var found = Found()
        for rule in rules {
            let places = rule.when.conditions.flatMap { found.places(of: $0) }
            masks.append(places.reduce(0) { $1 < 64 ? $0 | 1 << UInt64($1) : $0 })
            needed += places
            starts.append(needed.count)
        }
        comparisons = found.comparisons
    }

    /// All different comparisons so far.
    private struct Found {
        private(set) var comparisons: [Comparison] = []
        private var places: [String: Int] = [:]

        private mutating func place(of key: String, _ comparison: @autoclosure () -> Comparison) -> Int {
            if let place = places[key] { return place }
            places[key] = comparisons.count
            comparisons.append(comparison())
            return comparisons.count - 1
        }

        /// The comparisons that a condition cannot do without.
        mutating func places(of condition: RuleCondition) -> [Int] {
            switch condition {
            case .fact(let field, let test):
                guard let canonical = test.canonical else { return [] }
                return [place(of: "a:\(field.rawValue):\(canonical)", Comparison(.agent(field, test)))]
            case .conversation(let condition):
                return condition.group.tests.compactMap { test in
                    guard case .fact(let field, let test, let slot) = test, field != .afterCallWork,
                        let canonical = test.canonical
                    else { return nil }
                    return place(of: "c:\(slot):\(canonical)", Comparison(.conversation(slot, test)))
                }
            case .all(let groups):
                return groups.flatMap { group in group.conditions.flatMap { places(of: $0) } }
            case .any(let groups):
                let lists = groups.map { group in group.conditions.flatMap { places(of: $0) } }
                guard !lists.contains(where: \.isEmpty) else { return [] }
                return [place(of: "any:\(lists)", Comparison(.any(lists)))]
            default:
                return []
            }
        }
    }

    /// For one evaluation.
    func results() -> Results { Results(count: comparisons.count) }

    /// The rule at that place surely does not match.
    func excludes(_ rule: Int, _ facts: AgentFacts, _ results: inout Results, _ scope: inout RuleScope) -> Bool {
        if masks[rule] & results.failed != 0 { return true }
        for place in starts[rule]..<starts[rule + 1] where !holds(needed[place], facts, &results, &scope) {
            return true
        }
        return false
    }

    private func holds(_ place: Int, _ facts: AgentFacts, _ results: inout Results, _ scope: inout RuleScope) -> Bool {
        let known = results[place]
        guard known == .unknown else { return known == .holds }
        let holds = compare(comparisons[place], facts, &results, &scope)
        results[place] = holds ? .holds : .fails
        return holds
    }

    private func compare(
        _ comparison: Comparison,
        _ facts: AgentFacts,
        _ results: inout Results,
        _ scope: inout RuleScope
    ) -> Bool {
        switch comparison.kind {
        case .agent(let field, let test):
            return test.holds(for: field.value(in: facts), &scope)
        case .conversation(let slot, let test):
            for conversation in scope.conversations {
                if test.holds(for: conversation.value(slot), &scope) { return true }
            }
            return false
        case .any(let lists):
            for list in lists {
                var isMet = true
                for place in list where isMet { isMet = holds(place, facts, &results, &scope) }
                if isMet { return true }
            }
            return false
        }
    }
}

extension FactTest {
    /// The same for equal tests only; `nil` = time changes what it says, or it is too seldom shared to be worth it.
    fileprivate var canonical: String? {
        switch self {
        case .oneOf(let wanted): "=" + wanted.map(\.canonical).joined(separator: "\u{0}")
        case .flag(let flag): "\(flag)"
        case .exists(let exists): "exists \(exists)"
        case .not(let test): test.canonical.map { "not \($0)" }
        case .number(let comparison, let number): "\(comparison) \(number)"
        case .all, .any, .contains, .matches, .time: nil
        }
    }
}
