// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import Console
import Delivery
import GenesysAPI
import GenesysEvents
import Journal
import Pipeline
import StatusRules
import Synchronization

extension Relay {
    /// Dead letters of so many hours are counted in the load.
    private static let letterHours = 24
    /// A budget that stays used up for longer than a minute is too small, not just busy.
    private static let longShortage = Duration.seconds(60)
    /// Statuses that could not be brought about are a warning for so long.
    private static let warningMinutes = 10

    /// How much delivery has to do, and may do, at this moment.
    func load() async -> DeliveryLoadView {
        let calls = await gate.state
        status.noteShortage(calls.isUsedUp, at: .uptime)
        let lost = await pipeline.givenUp(since: .now.advanced(by: .seconds(-3600 * Self.letterHours)))
        return DeliveryLoadView(
            budgets: calls.remaining.indices.map { index in
                .init(
                    remaining: calls.remaining[index],
                    limit: calls.limits[index],
                    heldBack: calls.heldBack[index]
                )
            },
            waiting: Dictionary(uniqueKeysWithValues: calls.waiting.map { ("\($0.key)", $0.value) }),
            underWay: calls.underWay,
            breaker: .init(calls.breaker),
            bulkSize: await delivery.bulkSize,
            outstanding: await delivery.outstanding,
            errands: await errands.outstanding + notifications.outstanding,
            adherenceChecks: await adherence.outstanding,
            deadLetters: .init(
                hours: Self.letterHours,
                notApplied: lost[.notApplied] ?? 0,
                failed: lost[.failed] ?? 0,
                errand: lost[.errand] ?? 0,
                event: lost[.event] ?? 0
            )
        )
    }

    /// Ready = events are taken. Genesys being down is a warning: what is accepted is delivered later.
    func health() async -> HealthView {
        var notReady: [String] = []
        if status.isDraining { notReady.append("draining") }
        if !status.isListening { notReady.append("starting") }
        if journal.writeFailure != nil { notReady.append("the journal is not writable") }
        let load = await load()
        let checks = [
            "journal": await journalCheck(),
            "genesys": genesysCheck(load),
            "delivery": await deliveryCheck(load),
            "directory": status.directory.check(at: .uptime),
            "rules": reloads.check(
                count: status.rules.ruleNames.count,
                files: latest.withLock { max(1, $0.configuration.ruleFiles.count) }
            ),
        ]
        let worst: HealthStatus =
            !notReady.isEmpty ? .fail : checks.values.contains { $0.status != .pass } ? .warn : .pass
        return HealthView(
            status: worst,
            mode: configuration.mode.rawValue,
            rules: .init(version: status.rules.version, count: status.rules.ruleNames.count),
            checks: checks,
            notReady: notReady.isEmpty ? nil : notReady
        )
    }

    private func genesysCheck(_ load: DeliveryLoadView) -> HealthCheck {
        switch status.genesys {
        case .resolved where load.breaker != .closed:
            HealthCheck(.warn, message: "most calls to Genesys fail: they are held back until a probe succeeds")
        case .resolved where status.lastCallFailed:
            HealthCheck(.warn, message: "the last call to Genesys failed; the log says why")
        case .resolved: HealthCheck(.pass)
        case .starting: HealthCheck(.warn, message: "the presence definitions are being read")
        // Anybody may read this; what Genesys or the network said is in the log.
        case .unavailable: HealthCheck(.warn, message: "Genesys cannot be used yet; the log says why")
        }
    }

    private func deliveryCheck(_ load: DeliveryLoadView) async -> HealthCheck {
        let lost = await pipeline.givenUp(since: .now.advanced(by: .seconds(-60 * Self.warningMinutes)))
        let failed = lost[.failed] ?? 0, notApplied = lost[.notApplied] ?? 0
        var warnings: [String] = []
        if load.breaker != .closed {
            warnings.append("calls are held back, because most of them fail")
        }
        if load.budgets.contains(where: \.heldBack) {
            warnings.append("Genesys limits the calls of an OAuth client (429), which waits as long as it was told")
        } else if status.shortage(at: .uptime) >= Self.longShortage {
            warnings.append("the budget of an OAuth client has been used up for over a minute")
        }
        if failed + notApplied > 0 {
            warnings.append(
                "statuses that could not be brought about in the last \(Self.warningMinutes) minutes:"
                    + " \(failed) refused, \(notApplied) not applied"
            )
        }
        return HealthCheck(
            warnings.isEmpty ? .pass : .warn,
            message: warnings.isEmpty ? nil : warnings.joined(separator: "; "),
            values: [
                "outstanding": Double(load.outstanding), "waiting": Double(load.waiting.values.reduce(0, +)),
                "underWay": Double(load.underWay),
                "budgetRemaining": Double(load.budgets.reduce(0) { $0 + $1.remaining }),
                "budget": Double(gate.requestsPerMinute), "bulkSize": Double(load.bulkSize),
                "failed": Double(failed), "notApplied": Double(notApplied),
            ]
        )
    }
}

extension CallGate.State {
    /// A client may make no call, for another reason than a 429.
    fileprivate var isUsedUp: Bool { zip(remaining, heldBack).contains { $0 == 0 && !$1 } }
}

extension DeliveryLoadView.Breaker {
    fileprivate init(_ state: CircuitBreaker.State) {
        self =
            switch state {
            case .closed: .closed
            case .open: .open
            case .halfOpen: .halfOpen
            }
    }
}
