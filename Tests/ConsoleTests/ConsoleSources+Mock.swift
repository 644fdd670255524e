// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPServer
import Logging
import Testing

@testable import Console

extension ConsoleSources {
    /// Every closure fails the test; a test replaces the ones it expects.
    static var mock: ConsoleSources {
        ConsoleSources(
            agents: { _, _ in try unexpected("agents") },
            agent: { _ in
                Issue.record("agent was not expected")
                return nil
            },
            history: { _, _, _ in try unexpected("history") },
            deadLetters: { _, _ in try unexpected("deadLetters") },
            deadLetter: { _ in try unexpected("deadLetter") },
            retryDeadLetter: { _ in try unexpected("retryDeadLetter") },
            deleteDeadLetter: { _ in try unexpected("deleteDeadLetter") },
            startResync: { _ in try unexpected("startResync") },
            resync: { _ in
                Issue.record("resync was not expected")
                return nil
            },
            health: {
                Issue.record("health was not expected")
                return HealthView(status: .fail, rules: .init(version: "", count: 0))
            },
            changes: {
                Issue.record("changes was not expected")
                return AsyncStream { $0.finish() }
            },
            load: {
                Issue.record("load was not expected")
                return .idle
            },
            prepareScrape: {},
            newDeadLetters: {
                Issue.record("newDeadLetters was not expected")
                return AsyncStream { $0.finish() }
            }
        )
    }

    private static func unexpected<Value>(_ name: String) throws -> Value {
        Issue.record("\(name) was not expected")
        throw ConsoleError(.invalidRequest, "not expected")
    }
}

/// A console behind a real router, asked without sockets.
struct ConsoleFixture {
    let console: Console
    private let router: Router

    init(
        tokens: [String] = [],
        protectMetrics: Bool = false,
        maximumStreams: Int = 64,
        heartbeat: Duration = .seconds(15),
        metrics: PrometheusMetrics = PrometheusMetrics(),
        sources: ConsoleSources = .mock
    ) {
        console = Console(
            configuration: ConsoleConfiguration(
                adminTokens: tokens,
                protectMetrics: protectMetrics,
                version: "1.2.3",
                maximumStreams: maximumStreams,
                heartbeat: heartbeat
            ),
            sources: sources,
            metrics: metrics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        var router = Router()
        console.routes(into: &router)
        self.router = router
    }

    func send(
        _ method: HTTPMethod = .get,
        _ target: String,
        headers: HTTPHeaders = [:],
        body: String = ""
    ) async -> HTTPResponse {
        await router.handle(HTTPRequest(method: method, target: target, headers: headers, body: Array(body.utf8)))
    }
}

extension HTTPResponse {
    /// The content as text; a streamed one is a failure.
    var text: String {
        guard case .bytes(let bytes) = body else {
            Issue.record("the answer is a stream")
            return ""
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The content as JSON objects of Foundation.
    func json() throws -> NSDictionary {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? NSDictionary)
    }
}

/// Whether two JSON texts say the same.
func expectJSON(
    _ response: HTTPResponse,
    _ expected: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let wanted = try #require(
        JSONSerialization.jsonObject(with: Data(expected.utf8)) as? NSDictionary,
        sourceLocation: sourceLocation
    )
    #expect(response.headers["Content-Type"] == "application/json", sourceLocation: sourceLocation)
    #expect(try response.json() == wanted, "\(response.text)", sourceLocation: sourceLocation)
}

/// Checks the shape of RFC 9457 that every error has.
func expectProblem(
    _ response: HTTPResponse,
    _ status: Int,
    detail: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(response.status.code == status, sourceLocation: sourceLocation)
    #expect(response.headers["Content-Type"] == "application/problem+json", sourceLocation: sourceLocation)
    let problem = try response.json()
    #expect(problem["type"] as? String == "about:blank", sourceLocation: sourceLocation)
    #expect(problem["status"] as? Int == status, sourceLocation: sourceLocation)
    #expect((problem["title"] as? String)?.isEmpty == false, sourceLocation: sourceLocation)
    if let detail { #expect(problem["detail"] as? String == detail, sourceLocation: sourceLocation) }
}

extension Timestamp {
    /// 2026-03-10T14:06:00.100Z plus seconds.
    static func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_773_151_560_100 + seconds * 1000) }
}

