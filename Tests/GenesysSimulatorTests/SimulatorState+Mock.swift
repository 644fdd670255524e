// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPServer
import Testing

@testable import GenesysSimulator

/// An answer as a test wants to look at it.
struct Reply {
    var status: Int
    var headers: HTTPHeaders
    var json: JSONValue

    subscript(path: String...) -> JSONValue? {
        path.reduce(Optional(json)) { value, name in
            guard let value else { return nil }
            if let index = Int(name), let elements = value.arrayValue {
                return elements.indices.contains(index) ? elements[index] : nil
            }
            return value[name]
        }
    }
}

/// A simulator without sockets, whose clock the test drives.
struct Bench {
    /// 2026-03-10T14:00:00Z
    static let start = Timestamp(milliseconds: 1_773_151_200_000)

    var state: SimulatorState
    var now = Bench.start
    var token = ""

    init(_ configure: (inout SimulatorConfiguration) -> Void = { _ in }) {
        var configuration = SimulatorConfiguration()
        configuration.now = { Bench.start }
        configuration.webhookURL = "http://127.0.0.1:9/"
        configure(&configuration)
        state = SimulatorState(configuration: configuration)
        // A schedule that does not depend on the hour.
        for index in state.organization.agents.indices {
            state.organization.setSchedule(of: index, to: .onQueueWork, now: now)
        }
        _ = state.takeEvents()
        token = state.access.issue(client: "simulator", now: now, generator: &state.organization.generator)
    }

    mutating func send(
        _ method: HTTPMethod,
        _ target: String,
        _ body: String = "",
        fault: Fault? = nil,
        authorized: Bool = true,
        headers: HTTPHeaders = [:]
    ) -> Reply {
        var headers = headers
        if authorized { headers["Authorization"] = "Bearer \(token)" }
        let request = HTTPRequest(method: method, target: target, headers: headers, body: Array(body.utf8))
        let ticket = state.begin(request, now: now)
        let response = state.handle(request, fault: fault, now: now)
        state.end(ticket)
        guard case .bytes(let bytes) = response.body else {
            return Reply(status: response.status.code, headers: response.headers, json: .null)
        }
        let json = (try? JSONValue(parsing: bytes)) ?? .null
        return Reply(status: response.status.code, headers: response.headers, json: json)
    }

    /// Lets time pass and does what becomes due.
    mutating func pass(_ duration: Duration) {
        now = now.advanced(by: duration)
        state.advance(to: now)
    }

    /// Events since the last call, as `topic suffix` → bodies in order.
    mutating func events() -> [SimulatedEvent] { state.takeEvents().map(\.event) }

    func agent(_ number: Int) -> SimulatedAgent { state.organization.agents[number] }
    func definition(_ name: String) -> PresenceDefinition? {
        state.organization.presences.system(name) ?? state.organization.presences.labelled(name)
    }

    /// A schema of custom attributes; `properties` is JSON.
    mutating func schema(_ properties: String) throws -> String {
        let path = "/api/v2/conversations/customattributes/schemas"
        let reply = send(.post, path, #"{"title":"Schema \#(properties.count)","properties":\#(properties)}"#)
        return try #require(reply["id"]?.stringValue)
    }

    /// A call with the first agent, answered.
    mutating func call(agent: Int = 1, answer: Bool = true) throws -> (id: String, leg: String, customer: String) {
        let reply = send(.post, "/simulator/calls", #"{"agentId":\#(agent),"answer":\#(answer)}"#)
        return (
            try #require(reply["conversationId"]?.stringValue), try #require(reply["agentParticipantId"]?.stringValue),
            try #require(reply["customerParticipantId"]?.stringValue)
        )
    }
}

/// Field names that Genesys documents for a topic (Tests/Fixtures/Topics/topic-fields.json).
struct TopicFields {
    let topics: JSONValue

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/Topics/topic-fields.json")
        topics = try JSONValue(parsing: Array(Data(contentsOf: file)))
    }

    /// Dotted names in `body` that the topic does not have, and enum values it does not know.
    func unknown(in body: JSONValue, topic: String) -> [String] {
        guard let fields = topics[topic] else { return ["no topic \(topic)"] }
        return unknown(body, fields, "")
    }

    private func unknown(_ body: JSONValue, _ fields: JSONValue, _ prefix: String) -> [String] {
        guard let members = body.objectValue else { return [] }
        return members.flatMap { member -> [String] in
            let name = prefix + member.name
            guard let field = fields[member.name] else { return [name] }
            if let allowed = field["enum"]?.arrayValue, !allowed.contains(member.value) {
                return ["\(name) = \(member.value)"]
            }
            guard let inner = field["fields"] else { return [] }
            let values = member.value.arrayValue ?? [member.value]
            return values.flatMap { unknown($0, inner, name + ".") }
        }
    }
}
