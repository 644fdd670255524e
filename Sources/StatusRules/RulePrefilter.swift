// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState

/// Comparisons that a rule needs to hold, whatever else it says: most rules are out by the first one, and many rules share
/// them. Each different one is made once for an evaluation, and only those that time does not change.
struct RulePrefilter: Sendable {
    /// A class, since it is looked up in every evaluation: what a test holds is then not copied.
    private final class Comparison: Sendable {
        enum Subject: Sendable {
            case agent(AgentField)
            /// Some conversation passes, looked at or not; by the field's place in ``ConversationFields``.
            case conversation(Int)
        }

        let subject: Subject
        let test: FactTest

        init(_ subject: Subject, _ test: FactTest) {
            self.subject = subject
            self.test = test
        }
    }

    /// What the comparisons of one evaluation have come to.
    struct Results {
        fileprivate enum Result: UInt8 { case unknown, holds, fails }
        /// Of the first 64 comparisons, which are all of most files: so an evaluation allocates nothing for them.
        private var known: UInt64 = 0
        private var held: UInt64 = 0
        private var others: [UInt8]

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

    init(_ rules: [CompiledRule]) {
        var places: [String: Int] = [:]
        for rule in rules {
            for (comparison, key) in rule.when.conditions.flatMap(Self.comparisons(of:)) {
                let place = places[key] ?? comparisons.count
                if place == comparisons.count {
                    comparisons.append(comparison)
                    places[key] = place
                }
                needed.append(place)
            }
            starts.append(needed.count)
        }
    }

    /// For one evaluation.
    func results() -> Results { Results(count: comparisons.count) }

    /// The rule at that place surely does not match.
    func excludes(_ rule: Int, _ facts: AgentFacts, _ results: inout Results, _ scope: inout RuleScope) -> Bool {
        for place in starts[rule]..<starts[rule + 1] {
            let comparison = needed[place]
            if results[comparison] == .unknown {
                results[comparison] = holds(comparisons[comparison], facts, &scope) ? .holds : .fails
            }
            if results[comparison] == .fails { return true }
        }
        return false
    }

    private func holds(_ comparison: Comparison, _ facts: AgentFacts, _ scope: inout RuleScope) -> Bool {
        switch comparison.subject {
        case .agent(let field):
            return comparison.test.holds(for: field.value(in: facts), &scope)
        case .conversation(let slot):
            for conversation in scope.conversations {
                if comparison.test.holds(for: conversation.value(slot), &scope) { return true }
            }
            return false
        }
    }

    /// The comparisons that a condition cannot do without, each with a text that only equal ones share.
    private static func comparisons(of condition: RuleCondition) -> [(Comparison, key: String)] {
        switch condition {
        case .fact(let field, let test):
            return test.canonical.map { [(Comparison(.agent(field), test), "a:\(field.rawValue):\($0)")] } ?? []
        case .conversation(let condition):
            return condition.group.tests.compactMap { test in
                guard case .fact(let field, let test, let slot) = test, field != .afterCallWork,
                    let canonical = test.canonical
                else { return nil }
                return (Comparison(.conversation(slot), test), "c:\(slot):\(canonical)")
            }
        default:
            return []
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
