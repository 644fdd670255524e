// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

/// The cases of `Tests/Fixtures/Scenarios`, as `presence-relay rules test` runs them.
@Suite("Scenarios")
struct ScenarioTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/Scenarios")

    /// File names, so that a failure names its file.
    static let files: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    @Test("there are scenarios to run")
    func some() { #expect(Self.files.count >= 40) }

    @Test("every case of the file is as expected", arguments: files)
    func file(name: String) throws {
        let path = Self.folder.appendingPathComponent(name).path
        try runCases(try String(contentsOfFile: path, encoding: .utf8), path: path, name: name)
    }
}
