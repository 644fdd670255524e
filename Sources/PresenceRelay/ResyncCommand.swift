// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Console
import Foundation

struct ResyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resync",
        abstract: "Asks a running relay to read agents anew from Genesys and to look at them again."
    )

    @Option(help: "An agent's user id; may be given again. None = all that the relay knows.")
    var agent: [String] = []

    @Flag(help: "Wait for the end, with progress; exit code 1 when agents could not be read.")
    var wait = false

    @OptionGroup var relay: RunningRelayOptions

    func run() async throws {
        let job = try await relay.withClient(work)
        if wait, job.state != .done || job.failed > 0 { throw ExitCode(1) }
    }

    private func work(_ client: AdminClient) async throws -> ResyncJobView {
        let body = agent.isEmpty ? [:] : ["agents": agent]
        let request = Array(try JSONEncoder().encode(body))
        var job: ResyncJobView = try await client.successfully("POST", "/v1/resync", body: request)
        say(job.line)
        while wait, job.state == .running {
            try await Task.sleep(for: .milliseconds(200))
            let before = job
            job = try await client.successfully("GET", "/v1/resyncs/\(job.id)")
            if job != before { say(job.line) }
        }
        return job
    }
}

extension ResyncJobView {
    fileprivate var line: String {
        "\(id)  \(state.rawValue)  \(done)/\(total) read, \(changed) changed, \(failed) failed"
    }
}
