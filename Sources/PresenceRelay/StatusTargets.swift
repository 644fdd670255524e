// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysAPI
import GenesysEvents
import StatusRules

/// The presence of each configured status.
struct StatusTargets: Sendable {
    /// By status name.
    var targets: [String: PresenceTarget] = [:]

    /// No status.
    init() {}

    /// Resolves against the organisation's definitions. Reports every status that does not name exactly one.
    init(resolving statuses: [String: StatusDefinition], in definitions: [PresenceDefinition]) throws(UnresolvedNames) {
        let catalog = PresenceCatalog(definitions)
        var failures: [Diagnostic] = []
        for status in statuses.values.sorted(by: { $0.name < $1.name }) {
            do throws(PresenceCatalogError) {
                let definition =
                    switch status.presence {
                    case .system(let system): try catalog.resolve(system: system)
                    case .label(let label, let system): try catalog.resolve(label: label, system: system)
                    case .id(let id): try catalog.resolve(id: id)
                    }
                targets[status.name] = PresenceTarget(
                    definitionID: definition.id,
                    system: definition.systemPresence,
                    label: definition.label,
                    message: status.message ?? ""
                )
            } catch {
                failures.append(Diagnostic(.error, at: status.location, "status '\(status.name)': \(error)"))
            }
        }
        guard failures.isEmpty else { throw UnresolvedNames(diagnostics: failures) }
    }
}

extension PresenceDefinition {
    /// The English label, else the first by locale.
    var label: String? {
        labels["en_US"] ?? labels["en"] ?? labels.min { $0.key < $1.key }?.value
    }
}
