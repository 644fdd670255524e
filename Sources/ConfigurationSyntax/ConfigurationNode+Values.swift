// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Typed reading of one value. Each takes the value's name for messages (`server.timeouts.idle`), reports what is wrong
/// and then returns `nil`; a placeholder (see ``Provenance``) gives `nil` without a report, except for texts.
extension ConfigurationNode {
    /// Any scalar as text: an unquoted `5` or `true` is the text that is written.
    ///
    /// - Parameter allowsEmpty: `false` refuses an empty text, which for a secret would be an open door.
    public func text(_ name: String, allowsEmpty: Bool = false, diagnostics: Diagnostics) -> String? {
        guard case .scalar(let text, _) = content, !isNull else {
            return refuse("\(name): expected a text, found \(kind)", diagnostics)
        }
        guard !holdsTemplate else {
            return refuse(
                "\(name): unknown '${…}'; write ${env:NAME} or ${file:PATH}, or '$${' for the two characters themselves",
                diagnostics
            )
        }
        if text.isEmpty, !allowsEmpty, provenance != .placeholder {
            return refuse("\(name) is empty", diagnostics)
        }
        return text
    }

    /// A whole number in a range. Quotes are refused, unless the number comes from a variable or file.
    public func integer(_ name: String, in range: ClosedRange<Int>, diagnostics: Diagnostics) -> Int? {
        guard provenance != .placeholder else { return nil }
        guard case .scalar(let text, let isPlain) = content, isPlain || provenance == .interpolated,
            let value = integerValue(text)
        else { return refuse("\(name): expected a whole number, found \(kind)", diagnostics) }
        guard range.contains(value) else {
            let found = provenance == .written ? ", found \(value)" : ""
            return refuse(
                "\(name): expected a number from \(range.lowerBound) to \(range.upperBound)\(found)",
                diagnostics
            )
        }
        return value
    }

    /// `true` or `false`; the other words of YAML 1.1 (`yes`, `on`) are refused since half of its readers take them
    /// for texts.
    public func boolean(_ name: String, diagnostics: Diagnostics) -> Bool? {
        guard provenance != .placeholder else { return nil }
        if case .scalar(let text, let isPlain) = content, isPlain || provenance == .interpolated {
            switch text {
            case "true", "True", "TRUE": return true
            case "false", "False", "FALSE": return false
            default: break
            }
        }
        return refuse("\(name): expected true or false, found \(kind)", diagnostics)
    }

    /// A duration with its unit, in a range; see ``DurationSyntax``.
    public func duration(_ name: String, in range: ClosedRange<Duration>, diagnostics: Diagnostics) -> Duration? {
        guard provenance != .placeholder else { return nil }
        guard case .scalar(let text, _) = content, let value = DurationSyntax.parse(text) else {
            if case .scalar(let text, _) = content, provenance == .written, integerValue(text) != nil {
                return refuse("\(name): the duration \(text) has no unit; write \(text)s (ms, s, m, h, d)", diagnostics)
            }
            return refuse("\(name): expected a duration such as 10s, found \(kind)", diagnostics)
        }
        guard range.contains(value) else {
            let (low, high) = (DurationSyntax.format(range.lowerBound), DurationSyntax.format(range.upperBound))
            return refuse("\(name): expected a duration from \(low) to \(high)", diagnostics)
        }
        return value
    }

    /// An amount of bytes with its unit, in a range; see ``ByteSizeSyntax``.
    public func byteSize(_ name: String, in range: ClosedRange<Int64>, diagnostics: Diagnostics) -> Int64? {
        guard provenance != .placeholder else { return nil }
        guard case .scalar(let text, _) = content, let value = ByteSizeSyntax.parse(text) else {
            if case .scalar(let text, _) = content, provenance == .written, integerValue(text) != nil {
                return refuse(
                    "\(name): the size \(text) has no unit; write \(text)GB (\(ByteSizeSyntax.unitNames))",
                    diagnostics
                )
            }
            return refuse(
                "\(name): expected a size such as 10GB (\(ByteSizeSyntax.unitNames)), found \(kind)",
                diagnostics
            )
        }
        guard range.contains(value) else {
            let (low, high) = (ByteSizeSyntax.format(range.lowerBound), ByteSizeSyntax.format(range.upperBound))
            return refuse("\(name): expected a size from \(low) to \(high)", diagnostics)
        }
        return value
    }

    /// One of an enumeration's raw values, exactly as written.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        of type: Choice.Type = Choice.self,
        diagnostics: Diagnostics
    ) -> Choice? {
        guard provenance != .placeholder else { return nil }
        let known = Choice.allCases.map(\.rawValue)
        guard case .scalar(let text, _) = content, !isNull else {
            return refuse("\(name): expected one of \(known.joined(separator: ", ")), found \(kind)", diagnostics)
        }
        if let choice = Choice(rawValue: text) { return choice }
        guard provenance == .written else {
            return refuse("\(name): expected one of \(known.joined(separator: ", ")), found \(kind)", diagnostics)
        }
        let clause = suggestionClause(for: text, among: known, called: "values")
        return refuse("\(name): unknown value '\(text)'\(clause)", diagnostics)
    }

    /// The elements of a list; a single scalar or mapping is a list of one, no value is an empty one.
    public var elements: [ConfigurationNode] {
        if case .sequence(let elements) = content { return elements }
        return isNull ? [] : [self]
    }

    /// A list of texts (a single text is a list of one), none of them empty.
    public func texts(_ name: String, diagnostics: Diagnostics) -> [String]? {
        let texts = elements.map { $0.text(name, diagnostics: diagnostics) }
        return texts.contains(nil) ? nil : texts.compactMap(\.self)
    }

    private func refuse<Value>(_ message: String, _ diagnostics: Diagnostics) -> Value? {
        diagnostics.error(at: location, message)
        return nil
    }
}
