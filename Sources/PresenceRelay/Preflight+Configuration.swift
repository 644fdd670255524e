// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Configuration
import GenesysAPI
import GenesysEvents
import HTTPClient
import Logging
import Preflight
import StatusRules

extension Preflight {
    /// Of a configuration, with API clients of its own.
    init(
        _ configuration: RelayConfiguration,
        logger: Logger,
        send: @escaping @Sendable (ClientRequest) async throws(HTTPClientError) -> ClientResponse
    ) {
        let genesys = configuration.genesys
        let gate = CallGate(CallSchedule(genesys), now: { .uptime })
        let clients = genesys.clients.enumerated().map { index, account in
            let notes = ExchangeNotes()
            let api = GenesysAPI(
                configuration: GenesysAPI.Configuration(
                    apiURL: genesys.apiURL,
                    loginURL: genesys.loginURL,
                    clientID: account.id,
                    clientSecret: account.secret.value
                ),
                logger: logger,
                now: { .uptime },
                observe: { notes.note($0, now: .now) },
                send: send
            )
            return Client(
                name: account.id,
                requestsPerMinute: account.requestsPerMinute,
                api: api,
                gate: gate,
                index: index,
                notes: notes
            )
        }
        self.init(configuration, clients: clients)
    }

    /// Of a configuration, with the clients of a running relay.
    init(_ configuration: RelayConfiguration, clients: [Client]) {
        self.init(
            clients: clients,
            needs: PreflightNeeds(configuration),
            resolve: { configuration.rules.statuses.resolved(in: $0) },
            now: { .now }
        )
    }
}

extension PreflightNeeds {
    init(_ configuration: RelayConfiguration) {
        self.init()
        writes = configuration.mode == .act
        userIDs = configuration.agents.includeUsers
        adherence = configuration.verify.adherence
        explanations = configuration.rules.explains
        names = NameNeed.Kind.allCases.compactMap { kind in
            let references = configuration.names.filter { NameNeed.Kind($0.kind) == kind }
            guard !references.isEmpty else { return nil }
            return NameNeed(kind, members: references.contains(where: \.needsMembers))
        }
        guard configuration.rules.tags else { return }
        tags =
            switch configuration.tags {
            case .participantAttributes: .participantAttributes
            case .customAttributes(.id(let id)): .customAttributes(schema: id, create: false)
            case .customAttributes(.name(let name, let create)): .customAttributes(schema: name, create: create)
            }
    }
}

extension PreflightNeeds.NameNeed.Kind {
    /// `nil` = presence definitions are looked at anyway.
    fileprivate init?(_ kind: DirectoryKind) {
        switch kind {
        case .queue: self = .queues
        case .wrapupCode: self = .wrapupCodes
        case .managementUnit: self = .managementUnits
        case .team: self = .teams
        case .group: self = .groups
        case .presence: return nil
        }
    }
}

extension CallSchedule {
    /// A budget for each OAuth client.
    init(_ genesys: RelayConfiguration.Genesys) {
        self.init(budgets: genesys.clients.map { RequestBudget(requestsPerMinute: $0.requestsPerMinute) })
    }
}

extension [String: StatusDefinition] {
    /// What became of each, by name.
    func resolved(in definitions: [PresenceDefinition]) -> [ResolvedStatus] {
        keys.sorted().compactMap { name in
            guard let status = self[name] else { return nil }
            do throws(UnresolvedNames) {
                let targets = try StatusTargets(resolving: [name: status], in: definitions).targets
                let id = targets[name]?.definitionID
                guard let definition = definitions.first(where: { $0.id == id }) else { return nil }
                return ResolvedStatus(name: name, outcome: .definition(definition))
            } catch {
                return ResolvedStatus(name: name, outcome: .failure(error.description))
            }
        }
    }
}
