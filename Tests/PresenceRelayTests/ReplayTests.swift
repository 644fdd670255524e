// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("replay")
struct ReplayTests {
    /// A relay that has set a status because of a flag, and put back what was there; it goes on running.
    private func withStory(_ body: (Installation, RunningRelay, _ config: String, _ agent: String) async throws -> Void)
        async throws
    {
        try await withInstallation { installation in
            let config = try installation.configuration()
            let relay = try await installation.relay(config)
            let agent = try await installation.workingAgent()
            let before = try await installation.presence(agent)
            let call = try await installation.flag(agent)
            try await eventually("Break is set") { try await installation.presence(agent) == "BREAK" }
            try await relay.confirmed(agent)
            try await installation.attribute(call.conversation, call.participant, "")
            try await eventually("the earlier presence is back") { try await installation.presence(agent) == before }
            try await eventually("and the relay has heard of it") {
                let seen = try await relay.agent(agent)
                return seen["delivery"]["state"].text == "confirmed" && !seen["wanted"].exists
                    && seen["presence"]["system"].text.filter(\.isLetter) == before
            }
            try await body(installation, relay, config, agent)
            relay.child.signal(SIGTERM)
            #expect(try await relay.child.end() == 0)
        }
    }

    @Test("the journal of a running relay shows what the relay has done, and what other rules would have")
    func journal() async throws {
        try await withStory { installation, _, config, agent in
            let result = try await run(["replay", "--config", config, "--since", "7d"])
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.output.contains("Break (flagged)"))
            let report = JSON(parsing: try await run(["replay", "--config", config, "--format", "json"]).output)
            let replayed = try #require(report["agents"].list.first { $0["id"].text == agent })
            #expect(replayed["timeline"].list.map { $0["status"].text } == ["Break"])
            #expect((report["counts"]["ownChanges"].int ?? 0) >= 2, "what the relay set, and what it put back")

            // Rules that look at the presence: that of the journal is the relay's own doing, and not there under them.
            let other = installation.folder.appendingPathComponent("other.yaml")
            try """
            - { name: flagged, when: { conversation: { attributes.wfm_status: Never } }, then: { status: Break } }
            - { name: follows, when: { presence: Break }, then: { status: Meeting } }
            """.write(to: other, atomically: true, encoding: .utf8)
            let compared = try await run([
                "replay", "--config", config, "--since", "7d", "--rules", other.path, "--format", "json",
            ])
            let difference = try #require(
                JSON(parsing: compared.output)["agents"].list.first?["differences"].list.first
            )
            #expect(difference["status"].text == "Break")
            #expect(!difference["newStatus"].exists)
            #expect(
                difference["reason"].text
                    == "new: rule 'flagged': conversation.attributes.wfm_status: wanted Never, is Break"
            )
            #expect(JSON(parsing: compared.output)["agents"].list.allSatisfy { $0["newTimeline"].list.isEmpty })
        }
    }

    @Test(
        "exported events replay to the same as the journal, also in explain, and without a word on the relay's own changes"
    )
    func export() async throws {
        try await withStory { installation, relay, config, _ in
            relay.child.signal(SIGTERM)
            #expect(try await relay.child.end() == 0)
            let file = installation.folder.path + "/events.ndjson"
            let exported = try await run(["replay", "--config", config, "--export", file])
            #expect(exported.code == 0, "\(exported.errors)")
            let count = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").count
            #expect(exported.output.hasSuffix("events.ndjson: \(count) events"))
            #expect(count > 5)
            let arguments = ["replay", "--config", config, "--format", "csv"]
            let journal = try await run(arguments)
            let events = try await run(arguments + ["--events", file])
            #expect(journal.output.contains("Break,flagged"))
            #expect(events.output == journal.output, "\(events.errors)")
            let explained = try await run(["explain", "--config", config, file])
            #expect(explained.code == 0, "\(explained.errors)")
            #expect(explained.output.contains("rule 'flagged' wants Break"))
        }
    }

    @Test("the HTML page, seen in a real browser, has timelines and asks no network for anything")
    func page() async throws {
        try await withTemporaryFolder { folder in
            let (config, events) = try Self.files(in: folder)
            let page = folder.path + "/replay.html"
            let result = try await run([
                "replay", "--config", config, "--events", events, "--rules", config, "--format", "html", "--output",
                page,
            ])
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.output.isEmpty)
            let seen = try browse(page, in: folder)
            #expect(seen.document.contains(#"<svg class="strip""#))
            #expect(seen.document.contains("Ada &lt;b&gt;Lovelace"))
            #expect(seen.document.contains("1 of 1 agents"))
            #expect(seen.document.firstMatch(of: #/<path style="fill: var\(--c0\)" d="M[^"]+"/#) != nil)
            #expect(seen.requests.isEmpty, "\(seen.requests)")
            // That the log would have it.
            let control = folder.path + "/control.html"
            try #"<img src="http://replay.invalid/x.png">"#.write(toFile: control, atomically: true, encoding: .utf8)
            #expect(try browse(control, in: folder).requests == ["http://replay.invalid/x.png"])
        }
    }

    @Test("what cannot be replayed is said, with what to do about it")
    func failures() async throws {
        try await withTemporaryFolder { folder in
            let (config, events) = try Self.files(in: folder)
            func failure(_ arguments: String...) async throws -> (code: Int32, errors: String) {
                let result = try await run(["replay", "--config", config] + arguments)
                return (result.code, result.errors)
            }
            let unit = try await failure("--since", "7")
            #expect(unit.code != 0 && unit.errors.contains("the duration 7 has no unit; write 7d"))
            let word = try await failure("--since", "yesterday")
            #expect(word.errors.contains("neither a duration such as 7d, 12h or 30m nor a time"))
            let missing = try await failure("--since", "7d", "--journal", folder.path + "/none.db")
            #expect(missing.code == 1 && missing.errors.contains("none.db"))
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/none.db"), "it is only read")
            let none = try await failure("--events", events, "--since", "2030-01-01")
            #expect(none.code == 1 && none.errors.contains("nothing between"))
            let rules = try await failure("--events", events, "--rules", folder.path + "/none.yaml")
            #expect(rules.code == 1 && rules.errors.contains("none.yaml:1:1: error: the file cannot be read"))
            let both = try await failure("--events", events, "--journal", "x.db")
            #expect(both.code != 0 && both.errors.contains("not both"))
        }
    }

    private static let relay = """
        webhook: { authentication: [ { apiKey: { header: X-API-Key, values: ["${env:KEY}"] } } ] }
        admin: { tokens: ["${env:ADMIN}"] }
        genesys: { region: us-east-1, clients: [ { id: "${env:ID}", secret: "${env:SECRET}" } ] }
        statuses: { Break: { presence: Break } }
        rules:
          - { name: flagged, when: { conversation: { attributes.wfm_status: Break } }, then: { status: Break } }
        """

    private static let events =
        ["connected", "disconnected"].enumerated().map { minute, state in
            #"{"topicName":"v2.users.a.conversations","timestamp":"2026-03-02T09:0\#(5 * minute):00Z","eventBody":{"id":"c","#
                + #""participants":[{"id":"p","userId":"a","name":"Ada <b>Lovelace","purpose":"agent","#
                + #""attributes":{"wfm_status":"Break"},"calls":[{"id":"k","state":"\#(state)"}]}]}}"#
        }.joined(separator: "\n") + "\n"

    /// A configuration, and events to be replayed with it.
    private static func files(in folder: URL) throws -> (config: String, events: String) {
        let config = folder.path + "/relay.yaml", file = folder.path + "/events.ndjson"
        try relay.write(toFile: config, atomically: true, encoding: .utf8)
        try events.write(toFile: file, atomically: true, encoding: .utf8)
        return (config, file)
    }

    /// The page's document after its script has run, and what the browser has asked for beside its own services.
    private func browse(_ page: String, in folder: URL) throws -> (document: String, requests: [String]) {
        let file = folder.appendingPathComponent("net-\(UUID().uuidString).json").path
        let document = try Browser.document(
            of: "file://\(page)",
            in: folder,
            budget: 5,
            // Nothing leaves the machine, whatever asks.
            options: [
                "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking",
                "--disable-component-update", "--log-net-log=\(file)",
            ]
        )
        let log = try String(contentsOfFile: file, encoding: .utf8)
        let requests = log.matches(of: #/"url":"(https?:[^"]+)"/#).map { String($0.1) }
            .filter { url in
                let host = url.split(separator: "/").dropFirst().first ?? ""
                return !["googleapis.com", "google.com", "gvt1.com"].contains { host.hasSuffix($0) }
            }
        return (document, Set(requests).sorted())
    }
}
