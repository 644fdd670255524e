// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("presence-relay preflight", .serialized)
struct PreflightTests {
    private func preflight(
        _ site: Installation,
        _ arguments: [String] = ["--json"],
        configuration: String? = nil,
        secret: String = "simulator"
    ) async throws -> (code: Int32, output: String, errors: String) {
        let path = try configuration ?? site.configuration()
        return try await run(
            ["preflight", "--config", path] + arguments,
            environment: ["GENESYS_SECRET": secret]
        )
    }

    private func check(_ name: String, _ output: String) -> JSON {
        JSON(parsing: output)["checks"].list.first { $0["name"].text == name } ?? JSON(nil)
    }

    /// Who has which presence since when.
    private func presences(_ site: Installation) async throws -> [String] {
        try await site.simulate("GET", "/simulator/state")["agents"].list.map { agent in
            let presence = agent["presence"]
            return [agent["id"], presence["definitionId"], presence["modifiedAt"]].map(\.text).joined(separator: " ")
        }
    }

    @Test("an organisation that has everything passes, as table and as JSON, and nothing in it is changed")
    func passes() async throws {
        try await withInstallation { site in
            let before = try await presences(site)
            let result = try await preflight(site, configuration: site.configuration(verify: "{ adherence: true }"))
            #expect(result.code == 0, "\(result.output) \(result.errors)")
            #expect(!result.errors.contains("error"))
            #expect(["pass", "warn"].contains(JSON(parsing: result.output)["result"].text))
            for name in ["token", "presence edit", "status Meeting", "adherence read", "presence read", "clock"] {
                #expect(check(name, result.output)["result"].text == "pass", "\(name): \(result.output)")
            }
            #expect(check("rate limit", result.output)["seen"].text.contains("Genesys allows 3000"))
            let requests = try await site.simulate("GET", "/simulator/requests")["requests"].list
            #expect(requests.count { !$0["path"].text.hasPrefix("/simulator") } <= 15)
            let after = try await presences(site)
            #expect(after == before)

            let table = try await preflight(site, [])
            #expect(table.code == 0)
            #expect(table.output.hasPrefix("CHECK"))
            #expect(table.output.contains("\npresence edit"))
            #expect(table.output.contains(" failed, "))
        }
    }

    @Test("a missing right to set presences is named, with exit code 1")
    func forbidden() async throws {
        try await withInstallation { site in
            try await site.simulate("POST", "/simulator/faults", ["kind": "forbidPresenceEdit"])
            let result = try await preflight(site)
            #expect(result.code == 1)
            #expect(JSON(parsing: result.output)["result"].text == "fail")
            let check = check("presence edit", result.output)
            #expect(check["result"].text == "fail")
            #expect(check["seen"].text.hasPrefix("403 "))
            #expect(check["advice"].text.contains("presence:userPresence:edit"))

            let table = try await preflight(site, [])
            #expect(table.code == 1)
            #expect(table.output.contains("To do:\n  1. Grant presence:userPresence:edit"))
        }
    }

    @Test("a status that Genesys does not have, or has twice, is named with its line")
    func statuses() async throws {
        try await withInstallation { site in
            let path = try site.configuration(
                """
                statuses:
                  Break: { presence: Break }
                  Team: { presence: { label: Team hudle } }
                  Wrap: { presence: { label: Follow-up } }
                rules: []
                """
            )
            let result = try await preflight(site, configuration: path)
            #expect(result.code == 1)
            #expect(check("status Break", result.output)["result"].text == "pass")
            #expect(check("status Team", result.output)["seen"].text.contains("did you mean \"Team huddle\""))
            #expect(check("status Wrap", result.output)["seen"].text.contains("name one by id"))
            #expect(check("status Wrap", result.output)["seen"].text.contains("relay.yaml:"))
        }
    }

