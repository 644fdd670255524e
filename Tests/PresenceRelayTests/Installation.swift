// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Logging
import Testing

/// A running simulator, and relays against it: real processes on loopback.
final class Installation: Sendable {
    let folder: URL
    let genesys: String
    private let simulator: Child
    private let client: HTTPClient
    static let key = "webhook-key"
    static let token = "admin-token"

    init(folder: URL, agents: Int = 4, requestsPerMinute: Int = 3000) async throws {
        self.folder = folder
        simulator = try Child([
            "simulate", "--listen", "127.0.0.1:0", "--agents", "\(agents)",
            "--requests-per-minute", "\(requestsPerMinute)",
        ])
        genesys = try await simulator.line("http://")
        client = try HTTPClient(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func end() async {
        simulator.kill()
        await client.shutdown()
    }

    /// The rules of the story: the attribute on a live conversation is the status.
    static let rules = """
        statuses:
          Break: { presence: Break }
          Meeting: { presence: { label: Team huddle, system: Meeting }, message: "In a meeting" }
        rules:
          - name: flagged
            when: { conversation: { media: call, attributes.wfm_status: { in: [Break, Meeting] } } }
            then: { status: "${conversation.attributes.wfm_status}" }
            guards: { onQueue: false }
        """

    /// Writes the configuration; the journal is in the same folder, so that a second relay continues the first's.
    func configuration(
        _ rules: String = Installation.rules,
        verify: String = "{ within: 2s, attempts: 2 }",
        clients: String = #"[ { id: simulator, secret: "${env:GENESYS_SECRET}" } ]"#,
        requestsPerMinute: Int = 3000,
        bulkSize: Int = 50,
        database: URL? = nil
    ) throws -> String {
        let yaml = """
            server: { listen: "127.0.0.1:0", drainDelay: 0s }
            webhook: { authentication: [ { apiKey: { header: X-API-Key, values: ["\(Self.key)"] } } ] }
            admin: { tokens: ["\(Self.token)"] }
            genesys:
              apiURL: \(genesys)
              loginURL: \(genesys)
              clients: \(clients)
              requestsPerMinute: \(requestsPerMinute)
              bulk: { size: \(bulkSize) }
            journal: { url: "sqlite:\(database?.path ?? folder.path + "/relay.db")" }
            verify: \(verify)
            \(rules)
            """
        let file = folder.appendingPathComponent("relay.yaml")
        try yaml.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    /// Starts a relay and turns the simulator's events to it.
    ///
    /// - Parameter topics: parts of the topics of the only events wanted; `nil` = all.
    func relay(
        _ configuration: String,
        events: Bool = true,
        topics: [String]? = nil,
        environment: [String: String] = [:]
    ) async throws -> RunningRelay {
        let child = try Child(
            ["serve", "--config", configuration],
            environment: environment.merging(["GENESYS_SECRET": "simulator"]) { $1 }
        )
        let line = try await child.line("listening on ")
        let relay = RunningRelay(child: child, url: String(line.dropFirst("listening on ".count)), installation: self)
        if events {
            var webhook: [String: Any] = ["url": relay.url + "/v1/events", "headers": ["X-API-Key": Self.key]]
            if let topics { webhook["topics"] = topics }
            try await simulate("POST", "/simulator/webhook", webhook)
        }
        return relay
    }

    /// A call of the simulator's control API.
    @discardableResult
    func simulate(_ method: String, _ path: String, _ body: Any? = nil) async throws -> JSON {
        let answer = try await call(method, genesys + path, body)
        #expect(answer.status < 300, "\(method) \(path): \(answer.status) \(answer.text)")
        return answer.json
    }

    /// The platform API, as a script with a token of its own uses it.
    func platform(_ method: String, _ path: String, _ body: Any? = nil) async throws -> Answer {
        var request = ClientRequest(method: "POST", url: genesys + "/oauth/token")
        request.headers = [
            (name: "Authorization", value: "Basic " + Data("simulator:simulator".utf8).base64EncodedString()),
            (name: "Content-Type", value: "application/x-www-form-urlencoded"),
        ]
        request.body = Array("grant_type=client_credentials".utf8)
        let token = try #require(Answer(try await client.send(request)).json["access_token"].value as? String)
        return try await call(method, genesys + path, body, headers: ["Authorization": "Bearer \(token)"])
    }

    func call(_ method: String, _ url: String, _ body: Any? = nil, headers: [String: String] = [:]) async throws
        -> Answer
    {
        let text = try body.map { String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self) }
        return try await call(method, url, text: text, headers: headers)
    }

    /// The same with the body's exact text.
    func call(_ method: String, _ url: String, text: String?, headers: [String: String] = [:]) async throws -> Answer {
        var request = ClientRequest(method: method, url: url, headers: headers.map { (name: $0.key, value: $0.value) })
        if let text {
            request.body = Array(text.utf8)
            request.headers.append((name: "Content-Type", value: "application/json"))
        }
        return Answer(try await client.send(request))
    }

    struct Agent {
        var id: String
        var system: String
    }

    /// The simulated agents with their presence now.
    func agents() async throws -> [Agent] {
        let state = try await simulate("GET", "/simulator/state")
        return state["agents"].list.map { agent in
            Agent(id: agent["id"].text, system: agent["presence"]["system"].text)
        }
    }

    /// An agent who is there to work: neither Offline nor on a call.
    func workingAgent() async throws -> String {
        let agents = try await agents()
        let agent = try #require(agents.first { !$0.system.uppercased().contains("OFFLINE") })
        return agent.id
    }

    /// The presence in Genesys, upper case without separators.
    func presence(_ agentID: String) async throws -> String {
        let answer = try await platform("GET", "/api/v2/users/\(agentID)/presences/purecloud")
        return answer.json["presenceDefinition"]["systemPresence"].text.uppercased().filter(\.isLetter)
    }

    /// A call answered by the agent; `(conversation, agent's participant)`.
    func answeredCall(_ agentID: String) async throws -> (conversation: String, participant: String) {
        let call = try await simulate("POST", "/simulator/calls", ["agentId": agentID, "answer": true])
        return (call["conversationId"].text, call["agentParticipantId"].text)
    }

    /// The script of the story: a call answered by the agent, and the attribute on the agent's participant.
    @discardableResult
    func flag(_ agentID: String, _ status: String = "Break") async throws -> (
        conversation: String, participant: String
    ) {
        let call = try await answeredCall(agentID)
        try await attribute(call.conversation, call.participant, status)
        return call
    }

    func attribute(_ conversation: String, _ participant: String, _ status: String) async throws {
        let path = "/api/v2/conversations/\(conversation)/participants/\(participant)/attributes"
        let answer = try await platform("PATCH", path, ["attributes": ["wfm_status": status]])
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// The agent's call ends, with its after-call work.
    func hangUp(_ conversation: String) async throws {
        try await simulate("POST", "/simulator/calls/\(conversation)/hangup")
        try await simulate("POST", "/simulator/calls/\(conversation)/wrapup")
    }

    /// PATCHes to presences that the simulator has seen.
    func presenceWrites() async throws -> Int {
        let log = try await simulate("GET", "/simulator/requests")
        return log["requests"].list.count { $0["method"].text == "PATCH" && $0["path"].text.contains("/presences/") }
    }
}

struct RunningRelay {
    let child: Child
    let url: String
    let installation: Installation

    /// Waits until the agent's wish is confirmed.
    func confirmed(_ agent: String) async throws {
        try await eventually("confirmed: \(agent)") {
            try await self.agent(agent)["delivery"]["state"].text == "confirmed"
        }
    }

    func get(_ path: String) async throws -> Answer {
        try await installation.call("GET", url + path, headers: ["Authorization": "Bearer \(Installation.token)"])
    }

    func agent(_ id: String) async throws -> JSON { try await get("/v1/agents/\(id)").json }

    func post(_ event: String, headers: [String: String] = ["X-API-Key": Installation.key]) async throws -> Answer {
        try await installation.call("POST", url + "/v1/events", text: event, headers: headers)
    }

    func history(_ id: String) async throws -> [(kind: String, summary: String)] {
        let page = try await get("/v1/agents/\(id)/history?limit=1000").json
        return page["entries"].list.map { ($0["kind"].text, $0["summary"].text) }
    }
}

struct Answer {
    var status: Int
    var text: String
    var headers: [(name: String, value: String)]
    var json: JSON { JSON(parsing: text) }

    init(_ response: ClientResponse) {
        status = response.status
        text = String(decoding: response.body, as: UTF8.self)
        headers = response.headers
    }
}

/// An installation in a folder of its own that ends with the body.
func withInstallation(
    agents: Int = 4,
    requestsPerMinute: Int = 3000,
    _ body: (Installation) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let site = try await Installation(folder: folder, agents: agents, requestsPerMinute: requestsPerMinute)
        do {
            try await body(site)
        } catch {
            await site.end()
            throw error
        }
        await site.end()
    }
}
