// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Console
import GenesysEvents
import Metrics
import StatusRules
import Synchronization

/// How the last reload went, for health and metrics.
final class RulesReload: Sendable {
    private struct Failure {
        var since: Timestamp
        /// Anybody may read it.
        var message: String
        /// As seen from the folder of the configuration file.
        var file: String?
    }

    private let failure = Mutex<Failure?>(nil)
    /// Of the configuration whose rules are in force.
    private let inventory: Mutex<RuleInventory>
    private let counters = [true, false].map { ok in
        Counter(label: "presence_relay_rules_reload_total", dimensions: [("result", ok ? "ok" : "error")])
    }
    private let isSuccessful = Gauge(label: "presence_relay_rules_last_reload_successful")
    private let lastSuccess = Gauge(label: "presence_relay_rules_last_reload_success_timestamp_seconds")

    /// The configuration has just been read for the start.
    init(_ configuration: RelayConfiguration, now: Timestamp) {
        inventory = Mutex(configuration.inventory)
        show(true, now)
    }

    /// What would be different, for the log.
    func changes(with new: RelayConfiguration) -> String {
        let changes = inventory.withLock { new.inventory.changes(since: $0) }
        return changes.isEmpty ? "none" : changes.joined(separator: "; ")
    }

    func succeeded(_ new: RelayConfiguration, now: Timestamp) {
        failure.withLock { $0 = nil }
        inventory.withLock { $0 = new.inventory }
        counters[0].increment()
        show(true, now)
    }

    /// The files have errors.
    func failed(_ findings: [Diagnostic], besides configuration: String, now: Timestamp) {
        let errors = findings.filter { $0.severity == .error }
        let first = errors.first.map { $0.publicText(besides: configuration) } ?? "the configuration cannot be used"
        let more = errors.count > 1 ? " (the first of \(errors.count) errors)" : ""
        failed(first + more, file: errors.first?.publicFile(besides: configuration), now: now)
    }

    /// Something else; the reason is shown to anybody.
    func failed(_ reason: String, file: String? = nil, now: Timestamp) {
        failure.withLock { failure in
            // Since when the files do not say what is in force: another mistake does not change that.
            failure = Failure(since: failure?.since ?? now, message: reason, file: file)
        }
        counters[1].increment()
        show(false, nil)
    }

    func check(count: Int, files: Int) -> HealthCheck {
        let values = ["count": Double(count), "files": Double(files)]
        guard let failure = failure.withLock({ $0 }) else { return HealthCheck(.pass, values: values) }
        let message = "\(failure.message); the rules from before are in force, since \(failure.since)"
        return HealthCheck(.warn, message: message, since: failure.since, file: failure.file, values: values)
    }

    private func show(_ ok: Bool, _ success: Timestamp?) {
        isSuccessful.record(ok ? 1 : 0)
        if let success { lastSuccess.record(Double(success.milliseconds) / 1000) }
    }
}

/// `presence_relay_rules_info`: one series, whose label is the version in force.
final class RulesInfo: Sendable {
    private let shown = Mutex<(version: String, gauge: Gauge)?>(nil)

    func show(_ version: String) {
        shown.withLock { shown in
            guard shown?.version != version else { return }
            shown?.gauge.destroy()
            let gauge = Gauge(label: "presence_relay_rules_info", dimensions: [("version", version)])
            gauge.record(1)
            shown = (version, gauge)
        }
    }
}
