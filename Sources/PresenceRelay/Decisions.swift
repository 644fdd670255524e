// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Configuration
import ConfigurationSyntax
import GenesysAPI
import Pipeline
import StatusRules

/// What decisions are made by: a configuration with all of its names resolved.
struct Decisions: Sendable {
    var configuration: RelayConfiguration
    /// The presence of each status by its name.
    var targets: [String: PresenceTarget]
    /// What other names mean, and who belongs to it.
    var directory: DirectorySnapshot

    var engine: DecisionEngine { DecisionEngine(configuration, targets: targets, directory: directory) }
}

/// Names of the configuration that lead to nothing in the organisation, or not to one thing.
struct UnresolvedNames: Error, CustomStringConvertible {
    var diagnostics: [Diagnostic]

    /// One line for each.
    var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// The newest configuration without errors, which is in force once its names are resolved.
struct Latest: Sendable {
    private(set) var configuration: RelayConfiguration
    /// Grows with each.
    private(set) var number = 0

    init(configuration: RelayConfiguration) { self.configuration = configuration }

    mutating func take(_ new: RelayConfiguration) {
        configuration = new
        number += 1
    }
}

extension RelayConfiguration {
    /// All that only the organisation can resolve, but the presences of statuses.
    var names: [DirectoryReference] { rules.references + agents.includeUnits }

    /// How many different ones there are.
    var nameCount: Int { Set(names.map { "\($0.kind) \($0.text)" }).count }
}

extension DecisionEngine {
    /// - Parameter directory: what names mean; `nil` = without a network, where nobody knows.
    init(_ configuration: RelayConfiguration, targets: [String: PresenceTarget], directory: DirectorySnapshot?) {
        self.init(
            rules: directory.map { configuration.rules.resolved(with: $0) } ?? configuration.rules,
            targets: targets,
            policy: EpisodePolicy(
                maxEventAge: configuration.maxEventAge,
                maxReleaseAge: configuration.maxReleaseAge,
                conversationTimeout: configuration.conversationTimeout,
                mayTouch: configuration.agents.mayTouch(in: directory)
            ),
            mode: configuration.mode == .act ? .act : .observe,
            verifiesAdherence: configuration.verify.adherence
        )
    }
}
