// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient
import HTTPServer
public import Logging
import Synchronization

/// A local Genesys Cloud: OAuth, presence, users, conversations, workforce management, rate limits, faults, call
/// traffic, and events pushed to a webhook.
///
/// It speaks plain HTTP for tests, demos and development; login (`/oauth/token`), API (`/api/v2/…`) and control
/// (`/simulator/…`) share one port.
public final class GenesysSimulator: Sendable {
    private let configuration: SimulatorConfiguration
    private let logger: Logger
    private let state: Mutex<SimulatorState>
    private let running = Mutex(Running())
    /// Says that the timeline has something new.
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    private struct Running: Sendable {
        var server: HTTPServer?
        var client: HTTPClient?
        var delivery: WebhookDelivery?
        var clockwork: Task<Void, Never>?
        var isStopped = false
    }

    /// Nothing runs before ``start()``.
    public init(configuration: SimulatorConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        state = Mutex(SimulatorState(configuration: configuration))
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Serves; returns the base of login, API and control: `http://127.0.0.1:PORT`. Throws when it cannot listen.
    public func start() async throws -> String {
        let client = try HTTPClient(configuration: clientConfiguration, logger: logger)
        let delivery = WebhookDelivery(
            concurrency: configuration.webhookConcurrency,
            timeout: configuration.webhookTimeout,
            retry: DeliveryRetry(firstDelay: configuration.webhookRetryDelay),
            seed: configuration.seed,
            logger: logger
        ) { request throws(HTTPClientError) in try await client.send(request) }
        var serving = HTTPServerConfiguration()
        serving.listen = [configuration.listen]
        serving.maxBodyBytes = 4 * 1024 * 1024
        // Faults hold requests for longer than any client waits.
        serving.handlerTimeout = .seconds(300)
        let server = HTTPServer(configuration: serving, logger: logger) { [weak self] request in
            await self?.answer(request) ?? HTTPResponse(status: HTTPStatus(503))
        }
        let addresses: [ListenAddress]
        do {
            addresses = try await server.start()
        } catch {
            await client.shutdown()
            throw error
        }
        let wakes = wakes
        let clockwork = Task { [weak self] in
            var alarm: Task<Void, Never>?
            for await _ in wakes {
                alarm?.cancel()
                guard let wait = await self?.turn() else { continue }
                alarm = Task {
                    try? await Task.sleep(for: wait)
                    if !Task.isCancelled { self?.wake.yield() }
                }
            }
            alarm?.cancel()
        }
        running.withLock {
            $0.server = server
            $0.client = client
            $0.delivery = delivery
            $0.clockwork = clockwork
        }
        wake.yield()
        return addresses.first.map(Self.baseURL) ?? ""
    }

    /// Ends all requests, deliveries and timers.
    public func stop() async {
        let parts = running.withLock { running in
            running.isStopped = true
            return running
        }
        wake.finish()
        await parts.clockwork?.value
        await parts.server?.shutdown(deadline: .seconds(1))
        await parts.delivery?.stop()
        await parts.client?.shutdown()
    }

    /// Turns events to another webhook from now on, as `POST /simulator/webhook` does; `nil` = none.
    public func setWebhook(url: String?, headers: [(name: String, value: String)] = []) {
        let keepsAlive = configuration.webhookKeepsAlive
        state.withLock { state in
            state.webhook = url.map { WebhookTarget(url: $0, headers: headers, keepsAlive: keepsAlive) }
            state.organization.isObserved = url != nil
        }
    }

    /// What became of the events so far.
    var deliveryCounters: DeliveryCounters {
        running.withLock(\.delivery)?.counters.withLock { $0 } ?? DeliveryCounters()
    }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let isControl = request.path.hasPrefix("/simulator/")
        if isControl, !Self.isLoopback(request.remoteAddress) {
            return HTTPResponse(status: HTTPStatus(403))
        }
        let (ticket, fault) = isControl ? (nil, nil) : await admit(request)
        // A write that hangs ends with its connection, every other call with its answer.
        let lease = ticket?.hangs == true ? HangingWrite { [weak self] in self?.end(ticket) } : nil
        defer { if lease == nil { end(ticket) } }
        switch fault?.kind {
        case .delay: await pause(.milliseconds(fault?.milliseconds ?? 0))
        case .timeoutBefore, .drop:
            if let fault {
                state.withLock { $0.recordUnanswered(request, fault: fault, now: configuration.now()) }
            }
            return await noAnswer(after: fault?.kind == .timeoutBefore ? Self.hang(fault) : .zero, lease)
        default: break
        }
        let counters = isControl ? deliveryCounters : DeliveryCounters()
        let before = state.withLock(\.organization.timeline.nextDue)
        let (response, events, nextDue) = state.withLock { state in
            if isControl { state.deliveries = counters }
            let response = state.handle(request, fault: fault, now: configuration.now())
            return (response, state.takeDeliveries(), state.organization.timeline.nextDue)
        }
        if nextDue != before { wake.yield() }
        await push(events)
        if fault?.kind == .timeoutAfter { return await noAnswer(after: Self.hang(fault), lease) }
        return response
    }