extension DeliveryLoadView {
    /// One client that has done nothing.
    static var idle: DeliveryLoadView {
        DeliveryLoadView(
            budgets: [.init(remaining: 300, limit: 300)],
            waiting: ["write": 0, "verify": 0, "resync": 0, "errand": 0],
            bulkSize: 100,
            deadLetters: .init(hours: 24)
        )
    }

    /// Everything different from that.
    static var busy: DeliveryLoadView {
        DeliveryLoadView(
            budgets: [.init(remaining: 12, limit: 300), .init(remaining: 0, limit: 60, heldBack: true)],
            waiting: ["write": 3, "verify": 2, "resync": 40, "errand": 1],
            underWay: 5,
            breaker: .halfOpen,
            bulkSize: 50,
            outstanding: 77,
            errands: 8,
            adherenceChecks: 9,
            deadLetters: .init(hours: 24, notApplied: 1, failed: 2, errand: 3, event: 4)
        )
    }
}

extension AgentView {
    /// An agent of whom everything is known.
    static var full: AgentView {
        var agent = AgentView(id: "11111111-aaaa-4aaa-8aaa-000000000001", name: "Ada Lovelace")
        agent.presence = PresenceView(
            definitionId: "227b37e2-f1d0-4dd0-8f50-badd7cf6d158",
            system: "BREAK",
            label: "Break",
            message: "",
            modifiedAt: .at(0),
            setBy: .relay
        )
        agent.routingStatus = RoutingStatusView(status: "INTERACTING", since: .at(-60))
        agent.adherence = AdherenceView(state: "InAdherence", scheduled: "Break", actual: "Break", since: .at(1))
        agent.outOfOffice = false
        var conversation = ConversationView(id: "33333333-cccc-4ccc-8ccc-000000000001", media: "call")
        conversation.direction = "inbound"
        conversation.state = "connected"
        conversation.held = false
        conversation.afterCallWork = "pending"
        conversation.queueId = "22222222-bbbb-4bbb-8bbb-000000000001"
        conversation.attributes = ["wfm_status": "Break"]
        conversation.customerAttributes = ["accountTier": "gold"]
        agent.conversations = [conversation]
        agent.wanted = WantedView(status: "Break", rule: "flagged by the desktop", since: .at(-1), eventKey: "k1")
        agent.delivery = DeliveryView(
            state: .failed,
            attempts: 2,
            at: .at(2),
            error: .init(code: "missing.permissions", message: "No.", correlationId: "c1")
        )
        var verdict = AdherenceVerdictView(state: .differs, at: .at(9))
        verdict.expected = "Break"
        verdict.actual = "OnQueueWork"
        verdict.scheduled = "Break"
        verdict.adherenceState = "OutOfAdherence"
        verdict.reason = "primarySource"
        verdict.message = "The primary presence source is not Genesys Cloud."
        agent.delivery?.adherence = verdict
        agent.errands = [
            ErrandView(
                id: "tag-1",
                rule: "flagged",
                kind: .tag,
                since: .at(3),
                what: "tag conversation 3 with wfm_status"
            )
        ]
        var waiting = WaitingView(.afterCallWork, rule: "flagged by the desktop")
        waiting.status = "Meeting"
        waiting.since = .at(4)
        waiting.until = .at(64)
        waiting.conversations = ["33333333-cccc-4ccc-8ccc-000000000001"]
        agent.waiting = waiting
        agent.looksAgainAt = .at(60)
        return agent
    }
}
