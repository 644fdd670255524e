// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Configuration
import ConfigurationSyntax
import Delivery
import Foundation
import GenesysAPI
import GenesysEvents
import HTTPClient
import HTTPServer
import Journal
import Logging
import Pipeline
import Preflight
import Resync
import ServiceLifecycle
import StatusRules
import Synchronization
import UnixSignals

extension Relay {
    /// Runs until SIGTERM or SIGINT, then drains: readiness first, then requests, decisions, the journal.
    func run(onListening: @escaping @Sendable ([ListenAddress]) -> Void) async throws {
        // Shut down in reverse order.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: StorageService(relay: self)),
                    .init(service: DecisionService(relay: self)),
                    .init(service: ReloadService(relay: self)),
                    .init(service: FrontService(relay: self, onListening: onListening)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }
}

/// Resolves the names of statuses, queues and the like, then takes events to decisions and calls.
private struct DecisionService: Service {
    let relay: Relay

    func run() async throws {
        try await relay.pipeline.load()
        guard try await cancelWhenGracefulShutdown({ try await resolveOnce() }) else {
            // Whoever waits for decisions would wait for ever.
            await relay.pipeline.stop()
            return
        }
        let preflight = Task { await relay.preflight().runAtStart(logger: relay.logger) }
        defer { preflight.cancel() }
        // What is sent is taken and put on the disk first: senders do not wait for long, and decisions catch up.
        let thread = YieldingThread(name: "decisions", niceness: 5)
        defer { thread.end() }
        await withGracefulShutdownHandler {
            await withTaskExecutorPreference(thread) { await relay.pipeline.run() }
        } onGracefulShutdown: {
            Task {
                await relay.resync.stop()
                await relay.delivery.stop()
                await relay.errands.stop()
                await relay.notifications.stop()
                await relay.adherence.stop()
                await relay.rereads.stop()
                await relay.pipeline.stop()
            }
        }
    }

    /// Until Genesys answers: events are taken meanwhile. Names that lead to nothing, or to several things, end the relay.
    ///
    /// - Returns: `false` when the relay ends before.
    private func resolveOnce() async throws -> Bool {
        var delay = Duration.milliseconds(250)
        while !Task.isCancelled {
            do {
                let (configuration, number) = relay.latest.withLock { ($0.configuration, $0.number) }
                let (decisions, definitions) = try await relay.resolve(configuration)
                await relay.pipeline.use(decisions.engine)
                relay.putInForce(decisions, definitions)
                // Loaded anew before this was in force: whoever did so has left the rules to us.
                guard relay.latest.withLock({ $0.number }) == number else { continue }
                return true
            } catch let error as GenesysAPIError {
                relay.logger.error("Genesys cannot be used yet: \(error)")
                relay.status.genesys = .unavailable
            } catch is CancellationError {
                return false
            }
            guard (try? await Task.sleep(for: delay)) != nil else { return false }
            delay = min(delay * 2, .seconds(30))
        }
        return false
    }
}

extension Relay {
    /// What the organisation has, seen with the relay's own clients and under their budgets.
    fileprivate func preflight() -> Preflight {
        let clients = zip(configuration.genesys.clients, apis).enumerated().map { index, client in
            Preflight.Client(
                name: client.0.id,
                requestsPerMinute: client.0.requestsPerMinute,
                api: client.1,
                gate: gate,
                index: index,
                notes: exchanges[index]
            )
        }
        return Preflight(configuration, clients: clients)
    }

    /// The organisation's presence definitions, read under the budget like everything else.
    func presenceDefinitions() async throws(GenesysAPIError) -> [PresenceDefinition] {
        let apis = apis
        return try await gate.call(.write) { (client) async throws(GenesysAPIError) in
            try await apis[client].presenceDefinitions()
        }
    }
}

/// The listener: first in, first to drain.
private struct FrontService: Service {
    let relay: Relay
    let onListening: @Sendable ([ListenAddress]) -> Void

    func run() async throws {
        let addresses = try await relay.server.start()
        relay.status.isListening = true
        onListening(addresses)
        try? await gracefulShutdown()
        relay.status.isDraining = true
        relay.logger.info("draining", metadata: ["delay": "\(relay.configuration.server.drainDelay)"])
        relay.server.beginDrain()
        try? await Task.sleep(for: relay.configuration.server.drainDelay)
        await relay.server.shutdown(deadline: relay.configuration.server.handlerTimeout)
    }
}
