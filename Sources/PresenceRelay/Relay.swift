// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Configuration
import ConfigurationSyntax
import Console
import Delivery
import Directory
import Foundation
import GenesysAPI
import GenesysEvents
import HTTPClient
import HTTPServer
import Ingest
import Journal
import Logging
import OutgoingWebhooks
import Pipeline
import Preflight
import Resync
import ServiceLifecycle
import StatusRules
import Synchronization

/// The composition root: every part of a running relay, joined.
final class Relay: Sendable {
    /// As of the start.
    let configuration: RelayConfiguration
    /// As of the last good reload.
    let latest: Mutex<Latest>
    /// What decisions are made by now; `nil` until its names are resolved.
    let inForce = Mutex<Decisions?>(nil)
    /// Read again on SIGHUP and when it changes; `nil` when the configuration is no file.
    let configurationFile: ConfigurationFile?
    /// How that went.
    let reloads: RulesReload
    let logger: Logger
    let journal: Journal
    let client: HTTPClient
    /// One for each OAuth client, in the order of the configuration.
    let apis: [GenesysAPI]
    /// What the answers to each client say of the clock and the limits; in the same order.
    let exchanges: [ExchangeNotes]
    let gate: CallGate
    let delivery: Delivery
    let errands: Errands
    let webhooks: WebhookSender
    let notifications: Notifications
    let adherence: AdherenceChecks
    let pipeline: Pipeline
    let resync: Resync
    let directory: DirectoryResolver
    let rereads: ConversationRereads
    let server: HTTPServer
    let ingest: Ingest
    let front = RelayFront()
    let status: RelayStatus

