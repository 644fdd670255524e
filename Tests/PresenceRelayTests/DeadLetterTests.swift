// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import Testing

@Suite("Dead letters of a running relay", .serialized)
struct DeadLetterTests {
    @Test("an event that cannot be applied is journalled again on request, and its new letter can be deleted")
    func event() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration(), events: false)
            let event = #"{"topicName":"v2.users.someone.presence","eventBody":{}}"#
            #expect(try await relay.post(event).status == 202)
            let letter = try await relay.onlyLetter { _ in true }
            #expect(letter["agentId"].text == "someone")
            #expect(letter["event"]["topicName"].text == "v2.users.someone.presence")
            let id = letter["id"].text

            let retry = try await relay.call("POST", "/v1/dead-letters/\(id)/retry")
            #expect(retry.status == 202)
            #expect(retry.json["eventKey"].text == "retry:\(id)")
            let again = try await relay.onlyLetter { $0["id"].text != id }
            #expect(again["reason"].text == letter["reason"].text)
            #expect(again["event"]["topicName"].text == "v2.users.someone.presence")
            #expect(try await relay.call("POST", "/v1/dead-letters/\(id)/retry").status == 404)

            let path = "/v1/dead-letters/\(again["id"].text)"
            #expect(try await relay.call("DELETE", path).status == 204)
            #expect(try await relay.call("DELETE", path).status == 404)
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
        }
    }

    @Test("the letter of an event that the journal cannot give back is no call to try again: it can only be deleted")
    func damaged() async throws {
        try await withInstallation { site in
            let configuration = try site.configuration()
            let relay = try await site.relay(configuration, events: false)
            #expect(try await relay.post(#"{"topicName":"v2.users.someone.presence","eventBody":{}}"#).status == 202)
            let first = try await relay.onlyLetter { _ in true }
            #expect(try await relay.call("DELETE", "/v1/dead-letters/\(first["id"].text)").status == 204)
            relay.child.signal(SIGTERM)
            #expect(try await relay.child.end() == 0)
            let database = try DatabaseQueue(path: site.folder.path + "/relay.db")
            try await database.write { database in
                // As the entry before, with a first byte that no version writes.
                try database.execute(
                    sql: """
                        INSERT INTO entries
                        SELECT sequence + 1, slot, key || '2', source, topic, agent_id, received_at, x'057B7D' FROM entries
                        """
                )
            }
            try database.close()
            let next = try await site.relay(configuration, events: false)
            let letter = try await next.onlyLetter { _ in true }
            #expect(letter["reason"].text.contains("cannot be read from the journal"))
            let retry = try await next.call("POST", "/v1/dead-letters/\(letter["id"].text)/retry")
            #expect(retry.status == 409 && retry.json["detail"].text.contains("cannot be read, so"), "\(retry.json)")
            #expect(try await next.onlyLetter { _ in true }["id"].text == letter["id"].text)
            #expect(try await next.call("DELETE", "/v1/dead-letters/\(letter["id"].text)").status == 204)
        }
    }

    @Test("a refused call is made again on request while the call lasts; after it the retry is a conflict")
    func call() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            let agent = try await site.workingAgent()
            let refusal: [String: Any] = ["match": "PATCH presences", "kind": "status", "status": 403, "times": 2]
            try await site.simulate("POST", "/simulator/faults", refusal)
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            let first = try await relay.onlyLetter { $0["agentId"].text == agent }
            #expect(try await relay.get("/healthz").json["checks"]["genesys"]["status"].text == "warn")
            #expect(try await relay.call("POST", "/v1/dead-letters/\(first["id"].text)/retry").status == 202)
            let second = try await relay.onlyLetter { $0["id"].text != first["id"].text }
            #expect(try await relay.call("POST", "/v1/dead-letters/\(second["id"].text)/retry").status == 202)
            try await eventually("confirmed") {
                try await relay.agent(agent)["delivery"]["state"].text == "confirmed"
            }
            #expect(try await site.presence(agent) == "BREAK")
            #expect(try await relay.get("/healthz").json["checks"]["genesys"]["status"].text == "pass")
            #expect(
                try await relay.history(agent).contains { $0.kind == "decision" && $0.summary.contains("tried again") }
            )
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
        }
    }

    @Test("a refused call that nobody wants any more is not made again, and its letter stays")
    func conflict() async throws {
        try await withInstallation { site in
            let relay = try await site.relay(try site.configuration())
            let agent = try await site.workingAgent()
            let refusal: [String: Any] = ["match": "PATCH presences", "kind": "status", "status": 403]
            try await site.simulate("POST", "/simulator/faults", refusal)
            let call = try await site.answeredCall(agent)
            let path = "/api/v2/conversations/\(call.conversation)/participants/\(call.participant)/attributes"
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "Break"]])
            let letter = try await relay.onlyLetter { $0["agentId"].text == agent }
            _ = try await site.platform("PATCH", path, ["attributes": ["wfm_status": "none"]])
            try await eventually("released") { try await !relay.agent(agent)["wanted"].exists }
            let retry = try await relay.call("POST", "/v1/dead-letters/\(letter["id"].text)/retry")
            #expect(retry.status == 409)
            #expect(retry.json["detail"].text.contains("not wanted any more"))
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.count == 1)
        }
    }
}

extension RunningRelay {
    /// With the admin token.
    func call(_ method: String, _ path: String) async throws -> Answer {
        try await installation.call(
            method,
            url + path,
            headers: ["Authorization": "Bearer \(Installation.token)"]
        )
    }

    /// Waits until there is one dead letter and it is the one.
    func onlyLetter(_ isIt: (JSON) -> Bool) async throws -> JSON {
        try await eventually("the dead letter") {
            let letters = try await get("/v1/dead-letters").json["deadLetters"].list
            return letters.count == 1 && isIt(letters[0]) ? letters[0] : nil
        }
    }
}
