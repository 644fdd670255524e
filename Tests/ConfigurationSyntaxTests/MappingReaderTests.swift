// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Testing

@Suite("MappingReader and typed values")
struct MappingReaderTests {
    private enum Color: String, CaseIterable { case red, green }

    private func reader(_ yaml: String, keys: [String] = ["k"]) -> MappingReader? {
        let parsed = Parsed(yaml, variables: ["NUMBER": "7", "SECRET": "hush"])
        return parsed.node.flatMap {
            MappingReader($0, path: "s", keys: keys, diagnostics: parsed.diagnostics)
        }
    }

    private func findings(_ reader: MappingReader?) -> [String] {
        reader?.diagnostics.sorted.map { String($0.description.dropFirst(2)) } ?? []
    }

    @Test("unknown keys name the nearest known one, else all of them")
    func unknownKeys() {
        let reader = reader(
            "listn: 1\nzebra: 2\nlater: 3\n<<: 4",
            keys: ["listen", "tls"]
        )
        #expect(
            findings(reader) == [
                "1:1: error: unknown key 'listn'; did you mean 'listen'?",
                "2:1: error: unknown key 'zebra'; known keys: listen, tls",
                "3:1: error: unknown key 'later'; known keys: listen, tls",
                "4:1: error: YAML merge keys are not supported; write the keys out",
            ]
        )
    }

    @Test("no value at all is an empty mapping; anything else is not one")
    func notAMapping() {
        let diagnostics = Diagnostics()
        let null = ConfigurationNode(content: .scalar("", isPlain: true), location: .at(1, 1))
        let list = ConfigurationNode(content: .sequence([]), location: .at(2, 1))
        #expect(MappingReader(null, path: "s", keys: [], diagnostics: diagnostics)?.entries.isEmpty == true)
        #expect(MappingReader(list, path: "s", keys: [], diagnostics: diagnostics) == nil)
        #expect(diagnostics.all.map(\.message) == ["s: expected a mapping, found an empty list"])
    }

    @Test("a key that must be there is reported at the mapping")
    func required() {
        let reader = reader("k: 1", keys: ["k", "l"])
        #expect(reader?.require("k") == true)
        #expect(reader?.require("l", "write l: 1") == false)
        #expect(findings(reader) == ["1:1: error: missing key 'l' in s; write l: 1"])
    }

    @Test(
        "whole numbers",
        arguments: [("7", 7), ("-3", -3), ("1_0", 10), ("${env:NUMBER}", 7), ("'${env:NUMBER}'", 7)]
    )
    func integers(written: String, value: Int) {
        let reader = reader("k: \(written)")
        #expect(reader?.integer("k", in: -10...10) == value)
        #expect(findings(reader) == [])
    }

    @Test(
        "what is not a whole number in the range",
        arguments: [
            ("11", "expected a number from -10 to 10, found 11"), ("1.5", "expected a whole number, found '1.5'"),
            ("'7'", "expected a whole number, found the text \"7\""), ("[7]", "expected a whole number, found a list"),
            ("0x7", "found '0x7'"), ("~", "found no value"), ("true", "found true"),
            ("${env:SECRET}", "found a value from a variable or file (not shown)"),
        ]
    )
    func wrongIntegers(written: String, message: String) {
        let reader = reader("k: \(written)")
        #expect(reader?.integer("k", in: -10...10) == nil)
        #expect(findings(reader).count == 1)
        #expect(findings(reader).first?.contains("s.k: ") == true)
        #expect(findings(reader).first?.contains(message) == true)
    }

    @Test(
        "truth has two words",
        arguments: [("true", true), ("False", false), ("yes", nil), ("'true'", nil), ("1", nil)]
    )
    func booleans(written: String, value: Bool?) {
        let reader = reader("k: \(written)")
        #expect(reader?.boolean("k") == value)
        #expect(findings(reader).isEmpty == (value != nil))
    }

    @Test(
        "durations have a unit",
        arguments: [
            ("500ms", .milliseconds(500)), ("10s", .seconds(10)), ("5m", .seconds(300)), ("2h", .seconds(7200)),
            ("30d", .seconds(2_592_000)), ("0s", .zero), ("10", nil), ("10 s", nil), ("1.5s", nil), ("-1s", nil),
            ("s", nil), ("10S", nil), ("99999999999999999999d", nil), ("9223372036854775807d", nil), ("31d", nil),
        ] as [(String, Duration?)]
    )
    func durations(written: String, value: Duration?) {
        let reader = reader("k: \(written)")
        #expect(reader?.duration("k", in: .zero...(.seconds(2_592_000))) == value)
        #expect(findings(reader).isEmpty == (value != nil))
        if let value { #expect(DurationSyntax.parse(DurationSyntax.format(value)) == value) }
    }

    @Test("a number without a unit is told what to write")
    func durationWithoutUnit() {
        let reader = reader("k: 10")
        #expect(reader?.duration("k", in: .zero...(.seconds(60))) == nil)
        #expect(findings(reader) == ["1:4: error: s.k: the duration 10 has no unit; write 10s (ms, s, m, h, d)"])
    }

    @Test("a single text is a list of one, and no text in a list is empty")
    func lists() {
        #expect(reader("k: a")?.texts("k") == ["a"])
        #expect(reader("k: [a, 1, true]")?.texts("k") == ["a", "1", "true"])
        #expect(reader("k:")?.texts("k") == [])
        let empty = reader("k: [a, '']")
        #expect(empty?.texts("k") == nil)
        #expect(findings(empty) == ["1:8: error: s.k is empty"])
    }

    @Test("a choice names the nearest, but never what a variable held")
    func choices() {
        #expect(reader("k: red")?.choice("k", of: Color.self) == .red)
        let near = reader("k: gren")
        #expect(near?.choice("k", of: Color.self) == nil)
        #expect(findings(near) == ["1:4: error: s.k: unknown value 'gren'; did you mean 'green'?"])
        let secret = reader("k: ${env:SECRET}")
        #expect(secret?.choice("k", of: Color.self) == nil)
        #expect(
            findings(secret) == [
                "1:4: error: s.k: expected one of red, green, found a value from a variable or file (not shown)"
            ]
        )
    }

    @Test("a misspelt interpolation does not become the value")
    func misspelt() {
        let reader = reader("k: ${evn:SECRET}")
        #expect(reader?.text("k") == nil)
        #expect(findings(reader).first?.contains("unknown '${…}'; write ${env:NAME} or ${file:PATH}") == true)
    }
}
