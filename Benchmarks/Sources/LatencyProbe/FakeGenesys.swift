// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer
import Logging
import Probing
import Synchronization

/// As much of the Genesys Cloud API as a presence write and its verification need, answered at once and without limits:
/// the simulator models limits and faults, which is what a measurement of ourselves must not see.
final class FakeGenesys: Sendable {
    /// Ids of the two definitions that the measured rule sets, by status name.
    static let definitions = [
        "Break": "227b37e2-f1d0-4dd0-8f50-badd7cf6d158",
        "Meeting": "bbdff279-7ae1-48ea-bade-7831d7234c64",
    ]
    static let onQueue = "e08eaf1b-ee47-4fa9-a231-1200e284798f"

    private let server: HTTPServer
    private let missing: Missing

    init(log: LatencyLog) {
        let presences = PresenceTable()
        let missing = Missing()
        self.missing = missing
        var logger = Logger(label: "fake-genesys")
        logger.logLevel = .error

        var router = Router()
        router.on(.post, "/oauth/token") { _ in
            .json(#"{"access_token":"benchmark","token_type":"bearer","expires_in":86400}"#)
        }
        router.on(.get, "/api/v2/presence/definitions") { _ in .json(Self.definitionList) }
        router.on(.get, "/api/v2/users/presences/purecloud/bulk") { request in
            let items = request.queryValues("id").map { presences.json($0, idKey: "userId") }
            return .json("[" + items.joined(separator: ",") + "]")
        }
        router.on(.get, "/api/v2/users/{id}/presences/purecloud") { request in
            .json(presences.json(request.parameters["id"] ?? "", idKey: "id"))
        }
        router.on(.patch, "/api/v2/users/{id}/presences/purecloud") { request in
            guard let id = request.parameters["id"],
                let wish = try? JSONDecoder().decode(PresenceWish.self, from: Data(request.body))
            else { return HTTPResponse(status: HTTPStatus(400)) }
            log.arrived(agent: id, definition: wish.presenceDefinition.id)
            presences.set(id, wish.presenceDefinition.id)
            return .json(presences.json(id, idKey: "id"))
        }
        router.on(.put, "/api/v2/users/presences/bulk") { request in
            guard let wishes = try? JSONDecoder().decode([PresenceWish].self, from: Data(request.body)) else {
                return HTTPResponse(status: HTTPStatus(400))
            }
            let ids = wishes.compactMap(\.id)
            for (id, wish) in zip(ids, wishes) {
                log.arrived(agent: id, definition: wish.presenceDefinition.id)
                presences.set(id, wish.presenceDefinition.id)
            }
            return .json("[" + ids.map { presences.json($0, idKey: "id") }.joined(separator: ",") + "]")
        }
        let routes = router
        var configuration = HTTPServerConfiguration()
        configuration.loops = 1
        server = HTTPServer(configuration: configuration, logger: logger) { request in
            let response = await routes.handle(request)
            if response.status.code >= 400 { missing.note("\(request.method) \(request.path) \(response.status.code)") }
            return response
        }
    }

    func start() async throws -> String {
        guard case .ip(let host, let port)? = try await server.start().first else {
            throw ProbeError(message: "the fake API has no address")
        }
        return "http://\(host):\(port)"
    }

    func stop() async { await server.shutdown(deadline: .seconds(1)) }

    /// Requests that had no answer here, so that a gap in this fake is not taken for a quality of the relay.
    func unanswered() -> [(path: String, count: Int)] { missing.sorted() }

    private static let definitionList: String = {
        let system = [
            ("Available", "6a3af858-942f-489d-9700-5f9bcdcdae9b"), ("Break", definitions["Break"] ?? ""),
            ("Meeting", definitions["Meeting"] ?? ""), ("Offline", "ccf3c10a-aa2c-4845-8e8d-f59fa48c58e5"),
            ("OnQueue", onQueue),
        ]
        let entities = system.map { name, id in
            #"{"id":"\#(id)","type":"System","languageLabels":{"en_US":"\#(name)"},"systemPresence":"\#(name)","deactivated":false}"#
        }
        return #"{"total":\#(system.count),"entities":["# + entities.joined(separator: ",") + "]}"
    }()
}

/// The key parts of a presence write, single (no `id`) or bulk.
private struct PresenceWish: Decodable {
    struct Definition: Decodable {
        var id: String
    }
    var id: String?
    var presenceDefinition: Definition
}

/// The definition of every agent; On Queue until set.
private final class PresenceTable: Sendable {
    private let table = Mutex<[String: String]>([:])

    func set(_ user: String, _ definition: String) { table.withLock { $0[user] = definition } }

    func json(_ user: String, idKey: String) -> String {
        let definition = table.withLock { $0[user] } ?? FakeGenesys.onQueue
        let system = FakeGenesys.definitions.first { $0.value == definition }?.key ?? "OnQueue"
        return #"{"\#(idKey)":"\#(user)","source":"PURECLOUD","sourceId":"PURECLOUD","primary":true,"#
            + #""presenceDefinition":{"id":"\#(definition)","systemPresence":"\#(system)"},"message":"","#
            + #""modifiedDate":"\#(EventBodies.now())"}"#
    }
}

private final class Missing: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    func note(_ request: String) { counts.withLock { $0[request, default: 0] += 1 } }
    func sorted() -> [(path: String, count: Int)] {
        counts.withLock { $0.sorted { $0.value > $1.value }.prefix(10).map { (path: $0.key, count: $0.value) } }
    }
}

extension HTTPResponse {
    static func json(_ text: String) -> HTTPResponse {
        HTTPResponse(
            status: HTTPStatus(200),
            headers: ["Content-Type": "application/json"],
            body: .bytes(Array(text.utf8))
        )
    }
}
