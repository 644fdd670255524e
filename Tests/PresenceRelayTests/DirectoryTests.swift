// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("Names of the organisation", .serialized)
struct DirectoryTests {
    /// A configuration that looks names up every second, and with these lines instead of `agents:`.
    private func configuration(_ site: Installation, _ rest: String) throws -> String {
        let path = try site.configuration(rest + "\n" + Installation.rules)
        let yaml = try String(contentsOfFile: path, encoding: .utf8)
        try yaml.replacingOccurrences(of: "  bulk: {", with: "  directoryRefresh: 1s\n  bulk: {")
            .write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func directory(_ relay: RunningRelay) async throws -> JSON {
        try await relay.get("/healthz").json["checks"]["directory"]
    }

    private func make(_ site: Installation, _ kind: String, _ name: String, _ members: [String] = []) async throws {
        try await site.simulate("POST", "/simulator/directory/\(kind)", ["name": name, "members": members])
    }

    private func change(_ site: Installation, _ unit: String, _ body: [String: Any]) async throws {
        let path = unit.replacingOccurrences(of: " ", with: "%20")
        try await site.simulate("PATCH", "/simulator/directory/\(path)", body)
    }

    /// Waits until a refresh has begun and ended that knew of everything before this call.
    private func refreshed(_ relay: RunningRelay) async throws {
        func count() async throws -> Int {
            let lines = try await relay.get("/metrics").text.split(separator: "\n")
            return lines.filter { $0.hasPrefix("presence_relay_directory_refreshes_total{") }
                .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
        }
        // The one under way may have read before.
        let now = try await count()
        try await eventually("two refreshes") { try await count() >= now + 2 }
    }

    private func working(_ site: Installation, _ count: Int) async throws -> [String] {
        let agents = try await site.agents().filter { !$0.system.uppercased().contains("OFFLINE") }.map(\.id)
        try #require(agents.count >= count)
        return Array(agents.prefix(count))
    }

    @Test("only members of a queue and of a management unit are touched, and whoever joins is from the next refresh on")
    func include() async throws {
        try await withInstallation(agents: 8) { site in
            let agents = try await working(site, 3)
            try await make(site, "queues", "Pilots", [agents[0]])
            try await change(site, "managementunits/Back office", ["add": [agents[1]]])
            let file = try configuration(
                site,
                "agents: { include: { queues: [Pilots], managementUnits: [back OFFICE] } }"
            )
            let relay = try await site.relay(file)
            try await eventually("names are known") { try await directory(relay)["values"]["members"].int == 2 }
            #expect(try await directory(relay)["status"].text == "pass")
            for agent in agents { try await site.flag(agent) }
            try await relay.confirmed(agents[0])
            try await relay.confirmed(agents[1])
            try await eventually("the third is left alone") {
                try await relay.history(agents[2]).contains { $0.summary.contains("excludes this agent") }
            }
            #expect(try await site.presence(agents[2]) != "BREAK")

            // No event of the agent: only the refresh tells.
            try await change(site, "managementunits/Back office", ["add": [agents[2]]])
            try await relay.confirmed(agents[2])
            #expect(try await site.presence(agents[2]) == "BREAK")
            #expect(try await directory(relay)["values"]["members"].int == 3)
            #expect(try await relay.get("/metrics").text.contains("presence_relay_directory_members 3"))
        }
    }

    @Test(
        "a queue that is renamed goes on while the relay runs, with a warning; loaded anew it is an error with its place"
    )
    func renamed() async throws {
        try await withInstallation { site in
            let agent = try await site.workingAgent()
            try await make(site, "queues", "Pilots", [agent])
            let file = try configuration(site, "agents: { include: { queues: [Pilots] } }")
            let relay = try await site.relay(file)
            try await eventually("names are known") { try await directory(relay)["values"]["members"].int == 1 }
            let version = try await relay.get("/healthz").json["rules"]["version"].text
            try await change(site, "queues/Pilots", ["name": "Pilots EU"])
            try await eventually("a warning") { try await directory(relay)["status"].text == "warn" }
            #expect(try await directory(relay)["values"]["unresolved"].int == 1)
            #expect(!(try await directory(relay)["message"].text.contains("Pilots")))
            #expect(relay.child.errors.contains("is called \"Pilots EU\" now, and is kept"))
            try await site.flag(agent)
            try await relay.confirmed(agent)

            let line =
                try String(contentsOfFile: file, encoding: .utf8).split(
                    separator: "\n",
                    omittingEmptySubsequences: false
                )
                .firstIndex { $0.hasPrefix("agents:") }.map { $0 + 1 } ?? 0
            let yaml = try String(contentsOfFile: file, encoding: .utf8)
            try yaml.replacingOccurrences(of: "name: flagged", with: "name: other")
                .write(toFile: file, atomically: true, encoding: .utf8)
            relay.child.signal(SIGHUP)
            try await eventually("the refusal is in the log") {
                relay.child.errors.contains(
                    "rules in force are kept: \(file):\(line):31: error: there is no queue \"Pilots\""
                )
            }
            #expect(relay.child.errors.contains("did you mean \"Pilots EU\" ("))
            #expect(try await relay.get("/healthz").json["rules"]["version"].text == version)

            try yaml.replacingOccurrences(of: "name: flagged", with: "name: other")
                .replacingOccurrences(of: "queues: [Pilots]", with: "queues: [Pilots EU]")
                .write(toFile: file, atomically: true, encoding: .utf8)
            relay.child.signal(SIGHUP)
            try await eventually("new rules") {
                try await relay.get("/healthz").json["rules"]["version"].text != version
            }
            #expect(try await directory(relay)["status"].text == "pass")
        }
    }

    @Test("a name that is nowhere ends the start, with its place and what may have been meant")
    func unknown() async throws {
        try await withInstallation { site in
            let file = try configuration(site, "agents: { include: { queues: [Suport queue, Sales queue] } }")
            let result = try await run(["serve", "--config", file], environment: ["GENESYS_SECRET": "simulator"])
            #expect(result.code == 1)
            #expect(
                result.errors.contains(
                    ":31: error: there is no queue \"Suport queue\"; did you mean \"Support queue\" ("
                ),
                "\(result.errors)"
            )
            #expect(!result.errors.contains("Sales queue"))
        }
    }

