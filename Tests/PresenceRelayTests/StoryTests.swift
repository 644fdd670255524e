// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("The story of the problem, over real sockets and processes", .serialized)
struct StoryTests {
    @Test("a flagged call becomes a verified Break, and the end of the call brings the earlier presence back")
    func story() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            let agent = try await site.workingAgent()
            let before = try await site.presence(agent)
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/calls/\(call.conversation)/participants/\(call.participant)/attributes"
            let script = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            #expect(script.status == 200)

            try await eventually("confirmed") {
                try await relay.agent(agent)["delivery"]["state"].text == "confirmed"
            }
            let view = try await relay.agent(agent)
            #expect(view["wanted"]["status"].text == "Break")
            #expect(view["wanted"]["rule"].text == "flagged")
            #expect(view["presence"]["system"].text == "BREAK")
            #expect(view["presence"]["setBy"].text == "relay")
            #expect(view["conversations"].list.first?["attributes"]["wfm_status"].text == "Break")
            #expect(try await site.presence(agent) == "BREAK")
            let adherence = "/api/v2/workforcemanagement/adherence?userId=\(agent)"
            try await eventually("adherence says Break") {
                try await site.platform("GET", adherence).json.list.first?["actualActivityCategory"].text == "Break"
            }

            try await site.simulate("POST", "/simulator/calls/\(call.conversation)/hangup")
            try await site.simulate("POST", "/simulator/calls/\(call.conversation)/wrapup")
            try await eventually("the earlier presence is back") { try await site.presence(agent) == before }
            try await eventually("released") { try await !relay.agent(agent)["wanted"].exists }
            try await eventually("the release is confirmed") {
                try await relay.agent(agent)["delivery"]["state"].text == "confirmed"
            }
            #expect(try await site.presenceWrites() == 2, "our own echo causes no second call")
            let history = try await relay.history(agent)
            #expect(history.contains { $0.kind == "guard" && $0.summary.contains("our own change") })
            #expect(history.contains { $0.kind == "decision" && $0.summary.contains("wants Break") })
        }
    }

    @Test("the same script against the wrong endpoint changes nothing, and explain says why")
    func wrongEndpoint() async throws {
        try await withInstallation { site in
            let configuration = try site.configuration()
            let relay = try await site.relay(configuration)
            let agent = try await site.workingAgent()
            let before = try await site.presence(agent)
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/calls/\(call.conversation)/participants/\(call.participant)"
            let script = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            #expect((200..<300).contains(script.status))
            try await eventually("the call is known") {
                try await relay.agent(agent)["conversations"].list.first?["state"].text == "connected"
            }
            // Something that only comes after the write, so that its silence is no matter of waiting.
            try await site.simulate("POST", "/simulator/calls/\(call.conversation)/hold")
            try await eventually("the hold is known") {
                try await relay.agent(agent)["conversations"].list.first?["held"].value as? Bool == true
            }
            let view = try await relay.agent(agent)
            #expect(!view["wanted"].exists)
            #expect(!view["conversations"].list[0]["attributes"]["wfm_status"].exists)
            #expect(try await site.presence(agent) == before)
            #expect(try await site.presenceWrites() == 0)

            let sent = try await site.simulate("GET", "/simulator/events")["events"].list
            let events = sent.filter { $0["detail"]["topicName"].text == "v2.users.\(agent).conversations" }
            #expect(!events.isEmpty)
            let input = try events.map {
                String(decoding: try JSONSerialization.data(withJSONObject: $0.value ?? [:]), as: UTF8.self)
            }
            let explained = try await run(
                ["explain", "--config", configuration, "-"],
                input: input.joined(separator: "\n")
            )
            #expect(explained.code == 0, "\(explained.errors)")
            #expect(explained.output.contains("attributes.wfm_status"))
            #expect(explained.output.contains("decision: nothing"))
            #expect(explained.output.contains("participants/{id} answers 200 and drops them"))
        }
    }

    @Test("killed with SIGKILL between 202 and the API call, the relay delivers after its restart")
    func killed() async throws {
        try await withInstallation { site in
            let configuration = try site.configuration()
            let first = try await site.relay(configuration)
            let agent = try await site.workingAgent()
            _ = try await first.get("/healthz")
            // The write waits in Genesys' door for longer than this relay lives.
            try await site.simulate(
                "POST",
                "/simulator/faults",
                ["match": "PATCH presences", "kind": "timeoutBefore"]
            )
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            try await eventually("wanted") { try await first.agent(agent)["wanted"]["status"].text == "Break" }
            first.child.kill()
            try await first.child.end()
            #expect(try await site.presence(agent) != "BREAK")
            try await site.simulate("DELETE", "/simulator/faults")

            let second = try await site.relay(configuration)
            try await eventually("Break after the restart") { try await site.presence(agent) == "BREAK" }
            try await eventually("confirmed") {
                try await second.agent(agent)["delivery"]["state"].text == "confirmed"
            }
        }
    }

    @Test("SIGTERM does not wait for a call that hangs, ends with 0, and the next process takes the wish up")
    func terminated() async throws {
        try await withInstallation { site in
            let configuration = try site.configuration()
            let first = try await site.relay(configuration)
            let agent = try await site.workingAgent()
            try await site.simulate("POST", "/simulator/faults", ["match": "PATCH presences", "kind": "timeoutBefore"])
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            try await eventually("sent") { try await first.agent(agent)["delivery"]["state"].text == "sent" }
            let asked = ContinuousClock.now
            first.child.signal(SIGTERM)
            #expect(try await first.child.end() == 0)
            // The call would hang for ten seconds.
            #expect(ContinuousClock.now - asked < .seconds(8))
            try await site.simulate("DELETE", "/simulator/faults")

            let second = try await site.relay(configuration)
            try await eventually("Break after the restart") { try await site.presence(agent) == "BREAK" }
            try await eventually("confirmed") {
                try await second.agent(agent)["delivery"]["state"].text == "confirmed"
            }
        }
    }

    @Test("an agent who is Offline is not moved, and the history says so")
    func offline() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            let agent = try await site.workingAgent()
            try await site.simulate("POST", "/simulator/agents/\(agent)/presence", ["system": "Offline"])
            try await eventually("Offline is known") {
                try await relay.agent(agent)["presence"]["system"].text == "OFFLINE"
            }
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            try await eventually("the guard is in the history") {
                try await relay.history(agent).contains { $0.kind == "guard" && $0.summary.contains("Offline") }
            }
            #expect(try await site.presenceWrites() == 0)
            #expect(try await !relay.agent(agent)["wanted"].exists)
        }
    }

    @Test("a status that the agent already has is not written, and counts as confirmed")
    func noChange() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            let agent = try await site.workingAgent()
            try await site.simulate("POST", "/simulator/agents/\(agent)/presence", ["system": "Break"])
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            try await eventually("confirmed") {
                try await relay.agent(agent)["delivery"]["state"].text == "confirmed"
            }
            #expect(try await site.presenceWrites() == 0)
        }
    }

    @Test("an unauthenticated event gets 401 and leaves no trace")
    func unauthenticated() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration(), events: false)
            let event =
                #"{"topicName":"v2.users.somebody.presence","eventBody":{"presenceDefinition":{"systemPresence":"BREAK"}}}"#
            for headers in [[:], ["X-API-Key": "wrong"], ["X-API-Key": ""], ["Authorization": "Bearer webhook-key"]] {
                let answer = try await relay.post(event, headers: headers)
                #expect(answer.status == 401)
                #expect(answer.headers.contains { $0.name.lowercased() == "www-authenticate" })
            }
            #expect(try await relay.post(event).status == 202)
            try await eventually("the good one is applied") {
                try await relay.get("/v1/agents/somebody").status == 200
            }
            // Written a moment after the agent can be seen.
            try await eventually("its line is written") { try await !relay.history("somebody").isEmpty }
            let history = try await relay.history("somebody")
            #expect(history.count { $0.kind == "event" } == 1)
            #expect(try await relay.post(event).json["duplicate"].int == 1)
        }
    }

    @Test("a change by hand during the call is not fought")
    func byHand() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            let agent = try await site.workingAgent()
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            try await eventually("confirmed") {
                try await relay.agent(agent)["delivery"]["state"].text == "confirmed"
            }
            try await site.simulate("POST", "/simulator/agents/\(agent)/presence", ["system": "Meal"])
            try await eventually("the episode ends") { try await !relay.agent(agent)["wanted"].exists }
            try await site.simulate("POST", "/simulator/calls/\(call.conversation)/hangup")
            try await site.simulate("POST", "/simulator/calls/\(call.conversation)/wrapup")
            try await eventually("the call is over") { try await relay.agent(agent)["conversations"].list.isEmpty }
            #expect(try await site.presence(agent) == "MEAL")
            #expect(try await site.presenceWrites() == 1)
        }
    }

    @Test("2xx that never sticks ends as notApplied, with a dead letter")
    func notApplied() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration(verify: "{ within: 100ms, attempts: 2 }"))
            let agent = try await site.workingAgent()
            try await site.simulate(
                "POST",
                "/simulator/faults",
                ["match": "PATCH presences", "kind": "silentNoOp"]
            )
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            try await eventually("notApplied") {
                try await relay.agent(agent)["delivery"]["state"].text == "notApplied"
            }
            #expect(try await relay.agent(agent)["delivery"]["attempts"].int == 2)
            // Letters are shown as they are stored, a moment after what is known of the agent.
            try await eventually("a dead letter") {
                try await relay.get("/v1/dead-letters").json["deadLetters"].list.count == 1
            }
        }
    }

    @Test("429 and 503 are tried again until the status is there")
    func retried() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            let agent = try await site.workingAgent()
            try await site.simulate(
                "POST",
                "/simulator/faults",
                [
                    ["match": "PATCH presences", "kind": "status", "status": 429, "retryAfter": 1, "times": 1],
                    ["match": "PATCH presences", "kind": "status", "status": 503, "times": 1],
                ]
            )
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            try await eventually("confirmed") {
                try await relay.agent(agent)["delivery"]["state"].text == "confirmed"
            }
            #expect(try await relay.agent(agent)["delivery"]["attempts"].int == 3)
            #expect(try await site.presence(agent) == "BREAK")
        }
    }

    @Test("a resync finds what no event told, and its job shows the progress")
    func resync() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration(), events: false)
            let agent = try await site.workingAgent()
            let started = try await site.call(
                "POST",
                relay.url + "/v1/resync",
                ["agents": [agent]],
                headers: ["Authorization": "Bearer \(Installation.token)"]
            )
            #expect(started.status == 202)
            let location = try #require(started.headers.first { $0.name.lowercased() == "location" }?.value)
            #expect(location == "/v1/resyncs/\(started.json["id"].text)")
            try await eventually("done") { try await relay.get(location).json["state"].text == "done" }
            let job = try await relay.get(location).json
            #expect(job["total"].int == 1)
            #expect(job["done"].int == 1)
            #expect(job["changed"].int == 1)
            #expect(job["failed"].int == 0)
            let view = try await relay.agent(agent)
            #expect(view["presence"]["system"].text.filter(\.isLetter) == (try await site.presence(agent)))
            #expect(view["routingStatus"]["status"].exists)

            let command = try await run(
                ["resync", "--url", relay.url, "--agent", agent, "--wait"],
                environment: ["RELAY_ADMIN_TOKEN": Installation.token]
            )
            #expect(command.code == 0, "\(command.errors)")
            #expect(command.output.contains("done  1/1 read, 0 changed, 0 failed"))
        }
    }

    @Test("a status that names no presence definition, or several, ends the start with the candidates")
    func unresolved() async throws {
        try await withInstallation { site in
            let definitions = try await site.platform("GET", "/api/v2/presence/definitions").json["entities"].list
            let labels = definitions.map { $0["languageLabels"]["en_US"].text }
            let twice = try #require(labels.first { label in labels.count { $0 == label } > 1 })
            let configuration = try site.configuration(
                """
                statuses:
                  Lunch: { presence: { label: Team hudle } }
                  Twice: { presence: { label: "\(twice)" } }
                """
            )
            let relay = try await run(
                ["serve", "--config", configuration],
                environment: ["GENESYS_SECRET": "simulator"]
            )
            #expect(relay.code == 1)
            #expect(relay.errors.contains("status 'Lunch'"))
            #expect(relay.errors.contains("Team huddle"))
            #expect(relay.errors.contains("status 'Twice'"))
            let ids = definitions.filter { $0["languageLabels"]["en_US"].text == twice }.map { $0["id"].text }
            for id in ids { #expect(relay.errors.contains(id)) }
        }
    }
}
