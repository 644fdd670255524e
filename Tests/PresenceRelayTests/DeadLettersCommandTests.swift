// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("dead-letters", .serialized)
struct DeadLettersCommandTests {
    /// A running relay with a letter about each of these agents, oldest first.
    private func withLetters(
        _ agents: [String],
        _ body: (RunningRelay, (String...) async throws -> (code: Int32, output: String, errors: String)) async throws
            ->
            Void
    ) async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration(), events: false)
            for (number, agent) in agents.enumerated() {
                // The same content twice would be one event.
                let event = #"{"topicName":"v2.users.\#(agent).presence","eventBody":{"number":\#(number)}}"#
                #expect(try await relay.post(event).status == 202)
            }
            try await eventually("the letters") { try await relay.letters().count == agents.count }
            try await body(relay) { (arguments: String...) in
                try await run(
                    ["dead-letters"] + arguments + ["--url", relay.url],
                    environment: ["RELAY_ADMIN_TOKEN": Installation.token]
                )
            }
        }
    }

    @Test("list and show tell what there is, for people and as JSON")
    func list() async throws {
        try await withLetters(["one", "two"]) { relay, command in
            let list = try await command("list")
            #expect(list.code == 0, "\(list.errors)")
            let lines = list.output.split(separator: "\n")
            #expect(lines.count == 2 && lines[0].contains("  two  ") && lines[1].contains("  one  "))
            let some = try await command("list", "--agent", "one", "--json", "--all")
            let letters = JSON(parsing: some.output)["deadLetters"].list
            #expect(letters.map { $0["agentId"].text } == ["one"])
            #expect(letters.first?["event"]["topicName"].text == "v2.users.one.presence")
            let id = try #require(letters.first)["id"].text
            let show = try await command("show", id)
            #expect(show.code == 0 && show.output.contains("reason  eventBody/presenceDefinition"), "\(show.output)")
            #expect(show.output.contains(#""topicName" : "v2.users.one.presence""#))
            let raw = try await command("show", id, "--json")
            #expect(JSON(parsing: raw.output)["id"].text == id)
            #expect(try await relay.get("/v1/dead-letters/\(id)").text == raw.output)
            let missing = try await command("show", "99")
            #expect(missing.code == 1 && missing.errors.contains("There is no dead letter of this id."))
        }
    }

    @Test("retry and delete take ids, or all of an agent, and say what became of each")
    func changes() async throws {
        try await withLetters(["one", "two", "one"]) { relay, command in
            let ids = try await relay.letters().map { $0["id"].text }.reversed().map(\.self)
            // Each fails again, as a letter of its own; those are not retried in turn.
            let retried = try await command("retry", "--all", "--agent", "one")
            #expect(retried.code == 0, "\(retried.errors)")
            #expect(retried.output == "\(ids[0])  tried again\n\(ids[2])  tried again")
            try await eventually("the new letters") {
                let now = try await relay.letters().map { $0["id"].text }
                return now.count == 3 && now.contains(ids[1]) && !now.contains(ids[0])
            }
            let mixed = try await command("delete", ids[0], ids[1], "--json")
            #expect(mixed.code == 1)
            let results = JSON(parsing: mixed.output)["deadLetters"].list
            #expect(results.map { $0["status"].int } == [404, 204])
            #expect(try await command("delete", "--all").code == 0)
            #expect(try await relay.letters().isEmpty)
            let none = try await command("list")
            #expect(none.code == 0 && none.output.isEmpty && none.errors.contains("no dead letters"))
        }
    }

    @Test("wrong usage is 2; a wrong token and a relay that is not there are 1, with what to do")
    func failures() async throws {
        try await withLetters([]) { relay, command in
            for arguments in [["retry"], ["delete", "1", "--all"], ["retry", "1", "--agent", "a"], ["show"]] {
                let result = try await run(["dead-letters"] + arguments)
                #expect(result.code == 2, "\(arguments): \(result.errors)")
            }
            let token = try await run(
                ["dead-letters", "list", "--url", relay.url, "--token-variable", "NONE_OF_OURS"]
            )
            #expect(token.code == 1 && token.errors.contains("set NONE_OF_OURS to an admin token"))
            let nobody = try await run(["dead-letters", "list", "--url", "http://127.0.0.1:1"])
            #expect(nobody.code == 1 && nobody.errors.contains("does not answer"))
            let midway = try await run(["dead-letters", "retry", "1", "2", "--json", "--url", "http://127.0.0.1:1"])
            #expect(midway.code == 1 && midway.errors.contains("does not answer"))
            #expect(JSON(parsing: midway.output)["deadLetters"].list.isEmpty)
            #expect(midway.output.contains("deadLetters"), "what was done until then is told in any case")
        }
    }
}

extension RunningRelay {
    /// Newest first.
    fileprivate func letters() async throws -> [JSON] {
        try await get("/v1/dead-letters").json["deadLetters"].list
    }
}
