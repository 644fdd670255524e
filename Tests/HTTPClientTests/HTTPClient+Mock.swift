// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Logging
import Testing

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs a client against a scripted server and ends both.
func withServer<Result>(
    _ script: @escaping @Sendable (RawServer.Connection) -> Void,
    configuration: HTTPClient.Configuration = .init(),
    _ body: (HTTPClient, RawServer) async throws -> Result
) async throws -> Result {
    let server = try RawServer(script: script)
    defer { server.stop() }
    return try await withClient(configuration) { try await body($0, server) }
}

func withClient<Result>(
    _ configuration: HTTPClient.Configuration = .init(),
    _ body: (HTTPClient) async throws -> Result
) async throws -> Result {
    let client = try HTTPClient(configuration: configuration, logger: quiet)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

/// The error of a call that must fail.
func failure(_ client: HTTPClient, _ request: ClientRequest) async -> HTTPClientError? {
    do throws(HTTPClientError) {
        let response = try await client.send(request)
        Issue.record("answered \(response.status)")
        return nil
    } catch {
        return error
    }
}

/// Waits for something that another thread is about to do.
func eventually(_ what: Comment, within limit: Duration = .seconds(10), _ condition: () -> Bool) async {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record(what)
            return
        }
        await Task.yield()
        try? await Task.sleep(for: .milliseconds(2))
    }
}

extension ClientResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}
