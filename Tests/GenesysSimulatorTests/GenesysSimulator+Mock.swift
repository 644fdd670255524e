// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import HTTPServer
import Logging
import Synchronization
import Testing

@testable import GenesysSimulator

private let quiet: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// A running simulator and a client of it.
struct Site: Sendable {
    var base: String
    var simulator: GenesysSimulator
    var client: HTTPClient
    var token = ""

    func control(_ method: String, _ path: String, _ body: String? = nil) async throws -> ClientResponse {
        try await client.send(ClientRequest(method: method, url: base + path, body: body.map { Array($0.utf8) }))
    }

    func post(
        _ path: String,
        _ body: String,
        _ headers: [(name: String, value: String)]
    ) async throws -> ClientResponse {
        try await client.send(
            ClientRequest(method: "POST", url: base + path, headers: headers, body: Array(body.utf8))
        )
    }

    func api(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        timeout: Duration = .seconds(10)
    ) async throws -> ClientResponse {
        try await client.send(
            ClientRequest(
                method: method,
                url: base + path,
                headers: [
                    (name: "Authorization", value: "Bearer \(token)"),
                    (name: "Content-Type", value: "application/json"),
                ],
                body: body.map { Array($0.utf8) },
                timeout: timeout
            )
        )
    }
}

extension ClientResponse {
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
}

/// Runs a simulator for the length of `body`, with a token of its own.
func withSimulator(
    _ configure: (inout SimulatorConfiguration) -> Void = { _ in },
    _ body: (Site) async throws -> Void
) async throws {
    var configuration = SimulatorConfiguration()
    configure(&configuration)
    let simulator = GenesysSimulator(configuration: configuration, logger: quiet)
    let client = try HTTPClient(logger: quiet)
    let result: Result<Void, any Error>
    do {
        let base = try await simulator.start()
        var site = Site(base: base, simulator: simulator, client: client)
        let basic = Data("simulator:simulator".utf8).base64EncodedString()
        let reply = try await client.send(
            ClientRequest(
                method: "POST",
                url: base + "/oauth/token",
                headers: [
                    (name: "Authorization", value: "Basic \(basic)"),
                    (name: "Content-Type", value: "application/x-www-form-urlencoded"),
                ],
                body: Array("grant_type=client_credentials".utf8)
            )
        )
        site.token = try #require(reply.json["access_token"]?.stringValue)
        try await body(site)
        result = .success(())
    } catch {
        result = .failure(error)
    }
    await simulator.stop()
    await client.shutdown()
    try result.get()
}

/// A webhook that answers by a script: one step a request, the last one for all that follow.
final class ScriptedWebhook: Sendable {
    enum Step: Sendable {
        case answer(Int, retryAfter: String?)
        /// No answer while the sender waits.
        case hang
    }

    private struct State {
        var url = ""
        var script: [Step] = [.answer(202, retryAfter: nil)]
        var requests: [HTTPRequest] = []
    }

    private let state = Mutex(State())

    var url: String {
        get { state.withLock(\.url) }
        set { state.withLock { $0.url = newValue } }
    }
    var script: [Step] {
        get { state.withLock(\.script) }
        set { state.withLock { $0.script = newValue } }
    }
    var requests: [HTTPRequest] { state.withLock(\.requests) }

    func handle(_ request: HTTPRequest) async -> HTTPResponse {
        let step = state.withLock { state in
            state.requests.append(request)
            return state.script.count > 1 ? state.script.removeFirst() : state.script[0]
        }
        switch step {
        case .answer(let status, let retryAfter):
            var headers = HTTPHeaders()
            headers["Retry-After"] = retryAfter
            return HTTPResponse(status: HTTPStatus(status), headers: headers)
        case .hang:
            try? await Task.sleep(for: .seconds(60))
            return HTTPResponse(status: HTTPStatus(504))
        }
    }
}

func withWebhook(_ body: (ScriptedWebhook) async throws -> Void) async throws {
    let webhook = ScriptedWebhook()
    var configuration = HTTPServerConfiguration()
    configuration.handlerTimeout = .seconds(90)
    let server = HTTPServer(configuration: configuration, logger: quiet) { await webhook.handle($0) }
    guard case .ip(let host, let port)? = try await server.start().first else { return }
    webhook.url = "http://\(host):\(port)/v1/events"
    let result: Result<Void, any Error>
    do { result = .success(try await body(webhook)) } catch { result = .failure(error) }
    await server.shutdown(deadline: .zero)
    try result.get()
}

/// Waits for a condition, for at most ten seconds.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("not within ten seconds: \(what)")
}
