// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

/// Every example of the pages about rules, as `presence-relay rules test` runs it.
@Suite("Examples of the documentation")
struct DocumentationTests {
    /// One block of a page; `fragment` = it cannot stand alone.
    struct Example: Sendable, CustomTestStringConvertible {
        let page: String
        let line: Int
        let text: String
        let isFragment: Bool
        var testDescription: String { "\(page):\(line)" }
    }

    private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs")

    static let examples: [Example] = {
        let folder = try? FileManager.default.contentsOfDirectory(atPath: docs.appendingPathComponent("rules").path)
        let pages =
            ["rules.md", "cookbook.md"] + (folder ?? []).filter { $0.hasSuffix(".md") }.sorted().map { "rules/\($0)" }
        return pages.flatMap(examples(of:))
    }()

    private static func examples(of page: String) -> [Example] {
        guard let text = try? String(contentsOf: docs.appendingPathComponent(page), encoding: .utf8) else { return [] }
        var examples: [Example] = []
        var open: (line: Int, isFragment: Bool, lines: [Substring])?
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```"), let block = open {
                let body = block.lines.joined(separator: "\n")
                examples.append(Example(page: page, line: block.line, text: body, isFragment: block.isFragment))
                open = nil
            } else if line.hasPrefix("```yaml") {
                open = (number + 1, line.hasSuffix(" fragment"), [])
            } else {
                open?.lines.append(line)
            }
        }
        return examples
    }

    @Test("there are examples, and few that cannot stand alone")
    func some() {
        #expect(Self.examples.count { !$0.isFragment } >= 30)
        #expect(Self.examples.count(where: \.isFragment) <= 8)
        #expect(Self.examples.count { $0.page == "cookbook.md" && !$0.isFragment } == 10, "ten policies")
    }

    @Test("an example does what the page says", arguments: examples.filter { !$0.isFragment })
    func example(example: Example) throws {
        try runCases(
            example.text,
            path: Self.docs.appendingPathComponent(example.page).path,
            name: example.testDescription
        )
    }
}
