// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysAPI
public import GenesysEvents
public import Logging

/// Looks whether an organisation has what a configuration needs, by calls that change nothing.
///
/// A right is proven by a call that Genesys refuses for another reason, or that has nothing to do:
/// - setting presences by `PUT /api/v2/users/presences/bulk` with an empty list. It is the one presence write whose
///   permission Genesys documents, it needs no user, and so it cannot touch one. (`PATCH` of a user who does not exist
///   could be answered 404 before the right is looked at.)
/// - explanations, custom attributes and members by calls for the nil UUID (RFC 9562 section 5.9), which nobody has.
///
/// Genesys answers 403 before it looks for the user or conversation; a platform that did not would show as permitted. In
/// which divisions a right holds cannot be seen this way.
public struct Preflight: Sendable {
    /// One OAuth client.
    public struct Client: Sendable {
        var name: String
        var requestsPerMinute: Int
        var api: GenesysAPI
        var gate: CallGate
        var index: Int
        var notes: ExchangeNotes

        /// - Parameters:
        ///   - name: for people: the client's id, as far as it may be shown.
        ///   - requestsPerMinute: its budget, as configured.
        ///   - gate: calls go through it, behind those that matter more.
        ///   - index: the client's place in the gate.
        ///   - notes: what `api` tells each exchange to; the clock and the limits are seen there.
        public init(
            name: String,
            requestsPerMinute: Int,
            api: GenesysAPI,
            gate: CallGate,
            index: Int,
            notes: ExchangeNotes = ExchangeNotes()
        ) {
            self.name = name
            self.requestsPerMinute = requestsPerMinute
            self.api = api
            self.gate = gate
            self.index = index
            self.notes = notes
        }
    }

    /// How much to look at.
    public enum Scope: Sendable {
        /// Everything, in at most ``Preflight/mostCalls`` calls, and ``Preflight/callsForName`` for each kind of name.
        case full
        /// What a relay cannot do without, in at most four: the tokens, the presence definitions, the right to set
        /// presences.
        case start
    }

    /// Calls of a full preflight, tokens among them, for a configuration that names nothing but statuses.
    public static let mostCalls = 15
    /// Calls for queues, and as many for wrap-up codes, management units, teams and groups, where they are named.
    public static let callsForName = 2
    /// The nil UUID: nobody's id.
    static let nobody = "00000000-0000-0000-0000-000000000000"

    let clients: [Client]
    let needs: PreflightNeeds
    let resolve: @Sendable ([PresenceDefinition]) -> [ResolvedStatus]
    let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - clients: at least one; the first does what any of them could.
    ///   - resolve: the configured statuses, in the definitions of the organisation.
    ///   - now: the wall clock.
    public init(
        clients: [Client],
        needs: PreflightNeeds,
        resolve: @escaping @Sendable ([PresenceDefinition]) -> [ResolvedStatus],
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.clients = clients
        self.needs = needs
        self.resolve = resolve
        self.now = now
    }

    /// Makes the checks, one after the other.
    public func run(_ scope: Scope = .full) async -> PreflightReport {
        var run = PreflightRun(self, scope)
        await run.perform()
        return PreflightReport(run.checks)
    }

    /// The short form for a relay that starts: made in the background, it logs what is not as it should be.
    @discardableResult
    public func runAtStart(logger: Logger) async -> PreflightReport {
        let report = await run(.start)
        for check in report.checks where check.result == .fail || check.result == .warn {
            logger.log(
                level: check.result == .fail ? .error : .warning,
                "preflight: \(check.name): \(check.seen)\(check.advice.isEmpty ? "" : ". \(check.advice)")"
            )
        }
        return report
    }
}
