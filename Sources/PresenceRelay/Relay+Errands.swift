// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import Credentials
import Delivery
import GenesysAPI
import GenesysEvents
import OutgoingWebhooks

extension TagTarget {
    init(_ settings: RelayConfiguration.TagSettings) {
        self =
            switch settings {
            case .participantAttributes: .participantAttributes
            case .customAttributes(.id(let id)): .customAttributes(schema: .id(id))
            case .customAttributes(.name(let name, let create)):
                .customAttributes(schema: .name(name, create: create))
            }
    }
}

extension WebhookEndpoint {
    init(_ endpoint: RelayConfiguration.NotificationEndpoint) {
        // The configuration has refused what is no key.
        let keys = endpoint.secrets.compactMap { WebhookSigningKey($0.value) }
        self.init(url: endpoint.url, keys: keys, timeout: endpoint.timeout)
    }
}

extension Errands.Effects {
    /// Calls of the least urgency, under the budgets of all clients.
    init(
        gate: CallGate,
        apis: [GenesysAPI],
        status: RelayStatus,
        report: @escaping @Sendable (ErrandReport) -> Void
    ) {
        self.init(
            pass: { client throws(CancellationError) in
                guard let pass = await gate.enter(.errand, client: client) else { throw CancellationError() }
                return pass
            },
            leave: { pass, outcome in await gate.leave(pass, outcome) },
            call: { client, agentID, call throws(GenesysAPIError) in
                try await status.noting { () throws(GenesysAPIError) in
                    try await call.perform(on: apis[client], agentID: agentID)
                }
            },
            report: report,
            now: { .now }
        )
    }
}

extension AdherenceChecks.Effects {
    /// Calls that verify, under the budgets of all clients.
    init(
        gate: CallGate,
        apis: [GenesysAPI],
        status: RelayStatus,
        report: @escaping @Sendable (AdherenceReport) -> Void,
        observed: @escaping @Sendable ([UserAdherence]) async -> Void
    ) {
        self.init(
            read: { ids throws(GenesysAPIError) in
                try await gate.call(.verify) { (client) async throws(GenesysAPIError) in
                    try await status.noting { () throws(GenesysAPIError) in
                        try await apis[client].adherence(userIDs: ids)
                    }
                }
            },
            activityCodes: { id throws(GenesysAPIError) in
                try await gate.call(.verify) { (client) async throws(GenesysAPIError) in
                    try await apis[client].activityCodes(businessUnitID: id)
                }
            },
            primarySource: { id throws(GenesysAPIError) in
                try await gate.call(.verify) { (client) async throws(GenesysAPIError) in
                    try await apis[client].primaryPresenceSource(userID: id)
                }
            },
            definition: { id in status.definition(id).map { ($0.systemPresence, $0.isSystem) } },
            report: report,
            observed: observed,
            now: { .now }
        )
    }
}
