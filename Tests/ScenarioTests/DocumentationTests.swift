// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Foundation
import StatusRules
import Testing

/// Every example of the pages about rules: its cases as `presence-relay rules test` runs them, and its rules as
/// `presence-relay check` looks at them.
@Suite("Examples of the documentation")
struct DocumentationTests {
    /// One block of a page; `fragment` = it cannot stand alone.
    struct Example: Sendable, CustomTestStringConvertible {
        let page: String
        let line: Int
        let lines: [String]
        let isFragment: Bool

        var text: String { lines.joined(separator: "\n") }
        var hasCases: Bool { lines.contains { $0.hasPrefix("cases:") } }
        var testDescription: String { "\(page):\(line)" }
    }

    /// What `check` says of an example: `# warning: TEXT` or `# error: TEXT` at the end of a line expects it there.
    struct Finding: Hashable {
        let line: Int
        let severity: String
        let text: String
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let examples: [Example] = {
        let folder = try? FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent("docs/rules").path
        )
        let pages =
            ["README.md", "docs/rules.md", "docs/rules-test.md", "docs/cookbook.md"]
            + (folder ?? []).filter { $0.hasSuffix(".md") }.sorted().map { "docs/rules/\($0)" }
        return pages.flatMap(examples(of:))
    }()

    static let whole = examples.filter { !$0.isFragment }

    private static func examples(of page: String) -> [Example] {
        guard let text = try? String(contentsOf: root.appendingPathComponent(page), encoding: .utf8) else { return [] }
        var examples: [Example] = []
        var open: (line: Int, isFragment: Bool, lines: [String])?
        // Of the README only its section about rules: the others show a whole relay.yaml.
        var isAboutRules = page != "README.md"
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```"), let block = open {
                if isAboutRules {
                    examples.append(
                        Example(page: page, line: block.line, lines: block.lines, isFragment: block.isFragment)
                    )
                }
                open = nil
            } else if line.hasPrefix("```yaml") {
                open = (number + 1, line.hasSuffix(" fragment"), [])
            } else if line.hasPrefix("## "), page == "README.md", open == nil {
                isAboutRules = line == "## Rules"
            } else {
                open?.lines.append(String(line))
            }
        }
        return examples
    }

    @Test("there are examples, and few that cannot stand alone")
    func some() {
        #expect(Self.whole.count >= 40)
        #expect(Self.examples.count(where: \.isFragment) <= 6)
        #expect(Self.whole.count(where: \.hasCases) >= 35)
        #expect(Self.whole.count { $0.page == "docs/cookbook.md" && $0.hasCases } == 10, "ten policies")
        #expect(Self.whole.contains { $0.page == "README.md" })
    }

    @Test("an example does what the page says", arguments: whole.filter(\.hasCases))
    func cases(example: Example) throws {
        try runCases(
            example.text,
            path: Self.root.appendingPathComponent(example.page).path,
            name: example.testDescription
        )
    }

    @Test("check finds in an example what the page says, and nothing else", arguments: whole)
    func findings(example: Example) {
        let diagnostics = Diagnostics()
        let document = ConfigurationDocument.parse(example.text, file: example.page, diagnostics: diagnostics)
        let rules = RuleSet.compile(
            statuses: document?["statuses"],
            rules: document?["rules"],
            diagnostics: diagnostics
        )
        rules?.lint(diagnostics)
        var expected = example.lines.enumerated().compactMap { index, line in Finding(line, number: index + 1) }
        for found in diagnostics.sorted {
            let place = expected.firstIndex {
                $0.line == found.location.line && $0.severity == found.severity.rawValue
                    && found.message.contains($0.text)
            }
            if let place { expected.remove(at: place) } else { Issue.record("\(found), in \(example.testDescription)") }
        }
        #expect(expected.isEmpty, "\(example.testDescription)")
    }
}

extension DocumentationTests.Finding {
    /// `nil` = the line expects nothing.
    fileprivate init?(_ line: String, number: Int) {
        for severity in ["error", "warning"] {
            guard let mark = line.range(of: "# \(severity): ") else { continue }
            self.init(line: number, severity: severity, text: String(line[mark.upperBound...]))
            return
        }
        return nil
    }
}
