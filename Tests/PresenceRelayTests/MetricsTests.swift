// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("Metrics and health of a running relay", .serialized)
struct MetricsTests {
    private func twoClients(_ site: Installation) throws -> String {
        let path = try site.configuration()
        let one = #"clients: [ { id: simulator, secret: "${env:GENESYS_SECRET}" } ]"#
        let two = """
            clients:
                - { id: simulator, secret: "${env:GENESYS_SECRET}" }
                - { id: simulator-2, secret: "${env:GENESYS_SECRET}", requestsPerMinute: 70 }
            """
        let yaml = try String(contentsOfFile: path, encoding: .utf8)
        #expect(yaml.contains(one))
        try yaml.replacingOccurrences(of: one, with: two).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test("a scrape shows the budgets of two clients, a confirmed status, and nothing that promtool complains about")
    func scrape() async throws {
        try await withInstallation { site in
            try await site.simulate("POST", "/simulator/clients", ["id": "simulator-2", "secret": "simulator"])
            let relay = try await site.relay(try twoClients(site))
            let agent = try await site.workingAgent()
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            try await eventually("confirmed") {
                try await relay.agent(agent)["delivery"]["state"].text == "confirmed"
            }
            let text = try await relay.get("/metrics").text
            let lines = text.split(separator: "\n").map(String.init)
            #expect(lines.contains(#"presence_relay_budget_limit{client="0"} 3000"#))
            #expect(lines.contains(#"presence_relay_budget_limit{client="1"} 70"#))
            let left = try #require(lines.first { $0.hasPrefix(#"presence_relay_budget_remaining{client="0"} "#) })
            let count = try #require(Int(left.split(separator: " ").last ?? ""))
            // The presence definitions, the write and its verification were paid for.
            #expect((1..<3000).contains(count), "\(left)")
            #expect(lines.contains { $0.hasPrefix(#"presence_relay_budget_remaining{client="1"} "#) })
            #expect(lines.contains("presence_relay_breaker_open 0"))
            #expect(lines.contains(#"presence_relay_dead_letters_total{kind="notApplied"} 0"#))
            #expect(lines.contains(#"presence_relay_latency_seconds_count{stage="event_to_presence"} 1"#))
            #expect(
                lines.contains {
                    $0.hasPrefix(#"presence_relay_latency_seconds_bucket{stage="event_to_presence",le="600"}"#)
                }
            )
            for line in lines where line.hasPrefix("# HELP presence_relay_") {
                let words = line.split(separator: " ").dropFirst(2)
                let name = words.first ?? ""
                let isMade =
                    words.dropFirst().joined(separator: " ") == name.split(separator: "_").joined(separator: " ") + "."
                #expect(!isMade, "\(name) has no text of its own")
            }
            #expect(try complaints(about: text) == "")

            let load = try await relay.get("/v1/delivery").json
            #expect(load["budgets"].list.map { $0["limit"].int } == [3000, 70])
            #expect(load["breaker"].text == "closed")
        }
    }

    @Test("the journal's size, lag and dead letters are in the metrics and in the health, and name nothing")
    func journal() async throws {
        try await withInstallation { site in
            let path = try site.configuration()
            let yaml = try String(contentsOfFile: path, encoding: .utf8)
            try yaml.replacingOccurrences(of: "/relay.db\"", with: "/relay.db\", maxSize: 50MB")
                .write(toFile: path, atomically: true, encoding: .utf8)
            let relay = try await site.relay(path, events: false)
            #expect(try await relay.post(#"{"topicName":"v2.users.someone.presence","eventBody":{}}"#).status == 202)
            _ = try await relay.onlyLetter { _ in true }
            let text = try await relay.get("/metrics").text
            let values = Dictionary(
                text.split(separator: "\n").filter { $0.hasPrefix("presence_relay_journal_") }
                    .map { $0.split(separator: " ") }.compactMap { line in
                        Double(line[1]).map { (line[0].dropFirst("presence_relay_journal_".count), $0) }
                    },
                uniquingKeysWith: { $1 }
            )
            #expect(try #require(values["database_bytes"]) > 20_000)
            #expect(values["used_bytes"] ?? 0 > 20_000 && values["wal_bytes"] ?? 0 > 4000)
            #expect(values["disk_free_bytes"] ?? 0 > 1_000_000)
            #expect(values["dead_letters"] == 1)
            #expect(values["lag_entries"] == 0 && values["lag_seconds"] == 0)
            #expect(values["free_pages"] != nil && values["oldest_entry_age_seconds"] != nil)
            #expect(try complaints(about: text) == "")

            let check = try await relay.get("/healthz").json["checks"]["journal"]
            #expect(["pass", "warn"].contains(check["status"].text))
            let names = [
                "databaseBytes", "deadLetters", "diskFreeBytes", "lag", "lagSeconds", "lastSequence", "maxBytes",
                "oldestEntrySeconds", "usedBytes", "walBytes",
            ]
            for name in names { #expect(check["values"][name].exists, "\(name)") }
            #expect(check["values"]["maxBytes"].int == 50_000_000)
            #expect(!"\(check)".contains(site.folder.path))
        }
    }

    @Test("a status that is refused warns in health, with a count and no id, and is told of on the stream")
    func refused() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            try await eventually("healthy") { try await relay.get("/healthz").json["status"].text == "pass" }
            let stream = try Listener(relay.url + "/v1/stream")
            defer { stream.end() }
            try await eventually("the stream is open") { stream.text.contains(": connected") }
            let agent = try await site.workingAgent()
            let refusal: [String: Any] = ["match": "PATCH presences", "kind": "status", "status": 403]
            try await site.simulate("POST", "/simulator/faults", refusal)
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            let letter = try await relay.onlyLetter { $0["agentId"].text == agent }
            let check = try await relay.get("/healthz").json["checks"]["delivery"]
            #expect(check["status"].text == "warn")
            #expect(check["message"].text.contains("1 refused, 0 not applied"))
            #expect(!check["message"].text.contains(agent))
            #expect(check["values"]["failed"].int == 1)
            #expect(try await relay.get("/v1/delivery").json["deadLetters"]["failed"].int == 1)

            let event = try await eventually("the letter on the stream") {
                let lines = stream.text.split(separator: "\n")
                return lines.firstIndex(of: "event: deadLetter").map { lines[$0 + 1].dropFirst("data: ".count) }
            }
            let told = JSON(parsing: String(event))
            #expect(told["id"].text == letter["id"].text)
            #expect(told["reason"].text == letter["reason"].text)
            #expect(told["event"]["state"].text == "failed")
            #expect(
                try await relay.get("/metrics").text.contains(#"presence_relay_dead_letters_total{kind="failed"} 1"#)
            )
        }
    }

