// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CoreMetrics
public import HTTPServer
public import Logging
import Synchronization

/// The relay's face to people and their tools: admin API, health, metrics, live stream and status page.
///
/// It knows nothing of sockets, journal or rules: answers come from ``ConsoleSources``.
public final class Console: Sendable {
    let configuration: ConsoleConfiguration
    let sources: ConsoleSources
    let metrics: PrometheusMetrics
    let logger: Logger
    let openStreams = Atomic<Int>(0)
    private let gate: AdminGate

    /// - Parameter metrics: what `GET /metrics` shows; the same factory that `MetricsSystem` was bootstrapped with.
    public init(
        configuration: ConsoleConfiguration,
        sources: ConsoleSources,
        metrics: PrometheusMetrics,
        logger: Logger
    ) {
        self.configuration = configuration
        self.sources = sources
        self.metrics = metrics
        self.logger = logger
        gate = AdminGate(tokens: configuration.adminTokens)
    }

    /// Takes other admin tokens from now on, for the reload of secrets. An empty list opens the admin API.
    public func replaceAdminTokens(_ tokens: [String]) { gate.replace(tokens: tokens) }

    /// Adds the console's routes: `/`, its assets, `/livez`, `/readyz`, `/healthz`, `/metrics` and `/v1/*` but events.
    public func routes(into router: inout Router) {
        addPageRoutes(to: &router)
        addHealthRoutes(to: &router)
        addAgentRoutes(to: &router)
        addDeadLetterRoutes(to: &router)
        addDeliveryRoutes(to: &router)
        addResyncRoutes(to: &router)
        router.on(.get, "/v1/stream", admin { [self] _ in stream() })
        let scrape: Handler = { [self] _ in await metricsPage() }
        router.on(.get, "/metrics", configuration.protectMetrics ? admin(scrape) : open(scrape))
    }

    /// A handler that may throw: a `ConsoleError` is its own answer, anything else is 500 without a word about it.
    typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

    /// For everybody.
    func open(_ handler: @escaping Handler) -> HTTPHandler {
        { [logger] request in
            do {
                return try await handler(request)
            } catch let error as ConsoleError {
                return .problem(error)
            } catch {
                logger.error(
                    "an admin request failed",
                    metadata: ["path": "\(request.path)", "error": "\(String(reflecting: error))"]
                )
                return .problem(500, detail: "The relay could not answer; its log says why.")
            }
        }
    }

    /// For bearers of an admin token.
    func admin(_ handler: @escaping Handler) -> HTTPHandler {
        let handle = open(handler)
        return { [gate] request in
            if let refusal = gate.refusal(of: request) { return refusal }
            return await handle(request)
        }
    }
}
