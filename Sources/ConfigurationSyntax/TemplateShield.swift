// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Lets `${…}` stand unquoted inside `{ }` and `[ ]`, where YAML itself would read its braces as structure.
///
/// Before parsing, the flow indicators of every `${…}` are swapped for private-use characters one to one, so that lines
/// and columns stay what they were; afterwards they are swapped back in each scalar.
struct TemplateShield {
    private static let indicators: [Unicode.Scalar] = ["{", "}", "[", "]", ","]
    private static let standIns: [Unicode.Scalar] = ["\u{E7B0}", "\u{E7B1}", "\u{E7B2}", "\u{E7B3}", "\u{E7B4}"]

    /// The text to parse.
    let text: String
    private let isActive: Bool

    init(_ yaml: String) {
        // A file that has a stand-in of its own (nobody's does) is parsed as it is.
        guard yaml.contains("${"), !yaml.unicodeScalars.contains(where: Self.standIns.contains) else {
            text = yaml
            isActive = false
            return
        }
        var shielded = String.UnicodeScalarView()
        var rest = yaml.unicodeScalars[...]
        while let dollar = rest.firstIndex(of: "$") {
            shielded.append(contentsOf: rest[..<dollar])
            let template = Self.template(in: rest[dollar...])
            shielded.append(contentsOf: template.map { Self.swap($0, from: Self.indicators, to: Self.standIns) })
            rest = rest[template.endIndex...]
        }
        shielded.append(contentsOf: rest)
        text = String(shielded)
        isActive = true
    }

    /// The scalar as it was written.
    func restore(_ scalar: String) -> String {
        guard isActive else { return scalar }
        var restored = String.UnicodeScalarView()
        restored.append(
            contentsOf: scalar.unicodeScalars.lazy.map { Self.swap($0, from: Self.standIns, to: Self.indicators) }
        )
        return String(restored)
    }

    /// The `${…}` at the beginning, or the `$` alone when there is none that ends on its line. A quote or another
    /// brace inside means that the closing brace belongs to something else.
    private static func template(in text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        let dollar = text.prefix(1)
        let inner = text.dropFirst()
        guard inner.first == "{" else { return dollar }
        let stop = inner.dropFirst().firstIndex { ["}", "{", "\"", "'", "\n", "\r"].contains($0) }
        guard let stop, text[stop] == "}" else { return dollar }
        return text[...stop]
    }

    private static func swap(
        _ scalar: Unicode.Scalar,
        from: [Unicode.Scalar],
        to: [Unicode.Scalar]
    ) -> Unicode.Scalar {
        from.firstIndex(of: scalar).map { to[$0] } ?? scalar
    }
}
