// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

/// Outcomes of cases in the XML that CI systems read: one `testsuite` a file, as the JUnit task of Ant writes it.
public struct JUnitReport {
    private let outcomes: [CaseOutcome]

    /// Of cases that ran.
    public init(_ outcomes: [CaseOutcome]) { self.outcomes = outcomes }

    /// The whole document.
    public var xml: String {
        var files: [String] = []
        for outcome in outcomes where !files.contains(outcome.file) { files.append(outcome.file) }
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        lines.append("<testsuites name=\"presence-relay rules test\" \(counts(outcomes))>")
        for file in files {
            let cases = outcomes.filter { $0.file == file }
            lines.append("  <testsuite name=\"\(file.escaped)\" \(counts(cases))>")
            for outcome in cases { lines += element(outcome) }
            lines.append("  </testsuite>")
        }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private func counts(_ cases: [CaseOutcome]) -> String {
        "tests=\"\(cases.count)\" failures=\"\(cases.count { !$0.isGood })\" errors=\"0\" skipped=\"0\" time=\"0\""
    }

    private func element(_ outcome: CaseOutcome) -> [String] {
        let place = "file=\"\(outcome.file.escaped)\" line=\"\(outcome.location.line)\""
        let head =
            "    <testcase name=\"\(outcome.name.escaped)\" classname=\"\(outcome.file.escaped)\" \(place) time=\"0\""
        guard let failure = outcome.failure else { return [head + "/>"] }
        let message = failure.mismatches.map { "\($0.key): expected \($0.expected), is \($0.actual)" }
        let at = failure.location
        let text =
            ["\(at.file):\(at.line):\(at.column): step \(failure.step), \(failure.at)"] + failure.lines
        return [
            head + ">",
            "      <failure type=\"expectation\" message=\"\(message.joined(separator: "; ").escaped)\">"
                + text.joined(separator: "\n").escaped + "</failure>",
            "    </testcase>",
        ]
    }
}

extension String {
    /// As text and as an attribute of XML 1.0; what XML has no place for is shown as U+FFFD.
    fileprivate var escaped: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\n": text += "&#10;"
            case "\t": text += "&#9;"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
