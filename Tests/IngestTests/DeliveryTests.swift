// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import GenesysEvents
import Journal
import Testing

@testable import Ingest

/// Messages of Standard Webhooks that are sent again, over real sockets.
@Suite("Deliveries with an id")
struct DeliveryTests {
    private static let signingKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private let test: TestIngest
    private let standardWebhooks = Authentication.standardWebhooks(StandardWebhooksScheme(secrets: [.init(signingKey)]))

    init() throws { test = try TestIngest() }

    /// Sends a body in a signed delivery of this moment; returns the content of the answer, or all of it if it is not 202.
    private func deliver(_ id: String, _ body: String, _ fields: [String] = []) async throws -> String {
        let key = try #require(WebhookSigningKey(Self.signingKey))
        let signature = key.signature(id: id, timestamp: test.now, body: Array(body.utf8))
        return try await send(
            body,
            [
                "webhook-id: \(id)", "webhook-timestamp: \(test.now.unixSeconds)", "webhook-signature: \(signature)",
            ] + fields,
            [standardWebhooks, .apiKey(header: "X-API-Key", values: ["key-of-another-sender"])]
        )
    }

    private func send(_ body: String, _ fields: [String], _ ways: [Authentication]) async throws -> String {
        let lines =
            [
                "POST /v1/events HTTP/1.1", "Host: a", "Connection: close", "Content-Type: application/json",
                "Content-Length: \(body.utf8.count)",
            ] + fields
        let answer = try await test.exchange(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8), ways)
        guard answer.hasPrefix("HTTP/1.1 202 "), let end = answer.firstRange(of: "\r\n\r\n") else { return answer }
        return String(answer[end.upperBound...])
    }

    private static let new = #"{"accepted":1,"duplicate":0,"ignored":0}"#
    private static let known = #"{"accepted":0,"duplicate":1,"ignored":0}"#

    private static func stamped(_ time: String) -> String {
        #"{"topicName":"v2.users.\#(Sample.user).presence","timestamp":"\#(time)","#
            + #""eventBody":{"presenceDefinition":{"systemPresence":"BREAK"}}}"#
    }

    @Test("a message that is sent again is one event, also when its body and its times are others by then")
    func knowsDelivery() async throws {
        #expect(try await deliver("msg_1", Self.stamped("2026-03-10T14:06:00.000Z")) == Self.new)
        // Long after the window in which the same content counts as one event.
        test.advance(.seconds(86_400))
        #expect(try await deliver("msg_1", Self.stamped("2026-03-11T14:06:00.000Z")) == Self.known)
        #expect(try await deliver("msg_1", Sample.presence("MEAL")) == Self.known)
        #expect(try await deliver("msg_2", Sample.presence("MEAL")) == Self.new)
        #expect(try await test.stored().map(\.key) == ["wh:msg_1.0", "wh:msg_2.0"])
        await test.journal.close()
    }

    @Test("the same content in two messages is two events")
    func tellsDeliveriesApart() async throws {
        #expect(try await deliver("msg_1", Sample.presence()) == Self.new)
        #expect(try await deliver("msg_2", Sample.presence()) == Self.new)
        await test.journal.close()
    }

    @Test("each event of a message has its place in it, whatever is ignored")
    func tellsElementsApart() async throws {
        let batch = "[\(Sample.presence()),\(Sample.unused),\(Sample.presence())]"
        #expect(try await deliver("msg_1", batch) == #"{"accepted":2,"duplicate":0,"ignored":1}"#)
        #expect(try await deliver("msg_1", batch) == #"{"accepted":0,"duplicate":2,"ignored":1}"#)
        #expect(try await test.stored().map(\.key) == ["wh:msg_1.0", "wh:msg_1.2"])
        await test.journal.close()
    }

    @Test("what unsigned headers call the event makes no new one of a message that is sent again")
    func unsignedNames() async throws {
        func fields(_ id: String) -> [String] {
            ["ce-specversion: 1.0", "ce-type: presence", "ce-source: anybody", "ce-id: \(id)"]
        }
        #expect(try await deliver("msg_1", Sample.presence(), fields("1")) == Self.new)
        test.advance(.seconds(86_400))
        #expect(try await deliver("msg_1", Sample.presence(), fields("2")) == Self.known)
        #expect(try await deliver("msg_1", Sample.presence()) == Self.known)
        #expect(try await test.stored().map(\.key) == ["wh:msg_1.0"])
        await test.journal.close()
    }

    @Test("the id of an envelope goes before that of the delivery")
    func prefersEnvelope() async throws {
        #expect(try await deliver("msg_1", Sample.envelope("e1")) == Self.new)
        #expect(try await deliver("msg_2", Sample.envelope("e1")) == Self.known)
        #expect(try await deliver("msg_1", Sample.envelope("e2")) == Self.new)
        #expect(try await test.stored().map(\.key) == ["eb:e1", "eb:e2"])
        await test.journal.close()
    }

    @Test("a webhook-id that nobody has signed is no id: not of another scheme's sender, and not of one who is refused")
    func needsProof() async throws {
        #expect(try await deliver("msg_1", Sample.presence("MEAL")) == Self.new)
        let unsigned = [
            "webhook-id: msg_1", "webhook-timestamp: \(test.now.unixSeconds)", "webhook-signature: v1,\(Self.wrongTag)",
        ]
        let withKey = unsigned + ["X-API-Key: key-of-another-sender"]
        let ways = [standardWebhooks, .apiKey(header: "X-API-Key", values: ["key-of-another-sender"])]
        #expect(try await send(Sample.presence(), withKey, ways) == Self.new)
        #expect(try await send(Sample.presence(), unsigned, ways).hasPrefix("HTTP/1.1 401 "))
        #expect(try await test.stored().map { $0.key.prefix(7) } == ["wh:msg_", "sha256:"])
        await test.journal.close()
    }

    private static let wrongTag = String(repeating: "A", count: 43) + "="
}
