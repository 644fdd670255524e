// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import Testing

@Suite("Webhooks of rules", .serialized)
struct NotifyTests {
    private static let old = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let new = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    private func rules(_ receiver: WebhookReceiver, secrets: [String] = [old], mode: String = "act") -> String {
        """
        mode: \(mode)
        notifications:
          wallboard: { url: "\(receiver.url)", secrets: [\(secrets.joined(separator: ", "))] }
        statuses: { Break: { presence: Break } }
        rules:
          - name: flagged
            when: { conversation: { media: call, attributes.wfm_status: Break } }
            then: { status: Break, notify: { to: wallboard, data: { media: "${conversation.media}" } } }
        """
    }

    private func withReceiver(_ body: (Installation, WebhookReceiver) async throws -> Void) async throws {
        let receiver = try await WebhookReceiver()
        do {
            try await withInstallation { try await body($0, receiver) }
        } catch {
            await receiver.end()
            throw error
        }
        await receiver.end()
    }

    private func signed(_ message: WebhookReceiver.Message, by secret: String) throws -> Bool {
        let key = try #require(WebhookSigningKey(secret))
        let seconds = try #require(Int64(message.timestamp))
        let signature = key.signature(
            id: message.id,
            timestamp: Timestamp(milliseconds: seconds * 1000),
            body: Array(message.body.utf8)
        )
        return message.signatures.contains(signature)
    }

