// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Testing

@Suite("ConfigurationDocument")
struct ConfigurationDocumentTests {
    @Test("every key and value knows where it was written")
    func locations() throws {
        let parsed = Parsed("# über\na:\n  ä: [1, {b: 'x'}]\n  c: |\n    text\n")
        let root = try #require(parsed.node)
        #expect(root.location == .at(2, 1))
        guard case .mapping(let outer) = root.content, case .mapping(let inner) = outer[0].value.content,
            case .sequence(let elements) = inner[0].value.content,
            case .mapping(let nested) = elements[1].content
        else {
            Issue.record("other shapes than written")
            return
        }
        #expect(outer[0].keyLocation == .at(2, 1))
        #expect(inner[0].keyLocation == .at(3, 3))
        #expect(elements[0].location == .at(3, 7))
        #expect(nested[0].keyLocation == .at(3, 11))
        #expect(nested[0].value.location == .at(3, 14))
        #expect(inner[1].value.content == .scalar("text\n", isPlain: false))
    }

    @Test("quotes keep a word from having a meaning")
    func plain() {
        let parsed = Parsed("a: true\nb: 'true'\nc: ~\nd: '~'\ne:\n")
        #expect(parsed.node?["a"]?.content == .scalar("true", isPlain: true))
        #expect(parsed.node?["b"]?.content == .scalar("true", isPlain: false))
        #expect(parsed.node?["c"]?.isNull == true)
        #expect(parsed.node?["d"]?.isNull == false)
        #expect(parsed.node?["e"]?.isNull == true)
    }

    @Test("a template may stand unquoted where its braces would be structure")
    func templatesInFlow() {
        let parsed = Parsed(
            "a: { b: ${conversation.attributes.x}, c: [${env:X:-1,2}, '${y}'], d: \"${z}\" }\ne: {f: ${env:X}}",
            variables: ["X": "{v}"]
        )
        #expect(parsed.findings == [])
        #expect(parsed.node?["a"]?["b"]?.content == .scalar("${conversation.attributes.x}", isPlain: true))
        guard case .sequence(let elements) = parsed.node?["a"]?["c"]?.content else {
            Issue.record("c is not a list")
            return
        }
        #expect(elements.map(\.content) == [.scalar("{v}", isPlain: true), .scalar("${y}", isPlain: false)])
        #expect(parsed.node?["a"]?["d"]?.location == .at(1, 70))
        #expect(parsed.node?["e"]?["f"]?.content == .scalar("{v}", isPlain: true))
    }

    @Test("an open brace in quotes takes no brace of the structure with it")
    func unclosedTemplate() {
        let parsed = Parsed("a: { b: '$${', c: 1 }\nd: '$ $x $'")
        #expect(parsed.findings == [])
        #expect(parsed.node?["a"]?["b"]?.content == .scalar("${", isPlain: false))
        #expect(parsed["d"] == "$ $x $")
    }

    @Test(
        "what is not one plain YAML document is refused with its place",
        arguments: [
            ("", "1:1: error: the file is empty"),
            ("# nothing\n", "1:1: error: the file is empty"),
            ("a: 1\n---\nb: 2\n", "2:1: error: only one YAML document is read"),
            ("a: 1\nb: 2\na: 3\n", "1:1: error: a key may be written once in a mapping; more than once: 'a'"),
            ("1: a\n'1': b\n", "2:1: error: the key '1' is already written in line 1"),
            ("a: &x 1\nb: *x\n", "1:4: error: YAML anchors and aliases are not supported"),
            ("b: *x\n", "1:4: error: not valid YAML: found undefined alias"),
            ("? [a]\n: b\n", "1:3: error: a key must be a text"),
            ("a: [1\nb: 2\n", "2:2: error: not valid YAML: did not find expected ',' or ']'"),
            ("a:\n\tb: 1\n", "2:1: error: not valid YAML: a tab; indent with spaces"),
            ("a: \"\\q\"\n", "1:5: error: not valid YAML: found unknown escape character"),
            ("a: \u{1}\n", "1:4: error: not valid YAML: control characters are not allowed"),
        ]
    )
    func refused(yaml: String, finding: String) {
        let parsed = Parsed(yaml)
        #expect(parsed.node == nil)
        #expect(parsed.findings.count == 1)
        #expect(parsed.findings.first?.hasPrefix(finding) == true, "\(parsed.findings)")
    }

    @Test("a few lines of aliases do not grow into gigabytes")
    func aliasBomb() {
        let levels = (1...40).map { "a\($0): &a\($0) [\($0 == 1 ? "x" : "*a\($0 - 1), *a\($0 - 1)")]" }
        let parsed = Parsed(levels.joined(separator: "\n"))
        #expect(parsed.node == nil)
        #expect(parsed.findings.count == 40)
    }

    @Test("a message repeats nothing of a line that is not YAML")
    func noSnippet() {
        for yaml in ["a: {secret: [hush", "hush: \"\\hush\"", "a: hush\n b: hush: hush", "%hush\n"] {
            let findings = Parsed(yaml).findings
            #expect(!findings.isEmpty)
            #expect(!findings.joined().contains("hush"), "\(findings)")
        }
    }
}
