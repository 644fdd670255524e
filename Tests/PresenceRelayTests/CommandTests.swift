// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("Commands")
struct CommandTests {
    private static let smallest = """
        webhook: { authentication: [ { apiKey: { header: X-API-Key, values: ["${env:KEY}"] } } ] }
        admin: { tokens: ["${env:ADMIN}"] }
        genesys: { region: us-east-1, clients: [ { id: "${env:ID}", secret: "${env:SECRET}" } ] }
        statuses: { Break: { presence: Break } }
        rules:
          - name: flagged
            when: { conversation: { attributes.wfm_status: Break } }
            then: { status: Break }
        """

    private func file(_ text: String, in folder: URL) throws -> String {
        let file = folder.appendingPathComponent("relay.yaml")
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    @Test("check accepts the smallest configuration")
    func checkOK() async throws {
        try await withTemporaryFolder { folder in
            let result = try await run(["check", try file(Self.smallest, in: folder)])
            #expect(result.code == 0, "\(result.output) \(result.errors)")
        }
    }

    @Test("check names file, line and column, suggests the nearest key, shows all errors at once and exits with 1")
    func checkErrors() async throws {
        try await withTemporaryFolder { folder in
            let path = try file(
                Self.smallest.replacingOccurrences(of: "region", with: "regoin")
                    .replacingOccurrences(of: "then: { status: Break }", with: "then: { status: Brek }"),
                in: folder
            )
            let result = try await run(["check", path])
            #expect(result.code == 1)
            #expect(result.output.contains("\(path):3:12: error: "))
            #expect(result.output.contains("region"))
            #expect(result.output.contains("\(path):8:"))
            #expect(result.output.contains("Break"))
            let json = JSON(parsing: try await run(["check", "--json", path]).output)
            #expect(json["ok"].value as? Bool == false)
            #expect(json["diagnostics"].list.first?["line"].int != nil)
        }
    }

    @Test("explain follows a recorded call to Break and back, without a network")
    func explain() async throws {
        try await withTemporaryFolder { folder in
            let configuration = try file(Self.smallest, in: folder)
            let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("Fixtures/Genesys/lifecycle.inbound-acd-call.json")
            let steps = JSON(parsing: try String(contentsOf: fixtures, encoding: .utf8)).list
            let events = try steps.map { try JSONSerialization.data(withJSONObject: $0["event"].value ?? [:]) }
            let ndjson = events.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
            let text = try await run(["explain", "--config", configuration, "-"], input: ndjson)
            #expect(text.code == 0, "\(text.errors)")
            #expect(text.output.contains("rule 'flagged' wants Break"))
            let agent = "11111111-aaaa-4aaa-8aaa-000000000001"
            #expect(text.output.contains("call: PATCH /api/v2/users/\(agent)/presences/purecloud"))
            #expect(text.output.contains("no longer matches"))
            let report = try await run(["explain", "--config", configuration, "--json", "-"], input: ndjson)
            let json = JSON(parsing: report.output)
            #expect(json["events"].list.count == steps.count)
            let decisions = json["events"].list.flatMap { $0["agents"].list }.filter { $0["status"].text == "Break" }
            #expect(!decisions.isEmpty)
        }
    }

    @Test("explain shows what would be done beside the presence")
    func explainErrands() async throws {
        try await withTemporaryFolder { folder in
            let tagging = Self.smallest.replacingOccurrences(
                of: "then: { status: Break }",
                with: "then: { status: Break, tag: { s: \"${status}\" } }"
            )
            #expect(tagging != Self.smallest)
            let configuration = try file(tagging, in: folder)
            let event =
                #"{"topicName":"v2.users.a.conversations","eventBody":{"id":"c","participants":[{"id":"p","userId":"a","#
                + #""purpose":"agent","attributes":{"wfm_status":"Break"},"calls":[{"id":"k","state":"connected"}]}]}}"#
            let text = try await run(["explain", "--config", configuration, "-"], input: event)
            #expect(text.output.contains("besides: tag conversation c with s=Break (rule 'flagged')"))
            let report = try await run(["explain", "--config", configuration, "--json", "-"], input: event)
            let errands = JSON(parsing: report.output)["events"].list.flatMap { $0["agents"].list }
                .flatMap { $0["errands"].list }
            #expect(errands.map { $0["kind"].text } == ["tag"])
            #expect(errands.first?["conversationId"].text == "c")
        }
    }

    @Test("explain starts its clock at a time that is given, and says when an event is late; a bad time is wrong usage")
    func explainAt() async throws {
        try await withTemporaryFolder { folder in
            let configuration = try file(Self.smallest, in: folder)
            let events = [
                #"{"topicName":"v2.users.a.presence","timestamp":"2026-03-02T08:59:00Z","eventBody":"#
                    + #"{"presenceDefinition":{"id":"x","systemPresence":"AVAILABLE"}}}"#,
                #"{"topicName":"v2.users.a.conversations","timestamp":"2026-03-02T09:00:00Z","eventBody":{"id":"c","#
                    + #""participants":[{"id":"p","userId":"a","purpose":"agent","attributes":{"wfm_status":"Break"},"#
                    + #""calls":[{"id":"k","state":"connected"}]}]}}"#,
            ].joined(separator: "\n")
            let arguments = ["explain", "--config", configuration, "--json", "--until", "10m"]
            let late = try await run(arguments + ["--at", "2026-03-02T10:00:00Z", "-"], input: events)
            #expect(late.code == 0, "\(late.errors)")
            let event = JSON(parsing: late.output)["events"].list.last
            #expect(event?["takenAt"].text == "2026-03-02T10:00:00.000Z")
            #expect(event?["agents"].list.first?["guard"].text.contains("maxEventAge") == true)
            let wrong = try await run(arguments + ["--at", "ten o'clock", "-"], input: events)
            #expect(wrong.code != 0)
            #expect(wrong.errors.contains("'ten o'clock' is no time"))
            let unit = try await run(["explain", "--config", configuration, "--until", "10", "-"], input: events)
            #expect(unit.errors.contains("the duration 10 has no unit"))
        }
    }

    @Test("explain reads a pipe by its name, as a shell's <(…) has one", arguments: ["/dev/stdin", "-"])
    func explainPipe(name: String) async throws {
        try await withTemporaryFolder { folder in
            let event = #"{"topicName":"v2.unused","eventBody":{}}"#
            let configuration = try file(Self.smallest, in: folder)
            let result = try await run(["explain", "--config", configuration, name], input: event)
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.output.contains("does not use"))
        }
    }

