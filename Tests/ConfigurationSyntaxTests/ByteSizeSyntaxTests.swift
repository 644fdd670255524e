// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Testing

@Suite("Amounts of bytes")
struct ByteSizeSyntaxTests {
    @Test(
        "a whole number and a unit, powers of 1000 or with an i of 1024",
        arguments: [
            ("1KB", 1000), ("500MB", 500_000_000), ("10GB", 10_000_000_000), ("2TB", 2_000_000_000_000),
            ("1KiB", 1024), ("3MiB", 3 << 20), ("4GiB", 4 << 30), ("1TiB", 1 << 40), ("0GB", 0),
        ] as [(String, Int64)]
    )
    func parses(text: String, bytes: Int64) { #expect(ByteSizeSyntax.parse(text) == bytes) }

    @Test(
        "anything else is none",
        arguments: ["", "10", "GB", "1.5GB", "-1GB", "10 GB", "10gb", "10G", "10B", "9999999999TB", "١GB"]
    )
    func refuses(text: String) { #expect(ByteSizeSyntax.parse(text) == nil) }

    @Test("the text of a size in its largest unit", arguments: ["10MB", "999KB", "100TB", "1001GB"])
    func formats(text: String) throws {
        #expect(ByteSizeSyntax.format(try #require(ByteSizeSyntax.parse(text))) == text)
    }

    @Test(
        "a wrong size is told with what can be written",
        arguments: [
            ("size: 10", "size: the size 10 has no unit; write 10GB (KB, MB, GB, TB, or KiB, MiB, GiB, TiB)"),
            ("size: 1MB", "size: expected a size from 10MB to 1GB"),
            ("size: 2GB", "size: expected a size from 10MB to 1GB"),
            ("size: 10 GB", "size: expected a size such as 10GB"), ("size: [1]", "size: expected a size such as 10GB"),
        ]
    )
    func messages(yaml: String, message: String) throws {
        let parsed = Parsed(yaml)
        let node = try #require(parsed.node)
        let reader = try #require(MappingReader(node, path: "", keys: ["size"], diagnostics: parsed.diagnostics))
        #expect(reader.byteSize("size", in: 10_000_000...1_000_000_000) == nil)
        #expect(parsed.diagnostics.all.map(\.message).first?.hasPrefix(message) == true, "\(parsed.findings)")
    }
}
