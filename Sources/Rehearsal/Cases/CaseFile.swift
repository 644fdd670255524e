// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax
import GenesysEvents
public import Pipeline

/// A file of tests for status rules, as `presence-relay rules test` and the relay's own scenario tests run them.
///
/// ```yaml
/// config: relay.yaml               # the rules under test, beside this file; or statuses: and rules: written here
/// maxEventAge: 2m                  # settings of relay.yaml that decisions depend on may be written here as well
/// directory:                       # ids of what rules call by name; a name that is not here is its own id
///   queues: { Support: 22222222-bbbb-4bbb-8bbb-000000000001 }
/// cases:
///   - name: a call flagged as a break
///     agent: { id: a1, name: Ada, queues: [Support], managementUnits: [], teams: [], groups: [] }
///     given:                       # facts at the start, by the names that rules have for them
///       presence: On Queue         # or { system, label, definitionId, message, since }
///       routingStatus: INTERACTING # or { status, since }
///       adherence: { scheduled: Break, state: OutOfAdherence }
///       outOfOffice: false
///       activeQueues: [Support]
///       conversations:             # found again by id; media is call and state connected unless they say otherwise
///         - { id: c1, attributes: { wfm_status: Break } }
///     at: 2026-03-02T09:00:00Z     # the clock at the start (the default)
///     steps:
///       - expect: { status: Break, rule: flagged by the desktop }
///       - after: 5m                # since the step before; or at: TIME; without either: at once, or when the event says
///         change: { conversations: [ { id: c1, held: true } ] }   # facts as in given, merged into what is known
///       - event: fixtures/x.json   # or { file, elements: 4-7 }, a notification written out, or a list of these
///         expect: { status: none, calls: [On Queue], release: On Queue }
/// ```
///
/// Without `agent.id` the agent is the one of the first event. Every call counts as done at once, and timers fire at their
/// own times while the clock goes on. What is expected: ``CaseExpectation``.
public struct CaseFile: Sendable {
    /// As the caller named it.
    public var path: String
    /// In the order of the file.
    public var cases: [RuleCase]
    /// The decisions under test.
    public var engine: DecisionEngine
    /// What the file says of names that only an organisation can resolve.
    var directory: CaseDirectory

    /// Where the parts of a case file come from that it only names.
    public struct Sources {
        /// The bytes of a file.
        public var file: (_ path: String) throws -> [UInt8]
        /// The decisions of a `relay.yaml`; `nil` when it has errors, which are then reported.
        public var configuration: (_ path: String, _ diagnostics: Diagnostics) -> DecisionEngine?
        /// `statuses:` and `rules:` of the file at a path with all that they only name.
        public var rules: (_ written: Rules, _ path: String, _ diagnostics: Diagnostics) -> Rules

        /// `statuses:` and `rules:`; `nil` = not written.
        public typealias Rules = (statuses: ConfigurationNode?, rules: ConfigurationNode?)

        /// From functions; without the last one a file must hold its rules itself.
        public init(
            file: @escaping (_ path: String) throws -> [UInt8],
            configuration: @escaping (_ path: String, _ diagnostics: Diagnostics) -> DecisionEngine?,
            rules: @escaping (_ written: Rules, _ path: String, _ diagnostics: Diagnostics) -> Rules = { rules, _, _ in
                rules
            }
        ) {
            self.file = file
            self.configuration = configuration
            self.rules = rules
        }
    }
}

/// One case of a file.
public struct RuleCase: Sendable {
    /// What it shows.
    public var name: String
    /// Where it begins.
    public var location: SourceLocation
    /// Whose case it is.
    var agentID: String
    var agentName: String?
    var memberships: [String]
    /// Facts at the start.
    var given: GivenFacts
    /// The clock at the start.
    var start: Timestamp
    var steps: [CaseStep]

    /// When neither the case nor an event names one.
    static let defaultAgentID = "agent"
}

/// One step of a case.
struct CaseStep: Sendable {
    enum Time: Sendable {
        /// At once, or when the event says.
        case free
        /// Since the step before.
        case after(Duration)
        case at(Timestamp)
    }

    /// From 1.
    var number: Int
    var location: SourceLocation
    var time: Time
    var change: GivenFacts?
    var events: [RecordedEvent]
    var expectation: CaseExpectation?

    /// It only looks at what is there.
    var isBare: Bool {
        guard case .free = time else { return false }
        return change == nil && events.isEmpty
    }
}
