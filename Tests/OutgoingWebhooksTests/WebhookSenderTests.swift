// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Delivery
import Foundation
import GenesysEvents
import HTTPClient
import HTTPServer
import Logging
import OutgoingWebhooks
import Synchronization
import Testing

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A receiver on loopback, and a sender to it.
private final class Receiver: Sendable {
    let server: HTTPServer
    let client: HTTPClient
    let url: String
    private let seen: Seen

    private final class Seen: Sendable {
        let requests = Mutex<[HTTPRequest]>([])
    }

    static let old = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let new = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    static let now = Timestamp(milliseconds: 1_700_000_000_500)
    static let message = NotificationMessage(
        errandID: "notify-1",
        endpoint: "wallboard",
        timestamp: Timestamp(milliseconds: 1_699_999_999_000),
        agentID: "a1",
        agentName: "Zoë",
        rule: "flagged",
        status: "Break",
        conversationID: "c1",
        since: Timestamp(milliseconds: 1_699_999_998_000),
        rulesVersion: "0123456789abcdef",
        data: ["queue": "Sales/EMEA"]
    )

    init(answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse) async throws {
        var configuration = HTTPServerConfiguration()
        configuration.listen = [.ip("127.0.0.1", port: 0)]
        let seen = Seen()
        self.seen = seen
        server = HTTPServer(configuration: configuration, logger: quiet) { request in
            seen.requests.withLock { $0.append(request) }
            return await answer(request)
        }
        client = try HTTPClient(logger: quiet)
        guard case .ip(_, let port)? = try await server.start().first else { preconditionFailure("no address") }
        url = "http://127.0.0.1:\(port)/hook?token=1"
    }

    var received: [HTTPRequest] { seen.requests.withLock { $0 } }

    func sender(url: String? = nil, keys: [String] = [old], timeout: Duration = .seconds(5)) -> WebhookSender {
        let endpoint = WebhookEndpoint(
            url: url ?? self.url,
            keys: keys.compactMap { WebhookSigningKey($0) },
            timeout: timeout
        )
        return WebhookSender(
            endpoints: ["wallboard": endpoint],
            version: "1.2.3",
            now: { Self.now },
            send: { [client] request throws(HTTPClientError) in try await client.send(request) }
        )
    }

    func end() async {
        await client.shutdown()
        await server.shutdown(deadline: .seconds(5))
    }
}

private func withReceiver(
    answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse = { _ in HTTPResponse(status: HTTPStatus(204)) },
    _ body: (Receiver) async throws -> Void
) async throws {
    let receiver = try await Receiver(answer: answer)
    do {
        try await body(receiver)
    } catch {
        await receiver.end()
        throw error
    }
    await receiver.end()
}

@Suite("WebhookSender")
struct WebhookSenderTests {
    @Test("a message arrives with its id, the time of the attempt, and a signature of each key over the very bytes")
    func arrives() async throws {
        try await withReceiver { receiver in
            let answer = await receiver.sender(keys: [Receiver.old, Receiver.new]).attempt(Receiver.message)
            #expect(answer == .status(204))
            let request = try #require(receiver.received.first)
            #expect(request.method == .post)
            #expect(request.target == "/hook?token=1")
            #expect(request.headers["Content-Type"] == "application/json")
            #expect(request.headers["User-Agent"] == "presence-relay/1.2.3")
            #expect(request.headers["webhook-id"] == Receiver.message.id)
            #expect(request.headers["webhook-timestamp"] == "1700000000")
            let expected = [Receiver.old, Receiver.new].compactMap { WebhookSigningKey($0) }.map {
                $0.signature(id: Receiver.message.id, timestamp: Receiver.now, body: request.body)
            }
            #expect(request.headers["webhook-signature"] == expected.joined(separator: " "))
            #expect(expected.count == 2)
            let json = try #require(try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
            #expect(Set(json.keys) == ["type", "timestamp", "data"])
            #expect(json["type"] as? String == "presence-relay.rule.matched")
            #expect(json["timestamp"] as? String == "2023-11-14T22:13:19.000Z")
            #expect(
                json["data"] as? [String: String] == [
                    "agentId": "a1", "agentName": "Zoë", "rule": "flagged", "status": "Break", "conversationId": "c1",
                    "since": "2023-11-14T22:13:18.000Z", "rulesVersion": "0123456789abcdef", "queue": "Sales/EMEA",
                ]
            )
        }
    }

    @Test("a redirect is not followed")
    func redirect() async throws {
        try await withReceiver(answer: { _ in
            HTTPResponse(status: HTTPStatus(307), headers: ["Location": "/elsewhere"])
        }) { receiver in
            #expect(await receiver.sender().attempt(Receiver.message) == .status(307))
            #expect(receiver.received.map(\.path) == ["/hook"])
        }
    }

    @Test("of an answer that is too long only the status counts")
    func longAnswer() async throws {
        try await withReceiver(answer: { _ in
            HTTPResponse(status: HTTPStatus(200), body: .bytes([UInt8](repeating: 65, count: 1_000_000)))
        }) { receiver in
            #expect(await receiver.sender().attempt(Receiver.message) == .status(200))
        }
    }

    @Test(
        "Retry-After is read as seconds or as a date",
        arguments: [
            ("7", Duration.seconds(7)), (" 7 ", .seconds(7)), ("99999999", .seconds(3600)), ("-1", nil), ("soon", nil),
            ("Tue, 14 Nov 2023 22:13:50 GMT", .seconds(30)), ("Tue, 14 Nov 2023 22:13:00 GMT", nil),
        ] as [(String, Duration?)]
    )
    func retryAfter(header: String, duration: Duration?) async throws {
        try await withReceiver(answer: { _ in
            HTTPResponse(status: HTTPStatus(429), headers: ["Retry-After": header])
        }) { receiver in
            #expect(await receiver.sender().attempt(Receiver.message) == .status(429, retryAfter: duration))
        }
    }

    @Test("who does not answer in time, or is not there, has not answered; a host alone is named")
    func unanswered() async throws {
        try await withReceiver(answer: { _ in
            // Longer than the sender waits; ended with the server.
            try? await Task.sleep(for: .seconds(60))
            return HTTPResponse(status: HTTPStatus(204))
        }) { receiver in
            let late = await receiver.sender(timeout: .milliseconds(100)).attempt(Receiver.message)
            guard case .failure("timeout", let text, true) = late else { return #expect(Bool(false), "\(late)") }
            #expect(!text.contains("token"))
            let nobody = await receiver.sender(url: "http://127.0.0.1:1/hook?token=1").attempt(Receiver.message)
            guard case .failure("connect", let reason, true) = nobody else { return #expect(Bool(false), "\(nobody)") }
            #expect(!reason.contains("token"))
        }
    }

    @Test("endpoints are exchanged while it runs; one that is gone fails for good")
    func replaced() async throws {
        try await withReceiver { receiver in
            let sender = receiver.sender(keys: [Receiver.old])
            let key = try #require(WebhookSigningKey(Receiver.new))
            sender.replace(["wallboard": WebhookEndpoint(url: receiver.url, keys: [key], timeout: .seconds(5))])
            #expect(await sender.attempt(Receiver.message) == .status(204))
            let request = try #require(receiver.received.first)
            let signature = key.signature(id: Receiver.message.id, timestamp: Receiver.now, body: request.body)
            #expect(request.headers["webhook-signature"] == signature)
            sender.replace([:])
            let gone = await sender.attempt(Receiver.message)
            guard case .failure("endpoint", _, false) = gone else { return #expect(Bool(false), "\(gone)") }
            #expect(receiver.received.count == 1)
        }
    }
}
