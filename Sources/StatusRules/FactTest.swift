// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// What a condition wants of one fact. An absent fact equals nothing, and is neither more nor less than anything.
indirect enum FactTest: Sendable {
    /// Of a list: one of its elements.
    case oneOf([WantedValue])
    case flag(Bool)
    case exists(Bool)
    case not(FactTest)
    /// Several operators in one mapping.
    case all([FactTest])
    case any([FactTest])
    /// Part of a text, or an element of a list.
    case contains(WantedValue)
    case matches(TextPattern)
    /// A text counts as the number that it is written as.
    case number(NumberComparison, Double)
    /// A text counts as the RFC 3339 time that it is written as.
    case time(TimeComparison)

    enum NumberComparison: String, CaseIterable, Sendable {
        case equal, lessThan, atMost, moreThan, atLeast

        func holds(_ value: Double, _ wanted: Double) -> Bool {
            switch self {
            case .equal: value == wanted
            case .lessThan: value < wanted
            case .atMost: value <= wanted
            case .moreThan: value > wanted
            case .atLeast: value >= wanted
            }
        }
    }

    enum TimeComparison: Sendable {
        case before(Timestamp), after(Timestamp)
        /// At least so long ago.
        case olderThan(Duration)
        /// Not so long ago, or still to come.
        case newerThan(Duration)
        /// Still to come, and at most so far ahead.
        case within(Duration)

        func holds(_ time: Timestamp, _ scope: inout RuleScope) -> Bool {
            switch self {
            case .before(let other): return time < other
            case .after(let other): return time > other
            case .olderThan(let age):
                let due = time.advanced(by: age)
                scope.changes(at: due)
                return due <= scope.now
            case .newerThan(let age):
                let due = time.advanced(by: age)
                scope.changes(at: due)
                return due > scope.now
            case .within(let span):
                let start = time.advanced(by: .zero - span)
                scope.changes(at: start)
                scope.changes(at: time.advanced(by: .milliseconds(1)))
                return start <= scope.now && scope.now <= time
            }
        }
    }

    private static func isOne(of wanted: [WantedValue], _ text: String, _ names: ResolvedNames) -> Bool {
        // By their places: a copy of each would cost more than the comparison.
        for place in wanted.indices where wanted[place].matches(text, names) { return true }
        return false
    }

    /// Whether a value passes.
    func holds(for value: FactValue, _ scope: inout RuleScope) -> Bool {
        switch self {
        case .oneOf(let wanted):
            switch value {
            case .text(let text): return Self.isOne(of: wanted, text, scope.names)
            case .texts(let texts): return texts.contains { Self.isOne(of: wanted, $0, scope.names) }
            default: return false
            }
        case .flag(let wanted):
            guard case .flag(let flag) = value else { return false }
            return flag == wanted
        case .exists(let exists):
            if case .texts(let texts) = value { return exists != texts.isEmpty }
            return exists != value.isAbsent
        case .not(let test): return !test.holds(for: value, &scope)
        case .all(let tests): return tests.allSatisfy { $0.holds(for: value, &scope) }
        case .any(let tests): return tests.contains { $0.holds(for: value, &scope) }
        case .contains(let wanted):
            switch value {
            case .text(let text): return wanted.isContained(in: text)
            case .texts(let texts): return texts.contains { wanted.matches($0, scope.names) }
            default: return false
            }
        case .matches(let pattern):
            guard case .text(let text) = value else { return false }
            return pattern.matches(text)
        case .number(let comparison, let wanted):
            return value.asNumber.map { comparison.holds($0, wanted) } ?? false
        case .time(let comparison):
            return value.asTime.map { comparison.holds($0, &scope) } ?? false
        }
    }
}

extension FactValue {
    fileprivate var asNumber: Double? {
        switch self {
        case .number(let number): Double(number)
        case .text(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }

    fileprivate var asTime: Timestamp? {
        switch self {
        case .time(let time): time
        case .text(let text): Timestamp(text)
        default: nil
        }
    }
}