    private func admit(_ request: HTTPRequest) async -> (Usage.Ticket?, Fault?) {
        // A client that does write twice at once still does so after this.
        for _ in 0..<20 where state.withLock({ $0.followsHangingWrite(request) }) {
            await pause(.milliseconds(10))
        }
        return state.withLock { $0.admit(request, now: configuration.now()) }
    }

    /// Does what is due; returns the time until the next, `nil` when nothing is planned.
    private func turn() async -> Duration? {
        let (events, nextDue) = state.withLock { state in
            state.advance(to: configuration.now())
            return (state.takeDeliveries(), state.organization.timeline.nextDue)
        }
        await push(events)
        guard let nextDue else { return nil }
        return max(.milliseconds(1), nextDue.timeIntervalSince(configuration.now()))
    }

    private func push(_ deliveries: [EventDelivery]) async {
        guard !deliveries.isEmpty, let delivery = running.withLock(\.delivery) else { return }
        await delivery.accept(deliveries)
    }

    /// Without a length of its own, a request hangs until nobody waits any more.
    private static func hang(_ fault: Fault?) -> Duration {
        fault?.hangMilliseconds.map { .milliseconds($0) } ?? .seconds(120)
    }

    /// The connection ends without a complete answer.
    ///
    /// Of a write that hangs the head is sent: only then does the server say when the client has hung up.
    private func noAnswer(after wait: Duration, _ lease: HangingWrite?) async -> HTTPResponse {
        guard let lease else {
            await pause(wait)
            return HTTPResponse(status: HTTPStatus(200), body: .stream { _ in throw Unanswered() })
        }
        return HTTPResponse(
            status: HTTPStatus(200),
            body: .stream { [weak self] _ in
                await self?.pause(wait)
                withExtendedLifetime(lease) {}
                throw Unanswered()
            }
        )
    }

    private func end(_ ticket: Usage.Ticket?) { state.withLock { $0.end(ticket) } }

    /// A presence write that will not be answered, until nothing holds on to its answer any more.
    private final class HangingWrite: Sendable {
        private let end: @Sendable () -> Void
        init(_ end: @escaping @Sendable () -> Void) { self.end = end }
        deinit { end() }
    }

    private struct Unanswered: Error {}

    /// Waits, but not beyond ``stop()``.
    private func pause(_ duration: Duration) async {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end, !Task.isCancelled, !running.withLock(\.isStopped) {
            try? await Task.sleep(for: min(.milliseconds(50), ContinuousClock.now.duration(to: end)))
        }
    }

    private var clientConfiguration: HTTPClient.Configuration {
        var client = HTTPClient.Configuration()
        client.maxConnectionsPerHost = max(1, configuration.webhookConcurrency)
        return client
    }

    private static func isLoopback(_ address: String) -> Bool {
        address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }

    private static func baseURL(_ address: ListenAddress) -> String {
        switch address {
        case .ip(let host, let port): "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .unix, .systemd: "\(address)"
        }
    }
}