    /// Opens the journal and builds all parts; nothing listens yet.
    init(_ configuration: RelayConfiguration, file: ConfigurationFile?, metrics: PrometheusMetrics, logger: Logger)
        throws
    {
        self.configuration = configuration
        latest = Mutex(Latest(configuration: configuration))
        configurationFile = file
        reloads = RulesReload(configuration, now: .now)
        let status = RelayStatus(rules: configuration.rules, names: configuration.nameCount)
        self.status = status
        self.logger = logger
        let journal = try Journal(
            url: configuration.journal.url,
            configuration: Journal.Configuration(configuration.journal),
            logger: logger
        )
        self.journal = journal
        let client = try HTTPClient(logger: logger)
        self.client = client
        let gate = CallGate(
            CallSchedule(configuration.genesys),
            // A wall clock that is set back would hold all calls back as long.
            now: { .uptime }
        )
        self.gate = gate
        let exchanges = configuration.genesys.clients.map { _ in ExchangeNotes() }
        self.exchanges = exchanges
        let apis = configuration.genesys.clients.enumerated().map { index, account in
            GenesysAPI(
                configuration: GenesysAPI.Configuration(
                    apiURL: configuration.genesys.apiURL,
                    loginURL: configuration.genesys.loginURL,
                    clientID: account.id,
                    clientSecret: account.secret.value
                ),
                logger: logger,
                now: { .uptime },
                observe: { exchange in
                    exchanges[index].note(exchange, now: .now)
                    guard exchange.isRepeat || exchange.limits != nil else { return }
                    Task { await gate.note(exchange, client: index) }
                },
                send: { request throws(HTTPClientError) in try await client.send(request) }
            )
        }
        self.apis = apis
        directory = DirectoryResolver(DirectoryEffects(gate: gate, apis: apis))
        let inbox = PipelineInbox()
        var policy = DeliveryPolicy()
        policy.verifyWithin = configuration.verify.within
        policy.verifyAttempts = configuration.verify.attempts
        policy.bulkSize = configuration.genesys.bulkSize
        let delivery = Delivery(
            policy: policy,
            gate: gate,
            effects: DeliveryEffects(
                read: { client, id throws(GenesysAPIError) in
                    status.completed(
                        try await status.noting { () throws(GenesysAPIError) in
                            try await apis[client].presence(userID: id)
                        }
                    )
                },
                readMany: { client, ids throws(GenesysAPIError) in
                    let presences = try await status.noting { () throws(GenesysAPIError) in
                        try await apis[client].presences(userIDs: ids)
                    }
                    return presences.map(status.completed)
                },
                readWidely: { client, ids throws(GenesysAPIError) in
                    let states = try await status.noting { () throws(GenesysAPIError) in
                        try await apis[client].users(ids: ids)
                    }
                    return states.compactMap(\.presence).map(status.completed)
                },
                write: { client, write throws(GenesysAPIError) in
                    try await status.noting { () throws(GenesysAPIError) in
                        try await apis[client].setPresence(
                            userID: write.userID,
                            definitionID: write.definitionID,
                            message: write.message
                        )
                    }
                },
                writeMany: { client, writes throws(GenesysAPIError) in
                    try await status.noting { () throws(GenesysAPIError) in
                        try await apis[client].setPresences(writes)
                    }
                },
                report: { inbox.put($0) },
                judged: { await inbox.waitUntilJudged() },
                observed: { presences in
                    do {
                        let now = Timestamp.now
                        _ = try await journal.append(presences.map { .observation($0, tellsRequest: false, at: now) })
                        await inbox.waitUntilApplied(journal.lastSequence)
                    } catch {
                        logger.error("presences that were read could not be journalled: \(error)")
                    }
                },
                now: { .now },
                uptime: { .uptime }
            ),
            logger: logger
        )
        self.delivery = delivery
        let errands = Errands(
            tags: TagTarget(configuration.tags),
            effects: Errands.Effects(gate: gate, apis: apis, status: status) { inbox.put($0) },
            logger: logger
        )
        self.errands = errands
        let webhooks = WebhookSender(
            endpoints: configuration.notifications.mapValues(WebhookEndpoint.init),
            version: PresenceRelayCommand.version,
            now: { .now },
            send: { request throws(HTTPClientError) in try await client.send(request) }
        )
        self.webhooks = webhooks
        let notifications = Notifications(
            effects: Notifications.Effects(
                send: { await webhooks.attempt($0) },
                report: { inbox.put($0) },
                now: { .now }
            ),
            logger: logger
        )
        self.notifications = notifications
        let adherence = AdherenceChecks(
            policy: AdherencePolicy(within: configuration.verify.within, attempts: configuration.verify.attempts),
            effects: AdherenceChecks.Effects(
                gate: gate,
                apis: apis,
                status: status,
                report: { inbox.put($0) },
                observed: { seen in
                    do {
                        let now = Timestamp.now
                        _ = try await journal.append(seen.map { .observation($0, at: now) })
                    } catch {
                        logger.error("adherence that was read could not be journalled: \(error)")
                    }
                }
            ),
            logger: logger
        )
        self.adherence = adherence
        let known = KnownAgents()
        let rereads = ConversationRereads(
            gate: gate,
            effects: ConversationRereads.Effects(apis: apis, status: status, journal: journal, known: known),
            logger: logger
        )
        self.rereads = rereads
        let pipeline = Pipeline(
            journal: journal,
            delivery: delivery,
            inbox: inbox,
            engine: DecisionEngine(configuration, targets: [:], directory: DirectorySnapshot()),
            now: { .now },
            logger: logger,
            errands: { wanted, id, checkFirst in
                await errands.want(wanted, agentID: id, checkFirst: checkFirst)
                await notifications.want(wanted)
            },
            checkAdherence: { check, id in await adherence.check(check, agentID: id) },
            adherenceObserved: { seen, id in await adherence.observe(seen, agentID: id) },
            rereadConversation: { conversation, id in await rereads.ask(for: conversation, agentID: id) }
        )
        self.pipeline = pipeline
        known.open(pipeline)
        resync = Resync(
            gate: gate,
            effects: Resync.Effects(
                states: { client, ids throws(GenesysAPIError) in
                    let states = try await status.noting { () throws(GenesysAPIError) in
                        try await apis[client].users(ids: ids)
                    }
                    return states.map(status.completed)
                },
                presence: { client, id throws(GenesysAPIError) in
                    status.completed(
                        try await status.noting { () throws(GenesysAPIError) in
                            try await apis[client].presence(userID: id)
                        }
                    )
                },
                routingStatus: { client, id throws(GenesysAPIError) in
                    try await apis[client].routingStatus(userID: id)
                },
                apply: { entries throws(JournalError) in
                    _ = try await journal.append(entries)
                    await pipeline.waitUntilApplied(journal.lastSequence)
                },
                fingerprint: { id in await pipeline.record(of: id)?.fingerprint ?? 0 },
                now: { .now }
            ),
            logger: logger
        )
        let front = front
        let serverConfiguration = HTTPServerConfiguration(configuration.server)
        server = HTTPServer(configuration: serverConfiguration, logger: logger) { await front.handle($0) }

        let ingest = Ingest(
            configuration: Ingest.Configuration(configuration),
            journal: journal,
            logger: logger,
            now: { .now }
        )
        self.ingest = ingest
        let console = Console(
            configuration: ConsoleConfiguration(
                adminTokens: configuration.admin.tokens.map(\.value),
                protectMetrics: configuration.admin.protectMetrics,
                version: PresenceRelayCommand.version
            ),
            sources: ConsoleSources(of: self),
            metrics: metrics,
            logger: logger
        )
        var router = Router()
        ingest.routes(into: &router)
        console.routes(into: &router)
        front.open(router, console)
    }
}

/// The server needs a handler before the console, whose sources need the relay: routes and console come last.
final class RelayFront: Sendable {
    private struct Open {
        var router: Router
        var console: Console
    }
    private let open = Mutex<Open?>(nil)

    fileprivate func open(_ router: Router, _ console: Console) {
        open.withLock { $0 = Open(router: router, console: console) }
    }

    func handle(_ request: HTTPRequest) async -> HTTPResponse {
        guard let router = open.withLock({ $0?.router }) else { return HTTPResponse(status: HTTPStatus(503)) }
        return await router.handle(request)
    }

    func replaceAdminTokens(_ tokens: [String]) { open.withLock { $0?.console }?.replaceAdminTokens(tokens) }
}

extension Timestamp {
    /// The wall clock.
    static var now: Timestamp { read(CLOCK_REALTIME) }

    /// A clock that is never set; only differences mean anything.
    static var uptime: Timestamp { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Timestamp {
        var time = timespec()
        clock_gettime(clock, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
