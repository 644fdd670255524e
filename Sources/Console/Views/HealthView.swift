// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// How good things are, in the words of the health check draft that others already parse.
public enum HealthStatus: String, Codable, Sendable, CaseIterable {
    /// Fine.
    case pass
    /// Works, but somebody should look.
    case warn
    /// Does not work.
    case fail
}

/// One thing that was checked.
///
/// Anybody may read it, so it holds no folder, address, id, value or error text of another system.
public struct HealthCheck: Codable, Sendable, Equatable {
    /// The outcome.
    public var status: HealthStatus
    /// One sentence for a person, when it is not `pass`.
    public var message: String?
    /// When it began to be so.
    public var since: Timestamp?
    /// The file that it is about, as seen from the folder of the configuration.
    public var file: String?
    /// Numbers behind the outcome, by name (`pending`, `lagSeconds`).
    public var values: [String: Double]?

    /// An outcome, and what is behind it.
    public init(
        _ status: HealthStatus,
        message: String? = nil,
        since: Timestamp? = nil,
        file: String? = nil,
        values: [String: Double]? = nil
    ) {
        self.status = status
        self.message = message
        self.since = since
        self.file = file
        self.values = values
    }
}

/// The relay's health: `GET /healthz`; `/readyz` answers from the same view.
public struct HealthView: Codable, Sendable, Equatable {
    /// The rule set in force.
    public struct Rules: Codable, Sendable, Equatable {
        /// A hash of the rule file.
        public var version: String
        /// How many rules it has.
        public var count: Int

        /// A hash and a count.
        public init(version: String, count: Int) {
            self.version = version
            self.count = count
        }
    }

    /// The whole.
    public var status: HealthStatus
    /// The relay's version; the console fills it in from its configuration.
    public var version: String?
    /// `act` or `observe`.
    public var mode: String?
    /// The rule set in force.
    public var rules: Rules
    /// What was checked: `journal`, `genesys`, `delivery`, `directory`, `rules`.
    public var checks: [String: HealthCheck]
    /// Why no events can be taken now (`starting`, `journal not writable`, `draining`); absent = ready.
    public var notReady: [String]?

    /// A healthy relay unless said otherwise.
    public init(
        status: HealthStatus,
        mode: String? = nil,
        rules: Rules,
        checks: [String: HealthCheck] = [:],
        notReady: [String]? = nil
    ) {
        self.status = status
        self.mode = mode
        self.rules = rules
        self.checks = checks
        self.notReady = notReady
    }

    /// Whether events can be taken.
    public var isReady: Bool { notReady?.isEmpty ?? true }
}
