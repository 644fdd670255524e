// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Directory
import GenesysAPI
import HTTPClient
import Logging
import StatusRules

/// The names of a configuration, looked up in its organisation once.
struct OnlineCheck {
    private let configuration: RelayConfiguration
    // What fails is in the findings.
    private let logger = Logger(label: "presence-relay") { _ in SwiftLogNoOpLogHandler() }

    init(_ configuration: RelayConfiguration) { self.configuration = configuration }

    /// In no order; empty = every name leads to one thing.
    func findings() async throws -> [Diagnostic] {
        let http = try HTTPClient(logger: logger)
        let findings = await look(http)
        await http.shutdown()
        return findings
    }

    private func look(_ http: HTTPClient) async -> [Diagnostic] {
        let genesys = configuration.genesys
        var findings: [Diagnostic] = []
        var apis: [GenesysAPI] = [], accounts: [RelayConfiguration.OAuthClient] = []
        for account in genesys.clients {
            let api = GenesysAPI(genesys, account, logger: logger, http)
            do {
                try await api.verifyToken()
                apis.append(api)
                accounts.append(account)
            } catch {
                findings.append(Diagnostic(.error, at: account.location, "this OAuth client gets no token: \(error)"))
            }
        }
        guard let first = accounts.first else { return findings }
        let budgets = accounts.map { RequestBudget(requestsPerMinute: $0.requestsPerMinute) }
        let gate = CallGate(CallSchedule(budgets: budgets), now: { .uptime })
        do {
            let definitions = try await gate.call(.resync) { [apis] client throws(GenesysAPIError) in
                try await apis[client].presenceDefinitions()
            }
            do throws(UnresolvedNames) {
                _ = try StatusTargets(resolving: configuration.rules.statuses, in: definitions)
            } catch {
                findings += error.diagnostics
            }
        } catch {
            findings.append(Diagnostic(.error, at: first.location, "the presence definitions cannot be read: \(error)"))
        }
        let resolver = DirectoryResolver(DirectoryEffects(gate: gate, apis: apis))
        return findings + (await resolver.resolve(configuration.names)).problems.flatMap(\.diagnostics)
    }
}

extension GenesysAPI {
    /// One of the configuration's OAuth clients.
    fileprivate convenience init(
        _ genesys: RelayConfiguration.Genesys,
        _ account: RelayConfiguration.OAuthClient,
        logger: Logger,
        _ http: HTTPClient
    ) {
        self.init(
            configuration: Configuration(
                apiURL: genesys.apiURL,
                loginURL: genesys.loginURL,
                clientID: account.id,
                clientSecret: account.secret.value
            ),
            logger: logger,
            now: { .uptime },
            send: { request throws(HTTPClientError) in try await http.send(request) }
        )
    }
}