    @Test("explain says that a folder or a missing file cannot be read")
    func explainUnreadable() async throws {
        try await withTemporaryFolder { folder in
            let configuration = try file(Self.smallest, in: folder)
            for path in [folder.path, folder.path + "/nothing.json"] {
                let result = try await run(["explain", "--config", configuration, path])
                #expect(result.code == 1)
                #expect(result.errors.hasPrefix("\(path): error: the file cannot be read"))
            }
        }
    }

    @Test("serve refuses a configuration with errors, and says which")
    func refuses() async throws {
        try await withTemporaryFolder { folder in
            let result = try await run(["serve", "--config", try file("genesys: {}", in: folder)])
            #expect(result.code == 1)
            #expect(result.errors.contains("relay.yaml:1:"))
        }
    }

    @Test("serve ends with 0 on SIGTERM, takes events while Genesys is down, and says so in its health")
    func genesysIsDown() async throws {
        try await withTemporaryFolder { folder in
            let yaml = """
                server: { listen: "127.0.0.1:0", drainDelay: 0s }
                webhook: { authentication: [ { apiKey: { header: X-API-Key, values: [webhook-key] } } ] }
                admin: { tokens: [admin-token] }
                genesys:
                  apiURL: http://127.0.0.1:1
                  loginURL: http://127.0.0.1:1
                  clients: [ { id: a, secret: b } ]
                journal: { url: "sqlite:\(folder.path)/relay.db" }
                """
            let child = try Child(["serve", "--config", try file(yaml, in: folder)])
            let url = String(try await child.line("listening on ").dropFirst("listening on ".count))
            let site = Site(url: url)
            #expect(try await site.status("/readyz") == 200)
            #expect(try await site.status("/livez") == 200)
            try await eventually("health warns") {
                try await site.get("/healthz")["checks"]["genesys"]["status"].text == "warn"
            }
            let health = try await site.get("/healthz")
            #expect(!"\(health)".contains("127.0.0.1"), "anybody may read it: no address, no text of another system")
            #expect(try await site.status("/v1/agents") == 401)
            child.signal(SIGTERM)
            #expect(try await child.end() == 0)
        }
    }
}

/// A few GETs with curl, so that another client than ours sees the server.
private struct Site {
    var url: String

    func status(_ path: String) async throws -> Int {
        Int(try curl(["-s", "-o", "/dev/null", "-w", "%{http_code}", url + path])) ?? 0
    }

    func get(_ path: String) async throws -> JSON { JSON(parsing: try curl(["-s", url + path])) }

    private func curl(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "--max-time", "10"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