    @Test("a resync reads who belongs to queues and management units, by name or id, also whom nothing was heard of")
    func resyncMembers() async throws {
        try await withInstallation(agents: 8) { site in
            let agents = try await working(site, 3)
            try await make(site, "queues", "Pilots", [agents[0]])
            try await change(site, "managementunits/Back office", ["add": [agents[1]]])
            let relay = try await site.relay(try site.configuration(), events: false)
            func resync(_ body: [String: [String]]) async throws -> JSON {
                let headers = ["Authorization": "Bearer \(Installation.token)"]
                let answer = try await site.call("POST", relay.url + "/v1/resync", body, headers: headers)
                #expect(answer.status == 202)
                var job = answer.json
                try await eventually("it has ended") {
                    job = try await relay.get("/v1/resyncs/\(job["id"].text)").json
                    return job["state"].text != "running"
                }
                return job
            }
            let job = try await resync(["queues": ["Pilots"], "managementUnits": ["Back office"]])
            #expect(job["state"].text == "done")
            #expect(job["total"].int == 2)
            #expect(Set(try await relay.agents().keys) == Set(agents.prefix(2)))
            let unknown = try await resync(["agents": [agents[2]], "queues": ["Pilot"]])
            #expect(unknown["state"].text == "failed")
            let error = unknown["error"].text
            #expect(error.contains("did you mean") && error.contains("Pilots"), "\(error)")
            try await site.simulate("PUT", "/simulator/permissions", ["missing": ["routing:queue:view"]])
            let refused = try await resync(["queues": ["Pilots"]])["error"].text
            #expect(refused.contains("routing:queue:view"), "\(refused)")
        }
    }

    @Test("a start without the right to see queues waits for it, takes events meanwhile, and says what to grant")
    func missingPermission() async throws {
        try await withInstallation { site in
            let agent = try await site.workingAgent()
            try await make(site, "queues", "Pilots", [agent])
            try await site.simulate("PUT", "/simulator/permissions", ["missing": ["routing:queue:view"]])
            let relay = try await site.relay(try configuration(site, "agents: { include: { queues: [Pilots] } }"))
            try await eventually("the log says so") { relay.child.errors.contains("Grant routing:queue:view") }
            #expect(try await relay.get("/readyz").status == 200)
            #expect(try await directory(relay)["status"].text == "warn")
            try await site.flag(agent)
            try await site.simulate("DELETE", "/simulator/permissions")
            try await relay.confirmed(agent)
            #expect(try await directory(relay)["status"].text == "pass")
        }
    }

