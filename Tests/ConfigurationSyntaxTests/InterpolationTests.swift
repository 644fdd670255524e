// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Testing

@Suite("Interpolation")
struct InterpolationTests {
    @Test(
        "variables, files, defaults and the escape",
        arguments: [
            ("${env:A}", "alpha"), ("x-${env:A}-${env:B}", "x-alpha-beta"), ("${env:NO:-d}", "d"),
            ("${env:EMPTY:-d}", "d"), ("${env:EMPTY}", ""), ("${env:A:-d}", "alpha"), ("${env:NO:-}", ""),
            ("${env:NO:-a:-b}", "a:-b"), ("${file:f}", "text"), ("$${env:A}", "${env:A}"), ("$5", "$5"),
            ("$${${env:A}}", "${alpha}"), ("${env:LOOP}", "${env:A}"), ("$$", "$$"),
        ]
    )
    func values(written: String, value: String) {
        let parsed = Parsed(
            "k: \"\(written)\"",
            variables: ["A": "alpha", "B": "beta", "EMPTY": "", "LOOP": "${env:A}"],
            files: ["f": "text\r\n\n"]
        )
        #expect(parsed.findings == [])
        #expect(parsed["k"] == value)
    }

    @Test("other templates are left for the rules")
    func templates() {
        let parsed = Parsed("a: \"${conversation.id} ${env:A}\"\nb: \"$${x}\"", variables: ["A": "1"])
        #expect(parsed["a"] == "${conversation.id} 1")
        #expect(parsed.node?["a"]?.holdsTemplate == true)
        #expect(parsed.node?["a"]?.provenance == .interpolated)
        #expect(parsed.node?["b"]?.holdsTemplate == false)
        #expect(parsed.node?["b"]?.provenance == .written)
    }

    @Test(
        "what cannot be resolved is an error at the value",
        arguments: [
            ("${env:NO}", "the environment variable NO is not set"), ("${file:no}", "the file 'no' cannot be read"),
            ("${env:A", "'${' has no closing '}'"), ("${env:}", "'' is not a variable name"),
            ("${env:1A}", "'1A' is not a variable name"), ("${file:}", "names no file"),
        ]
    )
    func missing(written: String, message: String) {
        let parsed = Parsed("k:\n  - \"\(written)\"", variables: ["A": "alpha"])
        #expect(parsed.findings.count == 1)
        #expect(parsed.findings.first?.hasPrefix("2:5: error: ") == true)
        #expect(parsed.findings.first?.contains(message) == true)
    }

    @Test("a missing variable can be a warning, and its value is then not looked at")
    func placeholder() {
        let parsed = Parsed("port: ${env:NO}", missingIsError: false)
        #expect(parsed.findings == ["1:7: warning: the environment variable NO is not set; the value is not checked"])
        #expect(parsed.node?["port"]?.provenance == .placeholder)
        #expect(parsed.node?["port"]?.integer("port", in: 1...2, diagnostics: parsed.diagnostics) == nil)
        #expect(parsed.findings.count == 1)
    }
}
