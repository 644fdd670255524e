// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysAPI
import GenesysEvents
import HTTPClient
import Logging
import Synchronization
import Testing

@testable import Preflight

/// An organisation in which everything is as it should be, but for what the test says.
final class OrganizationMock: Sendable {
    typealias Answer = @Sendable (ClientRequest) throws(HTTPClientError) -> ClientResponse

    static let now = Timestamp(milliseconds: 1_773_151_560_000)  // 2026-03-10T14:06:00Z
    static let user = "11111111-aaaa-4aaa-8aaa-000000000001"
    static let coffee = "bbbbbbbb-0000-4000-8000-000000000001"
    static let breakID = "227b37e2-f1d0-4dd0-8f50-badd7cf6d158"

    private let requests = Mutex<[ClientRequest]>([])
    private let changed: [(match: String, answer: Answer)]

    /// - Parameter changed: by method and a part of the address: `PUT bulk`; the first that fits answers.
    init(_ changed: [(match: String, answer: Answer)] = []) { self.changed = changed }

    /// The same with a status, or a body.
    convenience init(_ match: String, _ status: Int, _ body: String = "{}") {
        let answer: Answer = { _ in .json(status, body) }
        self.init([(match, answer)])
    }

    var calls: [ClientRequest] { requests.withLock { $0 } }

    func called(_ match: String) -> Bool { calls.contains { Self.fits($0, match) } }

    func preflight(
        _ needs: PreflightNeeds = PreflightNeeds(),
        clients: [String] = ["client-1"],
        requestsPerMinute: Int = 300,
        resolve: @escaping @Sendable ([PresenceDefinition]) -> [ResolvedStatus] = OrganizationMock.statuses
    ) -> Preflight {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let clients = clients.map { id in
            let notes = ExchangeNotes()
            let api = GenesysAPI(
                configuration: .init(
                    apiURL: "https://api.example.com",
                    loginURL: "https://login.example.com",
                    clientID: id,
                    clientSecret: "client-secret"
                ),
                logger: logger,
                now: { Self.now },
                observe: { notes.note($0, now: Self.now) },
                send: { [self] request throws(HTTPClientError) in try answer(request) }
            )
            // Nobody waits here: a pause is over at once.
            let clock = Mutex(Self.now)
            let gate = CallGate(
                CallSchedule(budgets: [RequestBudget(requestsPerMinute: requestsPerMinute)]),
                now: { clock.withLock { $0 } },
                sleep: { pause in clock.withLock { $0 = $0.advanced(by: pause) } }
            )
            return Preflight.Client(
                name: id,
                requestsPerMinute: requestsPerMinute,
                api: api,
                gate: gate,
                index: 0,
                notes: notes
            )
        }
        return Preflight(clients: clients, needs: needs, resolve: resolve, now: { Self.now })
    }

    /// A status Break of the system and a status Coffee of the organisation's own.
    @Sendable
    static func statuses(_ definitions: [PresenceDefinition]) -> [ResolvedStatus] {
        [("Break", breakID), ("Coffee", coffee)].compactMap { name, id in
            definitions.first { $0.id == id }.map { ResolvedStatus(name: name, outcome: .definition($0)) }
        }
    }

    private func answer(_ request: ClientRequest) throws(HTTPClientError) -> ClientResponse {
        requests.withLock { $0.append(request) }
        if let changed = changed.first(where: { Self.fits(request, $0.match) }) { return try changed.answer(request) }
        let found = Self.usual.first { Self.fits(request, $0.match) }
        return .json(found == nil ? 404 : 200, found?.body ?? "{}")
    }

    private static func fits(_ request: ClientRequest, _ match: String) -> Bool {
        match.split(separator: " ").allSatisfy { "\(request.method) \(request.url)".contains($0) }
    }

    private static let presence =
        #"{"presenceDefinition":{"id":"\#(breakID)","systemPresence":"Break"},"modifiedDate":"2026-03-10T14:00:00.123Z"}"#

    private static let usual: [(match: String, body: String)] = [
        ("POST /oauth/token", #"{"access_token":"t","expires_in":86400}"#),
        (
            "GET /presence/definitions",
            """
            {"entities":[{"id":"\(breakID)","type":"System","systemPresence":"Break","languageLabels":{"en_US":"Break"}},
            {"id":"\(coffee)","type":"User","systemPresence":"Break","languageLabels":{"en_US":"Coffee"}}]}
            """
        ),
        ("PUT /presences/bulk", "[]"),
        ("GET /users?", #"{"entities":[{"id":"\#(user)","state":"active","presence":\#(presence)}]}"#),
        ("GET /primarysource", #"{"sourceId":"PURECLOUD"}"#),
        ("GET /presences/purecloud", presence),
        ("GET /routingstatus", #"{"status":"OFF_QUEUE"}"#),
        (
            "GET /workforcemanagement/adherence",
            #"[{"user":{"id":"\#(user)"},"adherenceState":"InAdherence","businessUnit":{"id":"bu"}}]"#
        ),
        (
            "GET /activitycodes",
            #"{"entities":[{"id":"7","name":"Refresh","category":"Break","secondaryPresences":[{"id":"\#(coffee)"}]}]}"#
        ),
        ("GET /customattributes/schemas", #"{"entities":[{"id":"s","jsonSchema":{"title":"Relay"}}]}"#),
    ]
}

extension ClientResponse {
    static func json(
        _ status: Int,
        _ body: String = "{}",
        headers: [(name: String, value: String)] = []
    ) -> ClientResponse {
        ClientResponse(
            status: status,
            headers: [("Content-Type", "application/json")] + headers,
            body: Array(body.utf8)
        )
    }
}

extension PreflightReport {
    subscript(name: String) -> Check? { checks.first { $0.name == name } }

    func names(_ result: Result) -> [String] { checks.filter { $0.result == result }.map(\.name) }
}