    @Test("a refresh that fails keeps what was known, warns with the age of it, and is made up for")
    func failedRefresh() async throws {
        try await withInstallation { site in
            let agent = try await site.workingAgent()
            try await make(site, "queues", "Pilots", [agent])
            let relay = try await site.relay(try configuration(site, "agents: { include: { queues: [Pilots] } }"))
            try await eventually("names are known") { try await directory(relay)["values"]["members"].int == 1 }
            try await site.simulate("PUT", "/simulator/permissions", ["missing": ["routing:queue:view"]])
            try await eventually("a warning") { try await directory(relay)["values"]["unread"].int == 1 }
            let check = try await directory(relay)
            #expect(check["status"].text == "warn")
            #expect(check["message"].text.contains("could not be read"))
            #expect(check["values"]["members"].int == 1)
            try await eventually("its age grows") { try await directory(relay)["values"]["ageSeconds"].int ?? 0 >= 2 }
            try await site.flag(agent)
            try await relay.confirmed(agent)
            let failed = try await relay.get("/metrics").text
            #expect(failed.contains(#"presence_relay_directory_refreshes_total{result="failed"}"#))
            try await site.simulate("DELETE", "/simulator/permissions")
            try await eventually("it passes again") { try await directory(relay)["status"].text == "pass" }
            try await refreshed(relay)
            #expect(try await directory(relay)["values"]["ageSeconds"].int ?? 99 <= 3)
        }
    }
}

@Suite("presence-relay check --online", .serialized)
struct OnlineCheckTests {
    private func check(_ file: String, _ arguments: [String] = []) async throws -> (
        code: Int32, output: String, errors: String
    ) {
        try await run(["check", file, "--online"] + arguments, environment: ["GENESYS_SECRET": "simulator"])
    }

    private func configuration(_ site: Installation, agents: String, rules: String = Installation.rules) throws
        -> String
    {
        try site.configuration("agents: { include: \(agents) }\n" + rules)
    }

    @Test("names that the organisation has pass, with how many there are")
    func good() async throws {
        try await withInstallation { site in
            let file = try configuration(site, agents: "{ queues: [Support queue], managementUnits: [Back office] }")
            let result = try await check(file)
            #expect(result.code == 0, "\(result.output) \(result.errors)")
            #expect(result.output.contains("\(file): ok, 1 rules, version "))
            #expect(result.output.hasSuffix(", 2 statuses and 2 names found"))
            let requests = try await site.simulate("GET", "/simulator/requests?method=PATCH")["requests"].list
            #expect(requests.isEmpty)
        }
    }

