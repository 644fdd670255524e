// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("journal verify, export, vacuum and backup", .serialized)
struct JournalCommandTests {
    private static func presence(_ agent: String, minute: Int) -> String {
        #"{"topicName":"v2.users.\#(agent).presence","eventBody":{"presenceDefinition":{"id":"x","#
            + #""systemPresence":"AVAILABLE"},"modifiedDate":"2026-03-02T09:0\#(minute):00.000Z"}}"#
    }

    private static func call(_ agent: String, minute: Int) -> String {
        #"{"topicName":"v2.users.\#(agent).conversations","eventBody":{"id":"c\#(minute)","participants":[{"id":"p","#
            + #""userId":"\#(agent)","purpose":"agent","calls":[{"id":"k","state":"connected"}]}]}}"#
    }

    /// A running relay with five events of two agents, one of them poison.
    private func withEvents(_ body: (Installation, RunningRelay, _ config: String) async throws -> Void) async throws {
        try await withInstallation { site in
            let config = try site.configuration()
            let relay = try await site.relay(config, events: false)
            for event in [
                Self.presence("a", minute: 1), Self.presence("b", minute: 2), Self.call("a", minute: 3),
                Self.call("b", minute: 4), #"{"topicName":"v2.users.a.presence","eventBody":{}}"#,
            ] { #expect(try await relay.post(event).status == 202) }
            try await eventually("all is applied") {
                try await relay.get("/v1/dead-letters").json["deadLetters"].list.count == 1
            }
            try await body(site, relay, config)
        }
    }

    @Test("verify finds nothing wrong with the journal of a running relay, and tells of what cannot be decoded")
    func verify() async throws {
        try await withEvents { site, _, config in
            let text = try await run(["journal", "verify", "--config", config])
            #expect(text.code == 0, "\(text.output) \(text.errors)")
            for check in ["database", "consistency", "agents", "bodies"] {
                #expect(text.output.contains("pass  \(check)"))
            }
            #expect(text.output.contains("2 agents"))
            let file = site.folder.path + "/relay.db"
            let json = JSON(parsing: try await run(["journal", "verify", "--journal", file, "--json"]).output)
            #expect(json["ok"].value as? Bool == true)
            #expect(json["entries"].int == json["lastSequence"].int && json["position"].int == json["lastSequence"].int)
            #expect(json["checks"].list.map { $0["name"].text } == ["database", "consistency", "agents", "bodies"])
        }
    }

    @Test("verify fails for what is wrong, and a command for what is no journal, with what to do")
    func wrong() async throws {
        try await withEvents { site, relay, config in
            relay.child.signal(SIGTERM)
            #expect(try await relay.child.end() == 0)
            let file = site.folder.path + "/relay.db"
            try sqlite(file, "UPDATE agents SET state = CAST('{\"version\":9}' AS BLOB) WHERE id = 'b'")
            try sqlite(file, "UPDATE entries SET body = CAST('no JSON' AS BLOB) WHERE sequence = 1")
            let result = try await run(["journal", "verify", "--config", config])
            #expect(result.code == 1)
            #expect(result.output.contains("fail  agents") && result.output.contains("version 9"))
            #expect(result.output.contains("note  bodies") && result.output.contains("entry 1: "))
            try sqlite(file, "UPDATE entries SET body = CAST(substr(body, 1, 20) AS BLOB) WHERE sequence = 2")
            let damaged = try await run(["journal", "verify", "--config", config])
            #expect(damaged.code == 1)
            #expect(damaged.output.contains("fail  bodies"))
            #expect(damaged.output.contains("entry 2: the stored body is damaged"))
            let missing = site.folder.path + "/none.db"
            for command in ["verify", "export", "vacuum"] {
                let result = try await run(["journal", command, "--journal", missing])
                #expect(result.code == 1 && result.errors.contains("none.db"), "\(command): \(result.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: missing), "no command makes a journal")
            for arguments in [
                ["verify"], ["verify", "--config", config, "--journal", file],
                ["export", "--config", config, "--topic", "a..b"],
                ["export", "--config", config, "--since", "7"], ["backup", "--config", config],
            ] {
                let result = try await run(["journal"] + arguments)
                #expect(result.code == 2, "\(arguments): \(result.errors)")
            }
        }
    }

    @Test("export filters by agent, topic and time, and what it writes can be replayed")
    func export() async throws {
        try await withEvents { site, _, config in
            func exported(_ arguments: String...) async throws -> [JSON] {
                let result = try await run(["journal", "export", "--config", config] + arguments)
                #expect(result.code == 0, "\(result.errors)")
                return result.output.split(separator: "\n").map { JSON(parsing: String($0)) }
            }
            let all = try await exported()
            #expect(all.count == 5)
            #expect(all.allSatisfy { $0["journal"]["version"].int == 1 && !$0["journal"]["receivedAt"].text.isEmpty })
            let topics = try await exported("--agent", "b").map { $0["topicName"].text }
            #expect(topics == ["v2.users.b.presence", "v2.users.b.conversations"])
            #expect(try await exported("--topic", "v2.users.*.conversations").count == 2)
            #expect(try await exported("--topic", "v2.users.{id}.presence", "--agent", "a").count == 2)
            #expect(try await exported("--topic", "v2.users.a.presence", "--topic", "v2.users.b.presence").count == 3)
            #expect(try await exported("--topic", "v2.users.*").isEmpty)
            #expect(try await exported("--since", "1h").count == 5)
            #expect(try await exported("--until", "1h").isEmpty)
            let third = all[2]["journal"]["receivedAt"].text
            #expect(try await exported("--since", third).count <= 3)

            let file = site.folder.path + "/events.ndjson"
            let written = try await run(["journal", "export", "--config", config, "--output", file])
            #expect(written.code == 0 && written.output.isEmpty && written.errors.contains("5 events"))
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            // Through a link, so that nothing but the link can be lost.
            let device = site.folder.path + "/full"
            try FileManager.default.createSymbolicLink(atPath: device, withDestinationPath: "/dev/full")
            let full = try await run(["journal", "export", "--config", config, "--output", device])
            #expect(full.code == 1 && full.errors.contains("\(device) cannot be written"), "\(full.errors)")
            #expect(!full.errors.contains("the journal"), "\(full.errors)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: device) == "/dev/full")
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            #expect(try await run(["journal", "export", "--config", config, "--output", file]).code == 0)
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            let arguments = ["replay", "--config", config, "--format", "json"]
            let journal = JSON(parsing: try await run(arguments).output)
            let events = try await run(arguments + ["--events", file])
            #expect(JSON(parsing: events.output)["counts"]["events"].int == 5, "\(events.errors)")
            #expect("\(JSON(parsing: events.output)["agentCount"])" == "\(journal["agentCount"])")
            let newer = site.folder.path + "/newer.ndjson"
            try String(contentsOfFile: file, encoding: .utf8)
                .replacingOccurrences(of: #""version":1"#, with: #""version":2"#).write(
                    toFile: newer,
                    atomically: true,
                    encoding: .utf8
                )
            let refused = try await run(arguments + ["--events", newer])
            #expect(refused.code == 1 && refused.errors.contains("newer version of the relay"), "\(refused.errors)")
        }
    }

    @Test("vacuum is refused while a relay runs, and does its work after it")
    func vacuum() async throws {
        try await withEvents { site, relay, config in
            let refused = try await run(["journal", "vacuum", "--config", config])
            #expect(refused.code == 1)
            #expect(refused.errors.contains("another relay (process ") && refused.errors.contains("stop it"))
            relay.child.signal(SIGTERM)
            #expect(try await relay.child.end() == 0)
            let file = site.folder.path + "/relay.db"
            try sqlite(file, "CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(3000000)); DROP TABLE large")
            let before = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
            #expect(before > 3_000_000)
            let result = try await run(["journal", "vacuum", "--config", config])
            #expect(result.code == 0 && result.output.contains("KB before"), "\(result.errors)")
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0 < 500_000)
            #expect(try await run(["journal", "verify", "--config", config]).code == 0)
        }
    }

    @Test("a backup of a running relay is sound, complete and never over another file; a relay starts from it")
    func backup() async throws {
        try await withEvents { site, relay, config in
            let copy = site.folder.path + "/backup.db"
            let result = try await run(["journal", "backup", "--config", config, copy])
            #expect(result.code == 0 && result.output.contains("events up to"), "\(result.errors)")
            #expect(try await relay.post(Self.presence("c", minute: 6)).status == 202)
            let verified = try await run(["journal", "verify", "--journal", copy, "--json"])
            #expect(verified.code == 0 && JSON(parsing: verified.output)["agents"].int == 2, "\(verified.errors)")
            let again = try await run(["journal", "backup", "--config", config, copy])
            #expect(again.code == 1 && again.errors.contains("never overwrites"))

            relay.child.signal(SIGTERM)
            #expect(try await relay.child.end() == 0)
            let yaml = try String(contentsOfFile: config, encoding: .utf8)
            let restored = site.folder.path + "/restored.yaml"
            try yaml.replacingOccurrences(of: "/relay.db", with: "/backup.db")
                .write(toFile: restored, atomically: true, encoding: .utf8)
            let second = try await site.relay(restored, events: false)
            try await eventually("the agents are known") { try await second.agents().count == 2 }
            #expect(try await second.post(Self.presence("a", minute: 1)).json["duplicate"].int == 1)
        }
    }

    private func sqlite(_ file: String, _ sql: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", file, sql]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
