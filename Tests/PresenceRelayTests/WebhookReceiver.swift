// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer
import Logging
import Synchronization

/// An endpoint of `notifications:`, in the test's own process so that it outlives the relays it hears from.
final class WebhookReceiver: Sendable {
    struct Message {
        var id: String
        var timestamp: String
        var signatures: [String]
        var body: String
        var json: JSON { JSON(parsing: body) }
    }

    private final class State: Sendable {
        let messages = Mutex<[Message]>([])
        /// Status codes for the next messages; then 204.
        let answers = Mutex<[Int]>([])
    }

    private let server: HTTPServer
    private let state = State()
    let url: String

    init() async throws {
        var configuration = HTTPServerConfiguration()
        configuration.listen = [.ip("127.0.0.1", port: 0)]
        let state = state
        server = HTTPServer(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) {
            request in
            let message = Message(
                id: request.headers["webhook-id"] ?? "",
                timestamp: request.headers["webhook-timestamp"] ?? "",
                signatures: (request.headers["webhook-signature"] ?? "").split(separator: " ").map(String.init),
                body: String(decoding: request.body, as: UTF8.self)
            )
            state.messages.withLock { $0.append(message) }
            let status = state.answers.withLock { $0.isEmpty ? 204 : $0.removeFirst() }
            return HTTPResponse(status: HTTPStatus(status))
        }
        guard case .ip(_, let port)? = try await server.start().first else { preconditionFailure("no address") }
        url = "http://127.0.0.1:\(port)/hook"
    }

    var messages: [Message] { state.messages.withLock { $0 } }

    /// The next messages are answered so.
    func answer(_ statuses: Int...) { state.answers.withLock { $0 = statuses } }

    func end() async { await server.shutdown(deadline: .seconds(5)) }
}
