// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What a condition wants of one fact. An absent fact equals nothing.
indirect enum FactTest: Sendable {
    case oneOf([WantedValue])
    case exists(Bool)
    case not(FactTest)
    /// Several operators in one mapping.
    case all([FactTest])

    /// Whether a value passes; `nil` = the fact is absent.
    func holds(for value: String?) -> Bool {
        switch self {
        case .oneOf(let wanted):
            guard let value else { return false }
            return wanted.contains { $0.matches(value) }
        case .exists(let exists): return exists == (value != nil)
        case .not(let test): return !test.holds(for: value)
        case .all(let tests): return tests.allSatisfy { $0.holds(for: value) }
        }
    }
}

extension FactTest: CustomStringConvertible {
    /// Completes "wanted …".
    var description: String {
        switch self {
        case .oneOf(let wanted) where wanted.count == 1: wanted[0].label
        case .oneOf(let wanted): "one of \(wanted.map(\.label).joined(separator: ", "))"
        case .exists(true): "any value"
        case .exists(false): "no value"
        case .not(let test): "not (\(test))"
        case .all(let tests): tests.map(\.description).joined(separator: " and ")
        }
    }
}

/// A value to compare with, prepared once.
struct WantedValue: Sendable {
    /// For messages: a text that came from a variable or file stands as `<not shown>`.
    let label: String
    private let text: String
    /// The folded bytes; `nil` = compare exactly.
    private let foldedText: [UInt8]?

    init(_ text: String, comparison: FactVocabulary.Comparison, isShown: Bool = true) {
        self.text = text
        label = !isShown ? "<not shown>" : text.isEmpty ? "empty" : text
        foldedText = comparison == .exact ? nil : folded(text)
    }

    func matches(_ value: String) -> Bool {
        guard let foldedText else { return value == text }
        // Byte by byte, so that an evaluation allocates nothing.
        var next = 0
        for byte in value.utf8 {
            guard let byte = foldedByte(byte) else { continue }
            guard next < foldedText.count, foldedText[next] == byte else { return false }
            next += 1
        }
        return next == foldedText.count
    }
}