    @Test(
        "a rule that matches tells the endpoint, signed, and again until it is taken; new secrets are taken as they change"
    )
    func notify() async throws {
        try await withReceiver { site, receiver in
            let relay = try await site.relay(try site.configuration(rules(receiver)))
            let agent = try await site.workingAgent()
            receiver.answer(503, 429)
            let call = try await site.flag(agent)
            try await eventually("taken") { receiver.messages.count == 3 }
            let messages = receiver.messages
            #expect(Set(messages.map(\.id)).count == 1)
            #expect(Set(messages.map(\.body)).count == 1)
            for message in messages { #expect(try signed(message, by: Self.old)) }
            let json = messages[0].json
            #expect(json["type"].text == "presence-relay.rule.matched")
            let data = json["data"]
            #expect(data["agentId"].text == agent)
            #expect(!data["agentName"].text.isEmpty)
            #expect(data["rule"].text == "flagged")
            #expect(data["status"].text == "Break")
            #expect(data["conversationId"].text == call.conversation)
            #expect(data["media"].text == "call")
            let version = try await relay.get("/healthz").json["rules"]["version"].text
            #expect(data["rulesVersion"].text == version)
            #expect(Timestamp(data["since"].text) != nil && Timestamp(json["timestamp"].text) != nil)

            try await relay.confirmed(agent)
            try await eventually("the history") {
                try await relay.history(agent).contains {
                    $0.kind == "call" && $0.summary == "notify: wallboard took it"
                }
            }
            let lines = try await relay.history(agent).map(\.summary)
            #expect(lines.contains("rule 'flagged' wants to notify wallboard with media=call"))
            #expect(lines.contains("notify: wallboard: answered 503; it is tried again"))
            let metrics = try await relay.get("/metrics").text.split(separator: "\n").map(String.init)
            let attempts = "presence_relay_notification_attempts_total"
            #expect(metrics.contains(#"\#(attempts){endpoint="wallboard",result="refused"} 2"#))
            #expect(metrics.contains(#"\#(attempts){endpoint="wallboard",result="ok"} 1"#))
            #expect(metrics.contains(#"presence_relay_errands_total{kind="notify",state="done"} 1"#))

            // Both secrets while the receiver changes from one to the other.
            try await site.hangUp(call.conversation)
            _ = try site.configuration(rules(receiver, secrets: [Self.new, Self.old]))
            relay.child.signal(SIGHUP)
            try await eventually("the new secrets") { relay.child.errors.contains("are in force") }
            try await eventually("released") { try await !relay.agent(agent)["wanted"].exists }
            try await site.flag(agent)
            try await eventually("the next episode") { receiver.messages.count == 4 }
            let rotated = receiver.messages[3]
            #expect(rotated.id != messages[0].id)
            #expect(rotated.signatures.count == 2)
            #expect(try signed(rotated, by: Self.old))
            #expect(try signed(rotated, by: Self.new))
        }
    }

    @Test("a message that was not taken when the relay is killed is sent by the next one, with the same id and body")
    func killed() async throws {
        try await withReceiver { site, receiver in
            let file = try site.configuration(rules(receiver))
            let first = try await site.relay(file)
            let agent = try await site.workingAgent()
            receiver.answer(503, 503, 503, 503, 503, 503, 503, 503)
            try await site.flag(agent)
            try await eventually("tried") { !receiver.messages.isEmpty }
            first.child.kill()
            try await first.child.end()
            let before = receiver.messages
            receiver.answer(204)
            let second = try await site.relay(file)
            try await eventually("sent again") { receiver.messages.count > before.count }
            let messages = receiver.messages
            #expect(Set(messages.map(\.id)).count == 1)
            #expect(Set(messages.map(\.body)).count == 1)
            // Stored with the end of the errand: until then another kill would have it sent once more, and rightly so.
            try await eventually("the history") {
                try await second.history(agent).contains { $0.summary == "notify: wallboard took it" }
            }
            second.child.kill()
            try await second.child.end()
            // Taken and stored: a third relay has nothing to send.
            let third = try await site.relay(file)
            try await eventually("known") { try await third.agent(agent)["id"].exists }
            try await third.confirmed(agent)
            #expect(receiver.messages.count == messages.count)
        }
    }

    @Test(
        "a receiver that refuses leaves a dead letter, whose retry has the same id, and the status is set all the same"
    )
    func refused() async throws {
        try await withReceiver { site, receiver in
            let relay = try await site.relay(try site.configuration(rules(receiver)))
            let agent = try await site.workingAgent()
            receiver.answer(410)
            try await site.flag(agent)
            try await relay.confirmed(agent)
            let letters = try await eventually("the letter") {
                let letters = try await relay.get("/v1/dead-letters").json["deadLetters"].list
                return letters.isEmpty ? nil : letters
            }
            #expect(letters.count == 1)
            #expect(letters[0]["reason"].text == "notify: wallboard: answered 410")
            let retry = "/v1/dead-letters/\(letters[0]["id"].text)/retry"
            #expect(try await relay.call("POST", retry).status == 202)
            try await eventually("sent again") { receiver.messages.count == 2 }
            #expect(Set(receiver.messages.map(\.id)).count == 1)
        }
    }

    @Test("mode observe sends nothing and says what it would send")
    func observe() async throws {
        try await withReceiver { site, receiver in
            let relay = try await site.relay(try site.configuration(rules(receiver, mode: "observe")))
            let agent = try await site.workingAgent()
            try await site.flag(agent)
            try await eventually("the history") {
                try await relay.history(agent).contains {
                    $0.summary == "mode observe: rule 'flagged' would notify wallboard with media=call"
                }
            }
            #expect(receiver.messages.isEmpty)
        }
    }

    @Test("explain shows the webhook, and check knows the endpoints")
    func commands() async throws {
        try await withReceiver { site, receiver in
            let file = try site.configuration(rules(receiver))
            let event = """
                {"topicName":"v2.users.u1.conversations","eventBody":{"id":"c1","participants":[{"id":"p1",\
                "userId":"u1","purpose":"agent","attributes":{"wfm_status":"Break"},\
                "calls":[{"id":"m1","state":"connected","connectedTime":"2026-03-10T14:00:00.120Z"}]}]}}
                """
            let environment = ["GENESYS_SECRET": "simulator"]
            let told = try await run(["explain", "--config", file, "-"], environment: environment, input: event)
            #expect(told.output.contains("besides: notify wallboard with media=call (rule 'flagged')"), "\(told)")
            let json = try await run(
                ["explain", "--json", "--config", file, "-"],
                environment: environment,
                input: event
            )
            let errand = JSON(parsing: json.output)["events"].list.first?["agents"].list.first?["errands"].list.first
            #expect(errand?["kind"].text == "notify")
            #expect(errand?["endpoint"].text == "wallboard")
            #expect(errand?["data"]["media"].text == "call")

            let typo = rules(receiver).replacingOccurrences(of: "to: wallboard", with: "to: walboard")
            let checked = try await run(["check", try site.configuration(typo)], environment: environment)
            #expect(checked.code == 1)
            #expect(checked.output.contains("then.notify: unknown endpoint 'walboard'; did you mean 'wallboard'?"))
            #expect(checked.output.contains("warning: notifications.wallboard: no rule notifies this endpoint"))
            #expect(!checked.output.contains(Self.old))
        }
    }
}
