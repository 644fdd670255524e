// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing

extension ChildProcess {
    /// The measured server in front of that API.
    init(_ subject: Subject, apiURL: String) async throws {
        switch subject {
        case .bare:
            try await self.init(name: subject.name, CommandLine.arguments[0]) { _ in ["forward", apiURL] }
        case .relay(let binary):
            try await self.init(name: subject.name, binary) { folder in
                let configuration = folder.appending(path: "relay.yaml")
                try Data(Self.configuration(apiURL: apiURL, folder: folder.path).utf8).write(to: configuration)
                return ["serve", "--config", configuration.path]
            }
        }
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
