// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Directory
import GenesysAPI
import GenesysEvents
import Logging
import Metrics
import Pipeline
import StatusRules
import Synchronization

extension Relay {
    /// After a refresh that has failed the next one does not wait for longer.
    private static let longestPauseAfterFailure = Duration.seconds(30)

    /// Resolves all names of a configuration now: its statuses, and what its rules and `agents.include` name.
    ///
    /// - Returns: also the presence definitions, for those who show labels.
    /// - Throws: `UnresolvedNames` with all of them, or a `GenesysAPIError` while Genesys cannot be asked.
    func resolve(_ configuration: RelayConfiguration) async throws -> (Decisions, [PresenceDefinition]) {
        let definitions = try await presenceDefinitions()
        var findings: [Diagnostic] = []
        var statuses = StatusTargets()
        do throws(UnresolvedNames) {
            statuses = try StatusTargets(resolving: configuration.rules.statuses, in: definitions)
        } catch {
            findings = error.diagnostics
        }
        let resolution = await directory.resolve(configuration.names)
        try Task.checkCancellation()
        // What is wrong already stays wrong when Genesys answers again.
        if let failure = resolution.failure, findings.isEmpty { throw failure }
        findings += resolution.problems.filter { !$0.isUnreadable }.flatMap(\.diagnostics)
        guard findings.isEmpty else { throw UnresolvedNames(diagnostics: findings) }
        let decisions = Decisions(
            configuration: configuration,
            targets: statuses.targets,
            directory: resolution.snapshot
        )
        return (decisions, definitions)
    }

    /// Takes note of what is in force from now on. Who calls gives its engine to the pipeline.
    func putInForce(_ decisions: Decisions, _ definitions: [PresenceDefinition]) {
        inForce.withLock { $0 = decisions }
        status.genesys = .resolved(Dictionary(definitions.map { ($0.id, $0) }) { first, _ in first })
        status.rules = decisions.configuration.rules
        status.directory = DirectoryStatus(
            names: decisions.directory.nameCount,
            members: decisions.directory.memberCount,
            readAt: .uptime,
            interval: decisions.configuration.genesys.directoryRefresh
        )
        noteDirectory("ok")
    }

    /// Reads names and members again from time to time, until the task is cancelled.
    func keepDirectory() async {
        var isRead = true
        while !Task.isCancelled {
            let now = inForce.withLock { $0 }?.configuration ?? configuration
            let interval = now.genesys.directoryRefresh
            let pause = isRead ? interval : min(interval, Self.longestPauseAfterFailure)
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            guard let decisions = inForce.withLock({ $0 }), !decisions.configuration.names.isEmpty else { continue }
            isRead = await refreshDirectory(decisions)
        }
    }

    /// Reads names and members again. Agents whose membership has changed are looked at, all of them when a name means
    /// something else than before. What cannot be read stays as it was.
    ///
    /// - Returns: whether everything was read.
    private func refreshDirectory(_ decisions: Decisions) async -> Bool {
        let resolution = await directory.resolve(decisions.configuration.names, keeping: decisions.directory)
        guard !Task.isCancelled else { return false }
        let unread = resolution.problems.count(where: \.isUnreadable)
        var directoryStatus = status.directory
        directoryStatus.unread = unread
        directoryStatus.unresolved = resolution.problems.count - unread
        directoryStatus.members = resolution.snapshot.memberCount
        if unread == 0 { directoryStatus.readAt = .uptime }
        // A problem is news once.
        if directoryStatus.unread != status.directory.unread
            || directoryStatus.unresolved != status.directory.unresolved
        {
            for problem in resolution.problems { logger.warning("\(problem)") }
            if resolution.isComplete { logger.notice("all names of the configuration lead to one thing again") }
        }
        status.directory = directoryStatus
        noteDirectory(unread > 0 ? "failed" : resolution.isComplete ? "ok" : "unresolved")

        var refreshed = decisions
        refreshed.directory = resolution.snapshot
        inForce.withLock { $0 = refreshed }
        switch resolution.snapshot.change(since: decisions.directory) {
        case .none: break
        case .members(let users):
            logger.info("who belongs to what has changed", metadata: ["users": "\(users.count)"])
            await pipeline.use(refreshed.engine)
            await pipeline.look(at: users.sorted(), eventKey: "directory")
        case .meaning:
            logger.notice("names of the configuration mean something else than before: every agent is looked at")
            await pipeline.replace(engine: refreshed.engine)
        }
        return unread == 0
    }

    private func noteDirectory(_ result: String) {
        let status = status.directory
        Gauge(label: "presence_relay_directory_names").record(status.names)
        Gauge(label: "presence_relay_directory_members").record(status.members)
        Gauge(label: "presence_relay_directory_unresolved").record(status.unresolved)
        guard status.names > 0 else { return }
        Counter(label: "presence_relay_directory_refreshes_total", dimensions: [("result", result)]).increment()
        if result != "failed" {
            Gauge(label: "presence_relay_directory_read_timestamp_seconds")
                .record(Timestamp.now.milliseconds / 1000)
        }
    }
}
