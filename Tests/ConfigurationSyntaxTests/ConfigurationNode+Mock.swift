// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

/// A parsed text and its findings as `line:column: severity: message`.
struct Parsed {
    var node: ConfigurationNode?
    var diagnostics = Diagnostics()

    init(_ yaml: String, variables: [String: String] = [:], files: [String: String] = [:], missingIsError: Bool = true)
    {
        struct NoSuchFile: Error {}
        let interpolation = Interpolation(
            variable: { variables[$0] },
            file: { path in
                guard let text = files[path] else { throw NoSuchFile() }
                return text
            },
            missingIsError: missingIsError
        )
        node = ConfigurationDocument.parse(
            yaml,
            file: "f",
            interpolation: interpolation,
            diagnostics: diagnostics
        )
    }

    var findings: [String] { diagnostics.sorted.map { String($0.description.dropFirst(2)) } }

    /// The text of a key's scalar.
    subscript(key: String) -> String? {
        guard case .scalar(let text, _) = node?[key]?.content else { return nil }
        return text
    }
}

extension SourceLocation {
    static func at(_ line: Int, _ column: Int) -> SourceLocation {
        SourceLocation(file: "f", line: line, column: column)
    }
}
