// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
import GenesysAPI
import GenesysEvents
public import StatusRules

extension RuleSet {
    /// The presence of each configured status without a network: well-known ids, and labels in the place of ids that only
    /// the organisation knows (`id of 'Team huddle'`).
    public var offlineTargets: [String: PresenceTarget] {
        statuses.mapValues { status in
            let message = status.message ?? ""
            return switch status.presence {
            case .system(let system):
                PresenceTarget(
                    definitionID: system.wellKnownDefinitionID ?? system.name,
                    system: system,
                    message: message
                )
            case .label(let label, let system):
                PresenceTarget(definitionID: "id of '\(label)'", system: system, label: label, message: message)
            case .id(let id): PresenceTarget(definitionID: id, message: message)
            }
        }
    }
}
