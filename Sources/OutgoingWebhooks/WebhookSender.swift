// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import Credentials
public import Delivery
public import GenesysEvents
public import HTTPClient
import Synchronization

/// Where messages of one name go.
public struct WebhookEndpoint: Sendable {
    /// `https`, or `http` where the configuration allows it.
    public var url: String
    /// Each signs every message, so that receivers can change from one to another; never empty.
    public var keys: [WebhookSigningKey]
    /// For the whole answer.
    public var timeout: Duration

    /// An endpoint.
    public init(url: String, keys: [WebhookSigningKey], timeout: Duration) {
        self.url = url
        self.keys = keys
        self.timeout = timeout
    }
}

/// Signs messages and sends them, once each time it is told to.
public final class WebhookSender: Sendable {
    private let endpoints: Mutex<[String: WebhookEndpoint]>
    private let version: String
    private let now: @Sendable () -> Timestamp
    private let send: @Sendable (ClientRequest) async throws(HTTPClientError) -> ClientResponse

    /// More of an answer nobody reads.
    private static let maxAnswerBytes = 65_536

    /// - Parameters:
    ///   - endpoints: by name.
    ///   - version: of the relay, for `User-Agent`.
    public init(
        endpoints: [String: WebhookEndpoint],
        version: String,
        now: @escaping @Sendable () -> Timestamp,
        send: @escaping @Sendable (ClientRequest) async throws(HTTPClientError) -> ClientResponse
    ) {
        self.endpoints = Mutex(endpoints)
        self.version = version
        self.now = now
        self.send = send
    }

    /// Other endpoints from now on, for the reload.
    public func replace(_ endpoints: [String: WebhookEndpoint]) {
        self.endpoints.withLock { $0 = endpoints }
    }

    /// One attempt. The time of the attempt is signed with the message, so that a recorded one cannot be sent later.
    public func attempt(_ message: NotificationMessage) async -> NotificationAnswer {
        guard let endpoint = endpoints.withLock({ $0[message.endpoint] }) else {
            return .failure(code: "endpoint", message: "no such endpoint is configured any more", isRetryable: false)
        }
        let body = message.body
        let time = now()
        let signatures = endpoint.keys.map { $0.signature(id: message.id, timestamp: time, body: body) }
        let request = ClientRequest(
            method: "POST",
            url: endpoint.url,
            headers: [
                (name: "Content-Type", value: "application/json"),
                (name: "User-Agent", value: "presence-relay/\(version)"),
                (name: "webhook-id", value: message.id),
                (name: "webhook-timestamp", value: String(time.unixSeconds)),
                (name: "webhook-signature", value: signatures.joined(separator: " ")),
            ],
            body: body,
            timeout: endpoint.timeout,
            maxResponseBytes: Self.maxAnswerBytes
        )
        do throws(HTTPClientError) {
            let response = try await send(request)
            return .status(response.status, retryAfter: response.retryAfter(now: time))
        } catch {
            // What it says after its status does not matter.
            if error.code == .bodyTooLarge, let status = error.status { return .status(status) }
            return .failure(
                code: error.code.description,
                message: error.message,
                isRetryable: error.code != .invalidURL && error.code != .invalidRequest
            )
        }
    }
}
