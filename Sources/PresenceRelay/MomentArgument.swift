// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import ConfigurationSyntax
import GenesysEvents

/// A moment as options take it: `7d` (a duration from a moment that the option names), `2026-03-02T09:00:00Z`, or
/// `2026-03-02`, the beginning of that day in UTC.
enum MomentArgument: Sendable, Equatable {
    case duration(Duration)
    case time(Timestamp)

    /// For `transform:` of an option; the error says what can be written.
    static func parse(_ text: String) throws -> MomentArgument {
        if let duration = DurationSyntax.parse(text) { return .duration(duration) }
        if let time = Timestamp(text) ?? Timestamp(text + "T00:00:00Z") { return .time(time) }
        if Int(text) != nil {
            throw ValidationError("the duration \(text) has no unit; write \(text)d (ms, s, m, h, d)")
        }
        throw ValidationError(
            "'\(text)' is neither a duration such as 7d, 12h or 30m nor a time such as 2026-03-02T09:00:00Z or 2026-03-02"
        )
    }

    func before(_ end: Timestamp) -> Timestamp {
        switch self {
        case .duration(let duration): end.advanced(by: .zero - duration)
        case .time(let time): time
        }
    }

    func after(_ start: Timestamp) -> Timestamp {
        switch self {
        case .duration(let duration): start.advanced(by: duration)
        case .time(let time): time
        }
    }
}
