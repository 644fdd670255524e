// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// The measured server as a child process with a scratch folder; both are gone after `stop`.
struct SubjectProcess {
    let url: String
    private let process: Process
    private let folder: URL

    init(_ subject: Subject, apiURL: String) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "latency-probe-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = folder.appending(path: "output")
        let errors = folder.appending(path: "errors")
        for file in [output, errors] { try Data().write(to: file) }

        process = Process()
        switch subject {
        case .bare:
            process.executableURL = URL(filePath: CommandLine.arguments[0])
            process.arguments = ["forward", apiURL]
        case .relay(let binary):
            let configuration = folder.appending(path: "relay.yaml")
            try Data(Self.configuration(apiURL: apiURL, folder: folder.path).utf8).write(to: configuration)
            process.executableURL = URL(filePath: binary)
            process.arguments = ["serve", "--config", configuration.path]
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()

        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline, process.isRunning {
            let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
            // A whole line, so that a port is never read in half.
            if let match = text.firstMatch(of: /(http:\/\/127\.0\.0\.1:\d+)\s/) {
                url = String(match.1)
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        let said = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
        throw ProbeError(message: "\(subject.name) printed no address: \(said.suffix(2000))")
    }

    func stop() async {
        process.terminate()
        let deadline = ContinuousClock.now + .seconds(10)
        while process.isRunning, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(50)) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// As many requests as can be configured: the measurement is of the way through the relay, not of the budget.
    private static func configuration(apiURL: String, folder: String) -> String {
        """
        server: { listen: "127.0.0.1:0", drainDelay: 0s }
        webhook: { authentication: [ { apiKey: { header: X-API-Key, values: [benchmark-key] } } ] }
        admin: { tokens: [benchmark-admin-token] }
        genesys:
          apiURL: "\(apiURL)"
          loginURL: "\(apiURL)"
          clients: [ { id: benchmark, secret: benchmark-secret } ]
          requestsPerMinute: 100000
        journal: { url: "sqlite:\(folder)/relay.db" }
        statuses:
          Break: { presence: Break }
          Meeting: { presence: Meeting }
        rules:
          - name: flagged
            when: { conversation: { media: call, state: connected, attributes.wfm_status: { in: [Break, Meeting] } } }
            then: { status: "${conversation.attributes.wfm_status}" }

        """
    }
}
