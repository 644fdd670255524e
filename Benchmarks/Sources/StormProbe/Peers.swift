// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Probing

/// The relay and the simulator as the probe talks to them.
struct Peers: Sendable {
    struct SimulatedAgent: Decodable, Sendable {
        struct Presence: Decodable, Sendable {
            var definitionId: String
            /// `ON_QUEUE`
            var system: String
            var modifiedAt: String
        }
        var id: String
        var presence: Presence
    }

    struct LoggedRequest: Decodable {
        var at: String
        var method: String
        var path: String
        var status: Int
    }

    struct RelayAgent: Decodable {
        struct Delivery: Decodable {
            var state: String
            var at: String
        }
        var id: String
        var delivery: Delivery?
    }

    private struct SimulatorState: Decodable { var agents: [SimulatedAgent] }
    private struct RequestLog: Decodable { var requests: [LoggedRequest] }
    private struct AgentPage: Decodable {
        var agents: [RelayAgent]
        var next: String?
    }

    let relayURL: String
    let simulatorURL: String
    private let client: HTTPClient

    init(relayURL: String, simulatorURL: String) throws {
        self.relayURL = relayURL
        self.simulatorURL = simulatorURL
        client = try HTTPClient.forLoad(connections: 4)
    }

    func close() async { await client.shutdown() }

    func simulatedAgents() async throws -> [SimulatedAgent] {
        try JSONDecoder().decode(SimulatorState.self, from: await call("GET", simulatorURL + "/simulator/state")).agents
    }

    func loggedRequests() async throws -> [LoggedRequest] {
        try JSONDecoder().decode(RequestLog.self, from: await call("GET", simulatorURL + "/simulator/requests"))
            .requests
    }

    func forgetRequests() async throws { _ = try await call("DELETE", simulatorURL + "/simulator/requests") }

    /// From now on the simulator tells the relay of every change.
    func sendEvents() async throws {
        let body = #"{"url":"\#(relayURL)/v1/events","headers":{"X-API-Key":"benchmark-key"}}"#
        _ = try await call("POST", simulatorURL + "/simulator/webhook", body: body)
    }

    func relayAgents() async throws -> [RelayAgent] {
        var agents: [RelayAgent] = []
        var cursor: String?
        repeat {
            let place = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try JSONDecoder()
                .decode(AgentPage.self, from: await call("GET", relayURL + "/v1/agents?limit=1000" + place))
            agents += page.agents
            cursor = page.next
        } while cursor != nil
        return agents
    }

    /// Wishes of which the relay has said that they are confirmed.
    func confirmedCount() async throws -> Int {
        let text = String(decoding: try await call("GET", relayURL + "/metrics"), as: UTF8.self)
        let sample = /presence_relay_delivery_reports_total\{[^}]*state="confirmed"[^}]*\} (\d+)/
        return text.firstMatch(of: sample).flatMap { Int($0.1) } ?? 0
    }

    private func call(_ method: String, _ url: String, body: String = "") async throws -> Data {
        var headers = [(name: "Content-Type", value: "application/json")]
        if url.hasPrefix(relayURL) { headers.append((name: "Authorization", value: "Bearer benchmark-admin-token")) }
        let answer = try await client.send(
            ClientRequest(method: method, url: url, headers: headers, body: Array(body.utf8))
        )
        guard (200..<300).contains(answer.status) else {
            throw ProbeError(message: "\(method) \(url) was answered with \(answer.status)")
        }
        return Data(answer.body)
    }
}

/// Posts events to the relay; a connection is kept for each that is under way at once.
struct Webhook: Sendable {
    private let url: String
    private let client: HTTPClient

    init(relayURL: String, connections: Int) throws {
        url = relayURL + "/v1/events"
        client = try HTTPClient.forLoad(connections: connections)
    }

    /// Returns how long the 202 took.
    func post(_ body: [UInt8]) async throws -> Duration {
        let start = ContinuousClock.now
        let answer = try await client.send(
            ClientRequest(
                method: "POST",
                url: url,
                headers: [
                    (name: "Content-Type", value: "application/json"), (name: "X-API-Key", value: "benchmark-key"),
                ],
                body: body
            )
        )
        guard answer.status == 202 else { throw ProbeError(message: "an event was answered with \(answer.status)") }
        return ContinuousClock.now - start
    }

    func close() async { await client.shutdown() }
}