    @Test("wrong credentials, and adherence that may not be read, fail; a right that only helps is a warning")
    func others() async throws {
        try await withInstallation { site in
            var result = try await preflight(site, secret: "wrong-secret")
            #expect(result.code == 1)
            #expect(check("token", result.output)["result"].text == "fail")
            #expect(!(result.output + result.errors).contains("wrong-secret"))

            let fault: [String: Any] = ["kind": "status", "status": 403, "match": "GET workforcemanagement/adherence"]
            try await site.simulate("POST", "/simulator/faults", fault)
            result = try await preflight(site)
            #expect(result.code == 0)
            #expect(check("adherence read", result.output)["result"].text == "skipped")
            result = try await preflight(site, configuration: site.configuration(verify: "{ adherence: true }"))
            #expect(result.code == 1)
            #expect(check("adherence read", result.output)["advice"].text.contains("wfm:realtimeAdherence:view"))

            try await site.simulate("DELETE", "/simulator/faults")
            try await site.simulate(
                "POST",
                "/simulator/faults",
                ["kind": "status", "status": 403, "match": "GET /users?"]
            )
            result = try await preflight(site)
            #expect(result.code == 0)
            #expect(check("users", result.output)["result"].text == "warn")
        }
    }

    @Test("a relay that is serving meanwhile notices nothing of it")
    func besideServe() async throws {
        try await withInstallation { site in
            let path = try site.configuration()
            let relay = try await site.relay(path)
            let agents = try await site.agents().map(\.id)
            try await site.flag(agents[0])
            try await relay.confirmed(agents[0])
            let before = try await presences(site)
            let writes = try await site.simulate("GET", "/simulator/usage")["presenceWrites"].int
            // Events may still come, such as adherence, which follows presence later.
            func doings() async throws -> [String] {
                try await relay.history(agents[0]).filter { ["call", "decision"].contains($0.kind) }.map(\.summary)
            }
            try await eventually("all is written") { try await relay.tells(agents[0], "confirmed by") }
            let history = try await doings()
            #expect(try await preflight(site, configuration: path).code == 0)
            #expect(try await presences(site) == before)
            #expect(try await site.simulate("GET", "/simulator/usage")["presenceWrites"].int == writes)
            #expect(try await doings() == history)
            #expect(try await relay.get("/healthz").json["checks"]["genesys"]["status"].text == "pass")
            // The token that the relay has is still good.
            try await site.flag(agents[1])
            try await relay.confirmed(agents[1])
            #expect(try await relay.agent(agents[1])["delivery"]["attempts"].int == 1)
        }
    }

    @Test("wrong usage and a bad configuration are exit code 2")
    func usage() async throws {
        try await withTemporaryFolder { folder in
            #expect(try await run(["preflight"]).code == 2)
            let unknown = try await run(["preflight", "--config", "x", "--nonsense"])
            #expect(unknown.code == 2)
            #expect(unknown.errors.contains("--nonsense"))
            #expect(try await run(["preflight", "--config", folder.path + "/nothing.yaml"]).code == 2)
            let file = folder.appendingPathComponent("relay.yaml")
            try "genesys: {}".write(to: file, atomically: true, encoding: .utf8)
            let bad = try await run(["preflight", "--config", file.path])
            #expect(bad.code == 2)
            #expect(bad.errors.contains("relay.yaml:1:"))
            #expect(try await run(["preflight", "--help"]).code == 0)
        }
    }

    @Test("a Genesys that is not there is exit code 1, not a wait")
    func nobodyThere() async throws {
        try await withTemporaryFolder { folder in
            let yaml = """
                webhook: { authentication: [ { apiKey: { header: X-API-Key, values: [k] } } ] }
                admin: { tokens: [t] }
                genesys: { apiURL: "http://127.0.0.1:1", loginURL: "http://127.0.0.1:1", clients: [ { id: a, secret: b } ] }
                """
            let file = folder.appendingPathComponent("relay.yaml")
            try yaml.write(to: file, atomically: true, encoding: .utf8)
            let result = try await run(["preflight", "--config", file.path])
            #expect(result.code == 1)
            #expect(result.output.contains("token"))
        }
    }
}
