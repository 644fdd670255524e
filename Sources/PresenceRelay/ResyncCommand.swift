// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Console
import Foundation
import HTTPClient

struct ResyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resync",
        abstract: "Asks a running relay to read agents anew from Genesys and to look at them again."
    )

    @Option(help: "An agent's user id; may be given again. None = all that the relay knows.")
    var agent: [String] = []

    @Flag(help: "Wait for the end, with progress; exit code 1 when agents could not be read.")
    var wait = false

    @Option(help: "The running relay.")
    var url = "http://127.0.0.1:8080"

    @Option(help: "Name of the environment variable that holds the admin token.")
    var tokenVariable = "RELAY_ADMIN_TOKEN"

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let client = try HTTPClient(logger: logging.logger())
        let job = try await work(client)
        await client.shutdown()
        if wait, job.state != .done || job.failed > 0 { throw ExitCode(1) }
    }

    private func work(_ client: HTTPClient) async throws -> ResyncJobView {
        let body = agent.isEmpty ? [:] : ["agents": agent]
        var job = try await call(client, "POST", "/v1/resync", body: Array(try JSONEncoder().encode(body)))
        say(job.line)
        while wait, job.state == .running {
            try await Task.sleep(for: .milliseconds(200))
            let before = job
            job = try await call(client, "GET", "/v1/resyncs/\(job.id)")
            if job != before { say(job.line) }
        }
        return job
    }

    private func call(
        _ client: HTTPClient,
        _ method: String,
        _ path: String,
        body: [UInt8]? = nil
    ) async throws -> ResyncJobView {
        var request = ClientRequest(method: method, url: url + path, body: body)
        if body != nil { request.headers.append((name: "Content-Type", value: "application/json")) }
        if let token = ProcessInfo.processInfo.environment[tokenVariable] {
            request.headers.append((name: "Authorization", value: "Bearer \(token)"))
        }
        let answer: ClientResponse
        do {
            answer = try await client.send(request)
        } catch {
            complain("error: the relay at \(url) does not answer: \(error.message)")
            throw ExitCode(1)
        }
        guard answer.status == 200 || answer.status == 202 else {
            let hint = answer.status == 401 ? "; set \(tokenVariable) to an admin token of the relay" : ""
            complain("error: the relay at \(url) answered \(answer.status)\(hint)")
            throw ExitCode(1)
        }
        return try JSONDecoder().decode(ResyncJobView.self, from: Data(answer.body))
    }
}

extension ResyncJobView {
    fileprivate var line: String {
        "\(id)  \(state.rawValue)  \(done)/\(total) read, \(changed) changed, \(failed) failed"
    }
}
