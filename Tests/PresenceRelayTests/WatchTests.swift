// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("Files that change", .serialized)
struct WatchTests {
    private func write(_ site: Installation, _ path: String, _ text: String) throws {
        let file = site.folder.appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    private func rule(_ name: String, status: String = "Break") -> String {
        """
        - name: \(name)
          when: { conversation: { attributes.wfm_status: \(name) } }
          then: { status: \(status) }
        """
    }

    private static let statuses = "statuses: { Break: { presence: Break } }"

    @Test("a file of rules is taken when it changes; one with errors is not, and health and metrics say so")
    func rules() async throws {
        try await withInstallation { site in
            try write(site, "rules/10.yaml", rule("one"))
            let file = try site.configuration("\(Self.statuses)\nrules: rules/*.yaml")
            let checked = try await run(["check", file], environment: ["GENESYS_SECRET": "simulator"])
            #expect(checked.code == 0)
            #expect(checked.output.contains("ok, 1 rules in 1 files, version "))
            let relay = try await site.relay(file, events: false)
            func health() async throws -> JSON { try await relay.get("/healthz").json }
            func version() async throws -> String { try await health()["rules"]["version"].text }
            func metrics() async throws -> [String] {
                try await relay.get("/metrics").text.split(separator: "\n").map(String.init)
            }
            try await eventually("healthy") { try await health()["status"].text == "pass" }
            let first = try await version()
            #expect(try await metrics().contains(#"presence_relay_rules_info{version="\#(first)"} 1"#))

            try write(site, "rules/20.yaml", rule("two"))
            try await eventually("the new file") { try await health()["rules"]["count"].int == 2 }
            let second = try await version()
            #expect(second != first)
            try await eventually("the log") { relay.child.errors.contains("rules added: 'two'") }
            let good = try await metrics()
            #expect(good.contains(#"presence_relay_rules_info{version="\#(second)"} 1"#))
            #expect(!good.contains { $0.contains(first) }, "the former version is gone")
            #expect(good.contains(#"presence_relay_rules_reload_total{result="ok"} 1"#))
            #expect(good.contains(#"presence_relay_rules_reload_total{result="error"} 0"#))
            #expect(good.contains("presence_relay_rules_last_reload_successful 1"))

            try write(site, "rules/20.yaml", "- { nme: hush-hush }")
            try await eventually("the warning") { try await health()["checks"]["rules"]["status"].text == "warn" }
            let check = try await health()["checks"]["rules"]
            #expect(check["message"].text.hasPrefix("rules/20.yaml:1:3: missing key 'name' in rules[1]"))
            #expect(check["message"].text.contains("the rules from before are in force, since 20"))
            #expect(check["file"].text == "rules/20.yaml")
            #expect(check["since"].text.hasPrefix("20"))
            #expect(try await !relay.get("/healthz").text.contains("hush"))
            #expect(try await !relay.get("/healthz").text.contains(site.folder.path))
            #expect(try await version() == second)
            #expect(try await relay.get("/readyz").status == 200)
            let bad = try await metrics()
            #expect(bad.contains(#"presence_relay_rules_reload_total{result="error"} 1"#))
            #expect(bad.contains("presence_relay_rules_last_reload_successful 0"))
            #expect(bad.contains(#"presence_relay_rules_info{version="\#(second)"} 1"#))

            try FileManager.default.removeItem(at: site.folder.appendingPathComponent("rules/20.yaml"))
            try await eventually("the first rules") { try await version() == first }
            try await eventually("healthy again") { try await health()["checks"]["rules"]["status"].text == "pass" }
            #expect(relay.child.errors.contains("rules removed: 'two'"))
        }
    }

    @Test("with watch: false only SIGHUP counts")
    func signalOnly() async throws {
        try await withInstallation { site in
            try write(site, "rules.yaml", rule("one"))
            let file = try site.configuration("watch: false\n\(Self.statuses)\nrules: rules.yaml")
            let relay = try await site.relay(file, events: false)
            try await eventually("healthy") { try await relay.get("/healthz").json["status"].text == "pass" }
            try write(site, "rules.yaml", rule("one") + "\n" + rule("two"))
            relay.child.signal(SIGHUP)
            try await eventually("the new rule") { try await relay.get("/healthz").json["rules"]["count"].int == 2 }
            #expect(relay.child.errors.contains("SIGHUP"))
            #expect(!relay.child.errors.contains("changed: "))
        }
    }

    @Test("explain takes events through the rules of several files")
    func explain() async throws {
        try await withInstallation { site in
            try write(site, "rules/a.yaml", rule("one"))
            try write(site, "rules/b.yaml", rule("Break"))
            let file = try site.configuration("\(Self.statuses)\nrules: [rules/b.yaml, rules/*.yaml]")
            let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Fixtures/Genesys")
            let events = fixtures.appendingPathComponent("users.conversations.calls.json").path
            let explained = try await run(
                ["explain", "--config", file, events],
                environment: ["GENESYS_SECRET": "simulator"]
            )
            #expect(explained.code == 0, "\(explained.errors)")
            let rules = explained.output.split(separator: "\n").filter { $0.contains("rule '") }
            #expect(rules.count >= 2)
            #expect(rules.first?.contains("rule 'Break'") == true)
            #expect(rules.dropFirst().first?.contains("rule 'one'") == true)
        }
    }
}
