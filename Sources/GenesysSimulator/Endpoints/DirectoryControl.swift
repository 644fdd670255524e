// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// `/simulator/directory…`: queues, wrap-up codes, management units, teams and groups as administrators change them.
/// Units are named by id or name, agents by id or by number from 1.
enum DirectoryControl {
    static let all: [Endpoint] = [
        Endpoint("GET", "/simulator/directory", list),
        Endpoint("POST", "/simulator/directory/{kind}", add),
        Endpoint("PATCH", "/simulator/directory/{kind}/{unit}", change),
        Endpoint("DELETE", "/simulator/directory/{kind}/{unit}", remove),
    ]

    private static func list(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let organization = state.organization
        let kinds = OrganizationUnitKind.allCases.map { kind in
            JSONObject.Member(
                name: kind.rawValue,
                value: organization.directory[kind].map { organization.report($0) }.json
            )
        }
        return .ok(.object(JSONObject(distinct: kinds)))
    }

    /// `{"name": "Chat queue", "members": [1, 2]}`
    private static func add(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let kind = try kind(call)
        let body = try call.objectBody()
        guard let name = body["name"]?.stringValue else { throw PlatformError.invalid("name", "name is required.") }
        let unit = OrganizationUnit(id: state.organization.generator.uuid(), name: name)
        let members = try agents(body, "members", state.organization)
        state.organization.directory.add(kind, unit)
        for index in members { state.organization.join(kind, unit.id, agent: index, now: call.now) }
        return Answer(status: 201, body: state.organization.report(try self.unit(kind, unit.id, state)))
    }

    /// `{"name": "Chats", "add": [1], "remove": [2]}`; who joins a management unit or a team leaves the one before.
    private static func change(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let kind = try kind(call)
        let unit = try unit(kind, call.parameter("unit"), state)
        let body = try call.objectBody()
        let joining = try agents(body, "add", state.organization)
        let leaving = try agents(body, "remove", state.organization)
        if let name = body["name"]?.stringValue { state.organization.directory.rename(kind, id: unit.id, to: name) }
        for index in joining { state.organization.join(kind, unit.id, agent: index, now: call.now) }
        for index in leaving { state.organization.leave(kind, unit.id, agent: index, now: call.now) }
        return .ok(state.organization.report(try self.unit(kind, unit.id, state)))
    }

    private static func remove(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let kind = try kind(call)
        let unit = try unit(kind, call.parameter("unit"), state)
        for index in unit.sortedMembers { state.organization.leave(kind, unit.id, agent: index, now: call.now) }
        state.organization.directory.remove(kind, id: unit.id)
        return .empty
    }

    private static func kind(_ call: EndpointCall) throws(PlatformError) -> OrganizationUnitKind {
        let name = call.parameter("kind")
        guard let kind = OrganizationUnitKind(rawValue: name) else { throw .notFound(name) }
        return kind
    }

    private static func unit(
        _ kind: OrganizationUnitKind,
        _ text: String,
        _ state: SimulatorState
    ) throws(PlatformError) -> OrganizationUnit {
        let name = text.removingPercentEncoding ?? text
        guard let unit = state.organization.directory.named(kind, name) else { throw .notFound(name) }
        return unit
    }

    private static func agents(
        _ body: JSONValue,
        _ member: String,
        _ organization: SimulatedOrganization
    ) throws -> [Int] {
        try (body[member]?.arrayValue ?? []).map { agent in
            try organization.namedAgent(agent.stringValue ?? agent.integerValue.map(String.init) ?? "")
        }
    }
}

extension SimulatedOrganization {
    fileprivate func report(_ unit: OrganizationUnit) -> JSONValue {
        object(["id": unit.id, "name": unit.name, "members": unit.sortedMembers.map { agents[$0].id }])
    }
}
