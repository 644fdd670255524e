// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// Everything the simulator knows. Endpoints change it under one lock; nothing in it waits.
struct SimulatorState: Sendable {
    var organization: SimulatedOrganization
    var access: AccessTokens
    var switches = Switches()
    var faults = FaultPlan()
    var chaos: Chaos?
    var hands: HandChanges?
    /// Rounds of ``hands`` so far.
    var handRounds = 0
    /// Decides what percentages of ``faults`` hit: by the seed alone, whatever the hour.
    var faultGenerator: SeededGenerator
    var lottery: Lottery
    /// Users whom the fault of the request at hand hit.
    var faultUsers: [String] = []
    var usage = Usage()
    var attributeWrites = AttributeLog()
    var gatewayWrites: [GatewayWrite] = []
    var requests = RequestLog()
    var traffic: CallTraffic
    var webhook: WebhookTarget?
    /// The last events, oldest first.
    var events = EventLog()
    var deliveries = DeliveryCounters()
    /// The conversation made last through the control API: `last` in its paths.
    var lastConversation: String?
    let startedAt: Timestamp

    init(configuration: SimulatorConfiguration) {
        let now = configuration.now()
        startedAt = now
        faultGenerator = SeededGenerator(seed: configuration.seed, name: "faults")
        lottery = Lottery(seed: configuration.seed)
        switches.hasRateLimitHeaders = configuration.hasRateLimitHeaders
        switches.hasRetryAfter = configuration.hasRetryAfter
        var settings = SimulatedOrganization.Settings()
        settings.adherenceLatency = configuration.adherenceLatency
        settings.hasAfterCallWork = configuration.afterCallWork
        organization = SimulatedOrganization(
            agents: configuration.agents,
            seed: configuration.seed,
            settings: settings,
            now: now
        )
        access = AccessTokens(
            clients: configuration.clients,
            requestsPerMinute: configuration.requestsPerMinute,
            lifetime: configuration.tokenLifetime
        )
        traffic = CallTraffic(
            callsPerMinute: configuration.callsPerMinute,
            pace: configuration.pace,
            seed: configuration.seed
        )
        webhook = configuration.webhookURL.map {
            WebhookTarget(url: $0, headers: configuration.webhookHeaders, keepsAlive: configuration.webhookKeepsAlive)
        }
        organization.isObserved = webhook != nil
        organization.observedTopics = configuration.webhookTopics
        traffic.begin(&organization, now: now)
    }

    static let platform: [Endpoint] =
        PresenceEndpoints.all + PrimarySourceEndpoints.all + UserEndpoints.all + ConversationEndpoints.all
        + CustomAttributeEndpoints.all + AttributeSchemaEndpoints.all + WorkforceEndpoints.all
        + ExplanationEndpoints.all + QueueEndpoints.all + GroupEndpoints.all + GatewayEndpoints.all

    /// Answers a request to login, API or control.
    mutating func handle(_ request: HTTPRequest, fault: Fault? = nil, now: Timestamp) -> HTTPResponse {
        if request.path.hasPrefix("/simulator/") { return handleControl(request, now: now) }
        let correlationID = organization.generator.uuid()
        organization.correlationID = correlationID
        organization.emitsMixedHangups = faults.mixesHangups
        faultUsers.removeAll()
        let called = calledEndpoint(request)
        var answer: Answer
        do {
            if fault?.kind == .revokeToken { access.revoke(authorization: request.headers["Authorization"]) }
            if let fault, fault.kind == .status {
                if fault.isApplied { _ = try? platformAnswer(request, fault: nil, now: now, called: called) }
                answer = Self.failure(fault, contextID: correlationID)
            } else if let fault, fault.kind == .silentNoOp {
                // The answer of a copy that then goes away: it looks right, and nothing has changed.
                var copy = self
                answer = try copy.platformAnswer(request, fault: fault, now: now, called: called)
                access = copy.access
            } else {
                answer = try platformAnswer(request, fault: fault, now: now, called: called)
            }
        } catch {
            answer = Self.failure(error, contextID: correlationID)
        }
        if let body = answer.body?.bytes, fault?.content != .html || fault?.kind != .status {
            answer.headers.append((name: "Content-Type", value: "application/json"))
            answer.headers.append((name: "ININ-Correlation-Id", value: correlationID))
            log(request, answer.status, called, correlationID, fault, now)
            return Self.response(answer, body)
        }
        answer.headers.append((name: "ININ-Correlation-Id", value: correlationID))
        log(request, answer.status, called, correlationID, fault, now)
        guard let fault, fault.kind == .status, fault.content == .html else { return Self.response(answer, []) }
        answer.headers.append((name: "Content-Type", value: "text/html"))
        return Self.response(answer, Array("<html><body><h1>\(fault.status)</h1></body></html>\n".utf8))
    }

    /// Counts a request that gets no answer.
    mutating func recordUnanswered(_ request: HTTPRequest, fault: Fault, now: Timestamp) {
        faultUsers.removeAll()
        log(request, 0, calledEndpoint(request), "", fault, now)
    }