    @Test("every name that is wrong is shown with its place, as text and as JSON")
    func wrong() async throws {
        try await withInstallation { site in
            let nobody = "00000000-0000-4000-8000-000000000000"
            let rules = Installation.rules.replacingOccurrences(of: "label: Team huddle", with: "label: Team hudle")
            let file = try configuration(
                site,
                agents: "{ queues: [Sales, \(nobody)], managementUnits: [Backoffice] }",
                rules: rules
            )
            let text = try await check(file)
            #expect(text.code == 1)
            let lines = text.output.split(separator: "\n")
            #expect(lines.count { $0.contains(": error: ") } == 4, "\(text.output)")
            #expect(text.output.contains(":31: error: there is no queue \"Sales\"; did you mean \"Sales queue\" ("))
            #expect(text.output.contains("error: no queue has the id \"\(nobody)\""))
            #expect(
                text.output.contains("error: there is no management unit \"Backoffice\"; did you mean \"Back office\"")
            )
            #expect(text.output.contains("error: status 'Meeting': no definition has the label \"Team hudle\""))

            let json = JSON(parsing: try await check(file, ["--json"]).output)
            #expect(json["ok"].value as? Bool == false)
            let findings = json["diagnostics"].list
            #expect(findings.count == lines.count)
            #expect(findings.first?["file"].text == file)
            #expect(findings.count { $0["severity"].text == "error" } == 4)
            let places = findings.map { [$0["line"].int ?? 0, $0["column"].int ?? 0] }
            #expect(places == places.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) })
        }
    }

    @Test("each kind of name in a rule is looked up, by its own name or by the nearest")
    func kinds() async throws {
        try await withInstallation { site in
            func rules(_ queue: String, _ wrapup: String, _ label: String, _ group: String, _ team: String) -> String {
                """
                statuses: { Break: { presence: Break } }
                rules:
                  - name: named
                    when:
                      conversation: { queue: \(queue), wrapup: \(wrapup) }
                      presence: { label: \(label) }
                      activeQueues: { contains: \(queue) }
                      agent: { group: \(group), team: \(team), managementUnit: Back office }
                    then: { status: Break, apply: afterCallWork }
                """
            }
            let good = try site.configuration(rules("Sales queue", "Call back", "Kaffeepause", "Trainees", "Day shift"))
            let passed = try await check(good)
            #expect(passed.code == 0, "\(passed.output)")
            let bad = try site.configuration(rules("Sails queue", "Callbock", "Kafeepause", "Trainee", "Day shifts"))
            let failed = try await check(bad)
            #expect(failed.code == 1)
            for (noun, name) in [
                ("queue", "Sales queue"), ("wrap-up code", "Call back"), ("presence", "Kaffeepause"),
                ("group", "Trainees"), ("team", "Day shift"),
            ] {
                let lines = failed.output.split(separator: "\n").filter {
                    $0.contains("error: there is no \(noun) \"") && $0.contains("did you mean \"\(name)\" (")
                }
                // The queue is written twice.
                #expect(lines.count == (noun == "queue" ? 2 : 1), "\(noun): \(failed.output)")
            }
            let two = try site.configuration(rules("Sales queue", "Call back", "Follow-up", "Trainees", "Day shift"))
            let ambiguous = try await check(two)
            #expect(ambiguous.code == 1)
            #expect(ambiguous.output.contains("error: 2 presences are called \"Follow-up\": write one of their ids: "))
        }
    }

    @Test("an error in the file itself is shown without asking anybody")
    func offline() async throws {
        try await withInstallation { site in
            let file = try configuration(site, agents: "{ queues: [Support queue], unit: [x] }")
            let result = try await check(file)
            #expect(result.code == 1)
            #expect(result.output.contains("unknown key 'unit'"))
            let requests = try await site.simulate("GET", "/simulator/requests")["requests"].list
            #expect(requests.isEmpty)
        }
    }

    @Test("without Genesys, without a right, or with a wrong secret, the error says so at its place, and no secret")
    func unreachable() async throws {
        try await withInstallation { site in
            let file = try configuration(site, agents: "{ queues: [Support queue] }")
            try await site.simulate("PUT", "/simulator/permissions", ["missing": ["routing:queue:view"]])
            let forbidden = try await check(file)
            #expect(forbidden.code == 1)
            #expect(forbidden.output.contains("error: the queue \"Support queue\" could not be read: forbidden (403)"))
            #expect(forbidden.output.contains("Grant routing:queue:view"))

            let wrong = try await run(["check", file, "--online"], environment: ["GENESYS_SECRET": "hush-hush"])
            #expect(wrong.code == 1)
            #expect(
                wrong.output.contains(":14: error: this OAuth client gets no token: unauthorized"),
                "\(wrong.output)"
            )
            #expect(!wrong.output.contains("hush"))

            let yaml = try String(contentsOfFile: file, encoding: .utf8)
            try yaml.replacingOccurrences(of: site.genesys, with: "http://127.0.0.1:1")
                .write(toFile: file, atomically: true, encoding: .utf8)
            let down = try await check(file)
            #expect(down.code == 1)
            #expect(down.output.contains("error: this OAuth client gets no token: network"), "\(down.output)")
        }
    }

    @Test("wrong usage is told apart from errors, and help says what the codes mean")
    func usage() async throws {
        #expect(try await run(["check", "--onlin", "relay.yaml"]).code == 2)
        #expect(try await run(["check"]).code == 2)
        let help = try await run(["check", "--help"])
        #expect(help.code == 0)
        #expect(help.output.contains("--online"))
        #expect(help.output.contains("2 = wrong usage"))
    }
}
