// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A value to compare with, prepared once.
struct WantedValue: Sendable {
    private enum Comparand: Sendable {
        case exact(String)
        /// The folded bytes.
        case folded([UInt8])
        /// In lower case.
        case ignoringCase(String)
        /// The place of a name in ``ResolvedNames``.
        case name(Int)
    }

    /// For messages: a text that came from a variable or file stands as `<not shown>`.
    let label: String
    /// As written.
    let text: String
    private let comparand: Comparand

    init(_ text: String, comparison: FactVocabulary.Comparison, ignoringCase: Bool = false, isShown: Bool = true) {
        self.text = text
        label = !isShown ? "<not shown>" : text.isEmpty ? "empty" : text
        comparand =
            comparison != .exact
            ? .folded(folded(text)) : ignoringCase ? .ignoringCase(text.lowercased()) : .exact(text)
    }

    /// A name that the organisation resolves.
    init(_ text: String, name: Int, isShown: Bool = true) {
        self.text = text
        label = isShown ? text : "<not shown>"
        comparand = .name(name)
    }

    func matches(_ value: String, _ names: ResolvedNames) -> Bool {
        switch comparand {
        case .exact(let text): value == text
        case .folded(let text): isFolded(value, to: text)
        case .ignoringCase(let text): value.lowercased() == text
        case .name(let index): value == names[index].id
        }
    }

    /// The wanted text is somewhere in the value.
    func isContained(in value: String) -> Bool {
        switch comparand {
        case .ignoringCase(let text): value.lowercased().contains(text)
        default: value.contains(text)
        }
    }

    /// It is compared byte for byte.
    var isExact: Bool {
        if case .exact = comparand { true } else { false }
    }

    /// It is the name or the id of something in the organisation.
    var isResolved: Bool {
        if case .name = comparand { true } else { false }
    }

    /// What two equal wishes have in common, and different ones do not.
    var canonical: String {
        switch comparand {
        case .exact(let text): "=\(text)"
        case .folded(let text): "~\(String(decoding: text, as: UTF8.self))"
        case .ignoringCase(let text): "i\(text)"
        case .name: "n\(text)"
        }
    }

    /// Byte by byte, so that an evaluation allocates nothing.
    private func isFolded(_ value: String, to text: [UInt8]) -> Bool {
        func isFolded(_ value: some Sequence<UInt8>) -> Bool {
            var next = 0
            for byte in value {
                guard let byte = foldedByte(byte) else { continue }
                guard next < text.count, text[next] == byte else { return false }
                next += 1
            }
            return next == text.count
        }
        // Most are words of the vocabulary itself, which lie in one piece.
        return value.utf8.withContiguousStorageIfAvailable { isFolded($0) } ?? isFolded(value.utf8)
    }
}