    /// Does what is due, each thing as of the moment it was due: what happens does not depend on when the clock looks.
    mutating func advance(to now: Timestamp) {
        organization.emitsMixedHangups = faults.mixesHangups
        while let (due, action) = organization.timeline.take(until: now) {
            organization.correlationID = organization.generator.uuid()
            switch action {
            case .adherence(let agent, let view): organization.learn(view, of: agent, now: due)
            case .explanationLimit(let agent): organization.updateAdherence(of: agent, now: due)
            case .scheduleBoundary(let agent):
                organization.updateAdherence(of: agent, now: due)
                organization.scheduleBoundary(of: agent, now: due)
            case .explanation(let job): organization.finishJob(job, now: due)
            case .traffic(let step): traffic.perform(step, &organization, now: due)
            case .scenario(let step): _ = handleControl(step.request, now: due)
            case .hand(let round):
                if hands?.round == round { hands?.perform(&organization, now: due) }
            case .storm(var storm):
                storm.performSlice(&organization, now: due)
                // After the others that are due, and after whoever waits for the lock.
                if !storm.agents.isEmpty {
                    organization.timeline.add(.storm(storm), at: now.advanced(by: .milliseconds(1)))
                }
            }
        }
    }

    /// The events since the last call, each with the delays of its deliveries.
    mutating func takeEvents() -> [(event: SimulatedEvent, delays: [Int])] {
        guard !organization.outbox.isEmpty else { return [] }
        let events = organization.outbox
        organization.outbox.removeAll(keepingCapacity: true)
        return events.map { event in
            self.events.append(event)
            return (event, deliveries(of: event))
        }
    }

    private mutating func platformAnswer(
        _ request: HTTPRequest,
        fault: Fault?,
        now: Timestamp,
        called: CalledEndpoint
    ) throws -> Answer {
        if request.path == "/oauth/token" {
            guard request.method == .post else { throw PlatformError.methodNotAllowed(request.method.rawValue) }
            return OAuthEndpoint.token(&self, EndpointCall(request: request, parameters: [:], now: now))
        }
        if request.path.hasPrefix(Download.path) { return Download.answer(self, request) }
        guard request.path.hasPrefix("/api/v2/") else { throw PlatformError.notFound }
        let (client, token) = try access.client(authorization: request.headers["Authorization"], now: now)
        let allowance: (count: Int, reset: Int)
        switch access.take(token: token, now: now) {
        case .allowed(let count, let reset): allowance = (count, reset)
        case .refused(let seconds):
            throw switches.hasRetryAfter ? .tooManyRequests(retryAfter: seconds) : PlatformError.tooManyRequests
        }
        if request.path.hasPrefix(GatewayEndpoints.prefix), !switches.hasAdherenceGateway {
            throw PlatformError.notFound
        }
        guard let (endpoint, parameters) = called.endpoint else {
            // Says whether the path or only its method is unknown.
            _ = try Self.platform.find(request.method.rawValue, request.path)
            throw PlatformError.notFound
        }
        if let rule = endpoint.permission, !rule.isMet(without: switches.missingPermissions) {
            throw PlatformError.missing(rule)
        }
        var call = EndpointCall(request: request, parameters: parameters, now: now)
        call.client = client
        call.fault = fault
        var answer = try endpoint.run(&self, call)
        if switches.hasRateLimitHeaders {
            answer.headers += [
                (name: "inin-ratelimit-count", value: String(allowance.count)),
                (name: "inin-ratelimit-allowed", value: String(access.requestsPerMinute)),
                (name: "inin-ratelimit-reset", value: String(allowance.reset)),
            ]
        }
        return answer
    }

    /// The endpoint a request is for, and whose request it is, whether or not it will be served.
    private func calledEndpoint(_ request: HTTPRequest) -> CalledEndpoint {
        let endpoint = try? Self.platform.find(request.method.rawValue, request.path)
        return CalledEndpoint(
            pattern: endpoint?.0.pattern ?? request.path,
            client: access.owner(authorization: request.headers["Authorization"]),
            endpoint: endpoint
        )
    }

    private mutating func log(
        _ request: HTTPRequest,
        _ status: Int,
        _ called: CalledEndpoint,
        _ correlationID: String,
        _ fault: Fault?,
        _ now: Timestamp
    ) {
        if status == 429 { usage.refused(client: called.client ?? "unknown") }
        let isSecret = request.path == "/oauth/token"
        requests.record(
            RequestLog.Entry(
                at: now,
                method: request.method.rawValue,
                target: request.target,
                status: status,
                client: called.client,
                user: called.user,
                body: isSecret ? "" : String(decoding: request.body.prefix(RequestLog.bodyLimit), as: UTF8.self),
                correlationID: correlationID,
                fault: fault?.kind,
                isChaos: fault?.isChaos ?? false,
                faultUsers: faultUsers
            ),
            pattern: called.pattern
        )
    }

    static func response(_ answer: Answer, _ body: [UInt8]) -> HTTPResponse {
        var headers = HTTPHeaders()
        for (name, value) in answer.headers { headers.append(name: name, value: value) }
        return HTTPResponse(status: HTTPStatus(answer.status), headers: headers, body: .bytes(body))
    }

    static func failure(_ error: any Error, contextID: String) -> Answer {
        let error =
            error as? PlatformError
            ?? PlatformError(status: 500, code: "internal.server.error", message: "The server has failed.")
        let headers = error.retryAfter.map { [(name: "Retry-After", value: String($0))] } ?? []
        return Answer(status: error.status, body: error.body(contextID: contextID), headers: headers)
    }

    private struct CalledEndpoint {
        var pattern: String
        var client: String?
        var endpoint: (Endpoint, [String: String])?

        /// The user named in the path.
        var user: String? { endpoint.flatMap { $0.1["userId"] ?? $0.1["agentId"] } }
    }
}
