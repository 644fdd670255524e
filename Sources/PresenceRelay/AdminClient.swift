// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Foundation
import HTTPClient

/// Which running relay a command talks to.
struct RunningRelayOptions: ParsableArguments {
    @Option(help: "The running relay.")
    var url = "http://127.0.0.1:8080"

    @Option(help: "Name of the environment variable that holds the admin token.")
    var tokenVariable = "RELAY_ADMIN_TOKEN"

    @OptionGroup var logging: LoggingOptions

    /// Lends a client of the relay's admin API.
    func withClient<Value>(_ body: (AdminClient) async throws -> Value) async throws -> Value {
        let client = try HTTPClient(logger: logging.logger())
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(AdminClient(client: client, relay: self)))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        return try result.get()
    }
}

/// The admin API of a running relay, for commands.
struct AdminClient {
    fileprivate let client: HTTPClient
    fileprivate let relay: RunningRelayOptions

    /// What the relay answered that is no success; `message` says it to people, without the `error:`.
    struct Refusal: Error {
        var status: Int
        var message: String
    }

    /// The answer of a call that succeeds; ends the command with code 1 when the relay does not answer or takes no token.
    func call(_ method: String, _ path: String, body: [UInt8]? = nil) async throws -> ClientResponse {
        var request = ClientRequest(method: method, url: relay.url + path, body: body)
        if body != nil { request.headers.append((name: "Content-Type", value: "application/json")) }
        if let token = ProcessInfo.processInfo.environment[relay.tokenVariable] {
            request.headers.append((name: "Authorization", value: "Bearer \(token)"))
        }
        let answer: ClientResponse
        do {
            answer = try await client.send(request)
        } catch {
            complain("error: the relay at \(relay.url) does not answer: \(error.message)")
            throw ExitCode(1)
        }
        guard !(200..<300).contains(answer.status) else { return answer }
        let detail = (try? JSONDecoder().decode(Problem.self, from: Data(answer.body)))?.detail
        let message = "the relay at \(relay.url) answered \(answer.status)" + (detail.map { ": \($0)" } ?? "")
        guard answer.status != 401 else {
            complain("error: \(message); set \(relay.tokenVariable) to an admin token of the relay")
            throw ExitCode(1)
        }
        throw Refusal(status: answer.status, message: message)
    }

    /// The same for calls of which none may be refused.
    func successfully<Value: Decodable>(
        _ method: String,
        _ path: String,
        body: [UInt8]? = nil,
        as type: Value.Type = Value.self
    ) async throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(try await call(method, path, body: body).body))
        } catch let refusal as Refusal {
            complain("error: \(refusal.message)")
            throw ExitCode(1)
        } catch is DecodingError {
            complain("error: \(relay.url) answers, but not as a relay of this version does")
            throw ExitCode(1)
        }
    }

    /// RFC 9457.
    private struct Problem: Decodable { var detail: String? }
}