    @Test("health says that a client is held back by 429, and later that most calls fail, and names nobody")
    func heldBack() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration(), events: false)
            try await eventually("healthy") { try await relay.get("/healthz").json["status"].text == "pass" }
            let agent = try await site.workingAgent()
            func resync() async throws { _ = try await relay.call("POST", "/v1/resync") }
            func warning() async throws -> String {
                let check = try await relay.get("/healthz").json["checks"]["delivery"]
                return check["status"].text == "warn" ? check["message"].text : ""
            }
            // The relay knows an agent to read by an event alone.
            let event =
                #"{"topicName":"v2.users.\#(agent).routingStatus","eventBody":{"routingStatus":{"status":"IDLE"}}}"#
            #expect(try await relay.post(event).status == 202)
            try await eventually("known") { try await relay.agent(agent)["id"].exists }

            let limit: [String: Any] = ["match": "GET", "kind": "status", "status": 429, "retryAfter": 2, "times": 1]
            try await site.simulate("POST", "/simulator/faults", limit)
            try await resync()
            try await eventually("held back") { try await warning().contains("429") }
            #expect(try await !warning().contains("simulator"))
            try await eventually("free again") { try await warning() == "" }

            try await site.simulate("POST", "/simulator/faults", ["match": "GET", "kind": "status", "status": 503])
            for _ in 0..<12 { try await resync() }
            try await eventually("the breaker is open") { try await warning().contains("most of them fail") }
            #expect(try await relay.get("/metrics").text.contains("presence_relay_breaker_open 1"))
            #expect(try await relay.get("/healthz").json["checks"]["genesys"]["status"].text == "warn")
            #expect(try await relay.get("/readyz").status == 200, "events are still taken")
        }
    }

    /// What `promtool check metrics` says; nothing when it is not installed.
    private func complaints(about text: String) throws -> String {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool") else { return "" }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/promtool")
        process.arguments = ["check", "metrics"]
        let input = Pipe(), output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return said
    }
}

/// Reads an answer that does not end, with curl.
private final class Listener: Sendable {
    private let process: Process
    private let file: URL

    init(_ url: String) throws {
        file = FileManager.default.temporaryDirectory.appendingPathComponent("stream-\(UUID().uuidString)")
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        process.arguments = [
            "--silent", "--no-buffer", "--max-time", "60", "--output", file.path,
            "--header", "Authorization: Bearer \(Installation.token)", url,
        ]
        try process.run()
    }

    var text: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }

    func end() {
        // Not SIGTERM: a child of the test's threads may have it blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: file)
    }
}
