// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Configuration
import Delivery
import Foundation
import GenesysAPI
import HTTPServer
import Journal
import Logging
import Pipeline
import ServiceLifecycle
import StatusRules

extension Relay {
    /// Runs until SIGTERM or SIGINT, then drains: readiness first, then requests, decisions, the journal.
    func run(onListening: @escaping @Sendable ([ListenAddress]) -> Void) async throws {
        // Shut down in reverse order.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: StorageService(relay: self)),
                    .init(service: DecisionService(relay: self)),
                    .init(service: FrontService(relay: self, onListening: onListening)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }
}

/// Keeps the journal within its bounds, and closes it last.
private struct StorageService: Service {
    let relay: Relay

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(60))
                do {
                    try await relay.journal.prune(now: .now)
                } catch {
                    relay.logger.warning("old entries could not be removed: \(error)")
                }
            }
        }
        await relay.journal.close()
        await relay.client.shutdown()
    }
}

/// Resolves the presence definitions, then takes events to decisions and calls.
private struct DecisionService: Service {
    let relay: Relay

    func run() async throws {
        try await relay.pipeline.load()
        let resolved: StatusTargets? = try await withGracefulShutdownHandler {
            try await cancelWhenGracefulShutdown { try await resolve() }
        } onGracefulShutdown: {
        }
        guard let resolved else { return }
        var engine = DecisionEngine(
            rules: relay.configuration.rules,
            targets: resolved.targets,
            policy: EpisodePolicy(
                maxEventAge: relay.configuration.maxEventAge,
                mayTouch: relay.configuration.agents.mayTouch
            ),
            mode: relay.configuration.mode == .act ? .act : .observe
        )
        engine.mode = relay.configuration.mode == .act ? .act : .observe
        await relay.pipeline.use(engine)
        await withGracefulShutdownHandler {
            await relay.pipeline.run()
        } onGracefulShutdown: {
            Task {
                await relay.resync.stop()
                await relay.delivery.stop()
                await relay.pipeline.stop()
            }
        }
    }

    /// Until Genesys answers: events are taken meanwhile. Names that match no definition, or several, end the relay.
    private func resolve() async throws -> StatusTargets? {
        var delay = Duration.milliseconds(250)
        while !Task.isCancelled {
            do throws(GenesysAPIError) {
                let definitions = try await relay.api.presenceDefinitions()
                let targets = try resolved(definitions)
                relay.status.genesys = .resolved(labels: targets.labels)
                return targets
            } catch {
                relay.logger.error("Genesys cannot be used yet: \(error)")
                relay.status.genesys = .unavailable(error.description)
            }
            do {
                try await Task.sleep(for: delay)
            } catch {
                return nil
            }
            delay = min(delay * 2, .seconds(30))
        }
        return nil
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
