// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension FactTest: CustomStringConvertible {
    /// Completes "wanted …".
    var description: String {
        switch self {
        case .oneOf(let wanted) where wanted.count == 1: wanted[0].label
        case .oneOf(let wanted): "one of \(wanted.map(\.label).joined(separator: ", "))"
        case .flag(let flag): "\(flag)"
        case .exists(true): "any value"
        case .exists(false): "no value"
        case .not(let test): "not (\(test))"
        case .all(let tests): tests.map(\.description).joined(separator: " and ")
        case .any(let tests): tests.map(\.description).joined(separator: " or ")
        case .contains(let wanted): "something with \(wanted.label) in it"
        case .matches(let pattern): "a match of \(pattern.source)"
        case .number(let comparison, let number): comparison.text(Self.text(number))
        case .time(let comparison): comparison.description
        }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }
}

extension FactTest.NumberComparison {
    fileprivate func text(_ number: String) -> String {
        switch self {
        case .equal: number
        case .lessThan: "less than \(number)"
        case .atMost: "at most \(number)"
        case .moreThan: "more than \(number)"
        case .atLeast: "at least \(number)"
        }
    }
}

extension FactTest.TimeComparison: CustomStringConvertible {
    /// Completes "wanted …".
    var description: String {
        switch self {
        case .before(let time): "before \(time)"
        case .after(let time): "after \(time)"
        case .olderThan(let age): "\(DurationSyntax.format(age)) ago or longer"
        case .newerThan(let age): "less than \(DurationSyntax.format(age)) ago"
        case .within(let span): "within \(DurationSyntax.format(span)) from now"
        }
    }
}
