// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// Everything the simulator knows. Endpoints change it under one lock; nothing in it waits.
struct SimulatorState: Sendable {
    var organization: SimulatedOrganization
    var access: AccessTokens
    var faults = FaultPlan()
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
        webhook = configuration.webhookURL.map { WebhookTarget(url: $0, headers: configuration.webhookHeaders) }
        organization.isObserved = webhook != nil
        traffic.begin(&organization, now: now)
    }

    static let platform: [Endpoint] =
        PresenceEndpoints.all + UserEndpoints.all + ConversationEndpoints.all + CustomAttributeEndpoints.all
        + WorkforceEndpoints.all + QueueEndpoints.all

    /// Answers a request to login, API or control.
    mutating func handle(_ request: HTTPRequest, fault: Fault? = nil, now: Timestamp) -> HTTPResponse {
        if request.path.hasPrefix("/simulator/") { return handleControl(request, now: now) }
        let correlationID = organization.generator.uuid()
        organization.correlationID = correlationID
        organization.emitsMixedHangups = faults.mixesHangups
        var called = CalledEndpoint(pattern: request.path)
        var answer: Answer
        do {
            if let fault, fault.kind == .status {
                answer = Self.failure(fault, contextID: correlationID)
            } else if let fault, fault.kind == .silentNoOp {
                // The answer of a copy that then goes away: it looks right, and nothing has changed.
                var copy = self
                answer = try copy.platformAnswer(request, now: now, called: &called)
                access = copy.access
            } else {
                answer = try platformAnswer(request, now: now, called: &called)
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
        log(request, 0, CalledEndpoint(pattern: request.path), "", fault, now)
    }

    /// Does what is due, each thing as of the moment it was due: what happens does not depend on when the clock looks.
    mutating func advance(to now: Timestamp) {
        organization.emitsMixedHangups = faults.mixesHangups
        while let (due, action) = organization.timeline.take(until: now) {
            organization.correlationID = organization.generator.uuid()
            switch action {
            case .adherence(let agent): organization.updateAdherence(of: agent, now: due)
            case .scheduleBoundary(let agent):
                organization.updateAdherence(of: agent, now: due)
                organization.scheduleBoundary(of: agent, now: due)
            case .explanation(let job): organization.completeExplanation(job: job, now: due)
            case .traffic(let step): traffic.perform(step, &organization, now: due)
            case .scenario(let step): _ = handleControl(step.request, now: due)
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
            let delays = faults.deliveries(topic: event.topicName, generator: &organization.generator)
            return (event, delays)
        }
    }

    private mutating func platformAnswer(
        _ request: HTTPRequest,
        now: Timestamp,
        called: inout CalledEndpoint
    ) throws -> Answer {
        if request.path == "/oauth/token" {
            guard request.method == .post else { throw PlatformError.methodNotAllowed(request.method.rawValue) }
            return OAuthEndpoint.token(&self, EndpointCall(request: request, parameters: [:], now: now))
        }
        guard request.path.hasPrefix("/api/v2/") else { throw PlatformError.notFound }
        let (client, token) = try access.client(authorization: request.headers["Authorization"], now: now)
        called.client = client
        let verdict = access.take(token: token, now: now)
        guard case .allowed(let count, let reset) = verdict else {
            guard case .refused(let seconds) = verdict else { throw PlatformError.notFound }
            throw PlatformError.tooManyRequests(retryAfter: seconds)
        }
        let (endpoint, parameters) = try Self.platform.find(request.method.rawValue, request.path)
        called.pattern = endpoint.pattern
        called.user = parameters["userId"] ?? parameters["agentId"]
        var answer = try endpoint.run(&self, EndpointCall(request: request, parameters: parameters, now: now))
        answer.headers += [
            (name: "inin-ratelimit-count", value: String(count)),
            (name: "inin-ratelimit-allowed", value: String(access.requestsPerMinute)),
            (name: "inin-ratelimit-reset", value: String(reset)),
        ]
        return answer
    }

    private mutating func log(
        _ request: HTTPRequest,
        _ status: Int,
        _ called: CalledEndpoint,
        _ correlationID: String,
        _ fault: Fault?,
        _ now: Timestamp
    ) {
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
                fault: fault?.kind
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

    private static func failure(_ fault: Fault, contextID: String) -> Answer {
        var error = PlatformError(
            status: fault.status,
            code: "service.unavailable",
            message: "The service is unavailable."
        )
        switch fault.status {
        case 400: error = .malformed
        case 401: error = .badCredentials
        case 403: error = .missingPermission(PresenceEndpoints.editPermission)
        case 404: error = .notFound
        case 409: error = .conflict("The resource was changed by another request.")
        case 429:
            // Some services leave the header out and use the older code (facts 2.2).
            error =
                fault.retryAfter.map(PlatformError.tooManyRequests)
                ?? PlatformError(status: 429, code: "too.many.requests", message: "Rate limit exceeded the maximum.")
        case 500: error.code = "internal.server.error"
        case 504: error.code = "gateway.timeout"
        default: break
        }
        error.status = fault.status
        error.retryAfter = fault.retryAfter
        var answer = failure(error, contextID: contextID)
        if fault.content != .json { answer.body = nil }
        return answer
    }

    private struct CalledEndpoint {
        var pattern: String
        var client: String?
        var user: String?
    }
}
