// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents

/// `/simulator/definitions`, `/simulator/activitycodes` and `PATCH /simulator/agents/{id}`: what administrators change.
enum OrganizationControl {
    static let all: [Endpoint] = [
        Endpoint("GET", "/simulator/definitions", definitions),
        Endpoint("POST", "/simulator/definitions", addDefinition),
        Endpoint("PATCH", "/simulator/definitions/{definitionId}", changeDefinition),
        Endpoint("GET", "/simulator/activitycodes", activityCodes),
        Endpoint("PATCH", "/simulator/activitycodes/{codeId}", changeActivityCode),
        Endpoint("PATCH", "/simulator/agents/{agentId}", changeAgent),
    ]

    private static func definitions(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(object(["definitions": state.organization.presences.definitions.map(body)]))
    }

    /// `{"label": "Lunch", "system": "Meal"}`
    private static func addDefinition(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        guard let system = body["system"]?.stringValue.flatMap({ state.organization.presences.system($0) }) else {
            throw PlatformError.invalid("system", "system must be a system presence.")
        }
        var definition = PresenceDefinition(
            id: state.organization.generator.uuid(),
            system: system.system,
            labels: [],
            isSystem: false
        )
        try apply(body, to: &definition)
        guard !definition.labels.isEmpty else { throw PlatformError.invalid("label", "label is required.") }
        state.organization.presences.set(definition)
        return Answer(status: 201, body: self.body(definition))
    }

    /// By id or label: `{"label": "Lunch break"}`, `{"labels": {"en_US": …, "de": …}}`, `{"deactivated": true}`.
    private static func changeDefinition(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let name = call.parameter("definitionId").removingPercentEncoding ?? call.parameter("definitionId")
        guard var definition = state.organization.presences[name] ?? state.organization.presences.labelled(name) else {
            throw PlatformError.notFound(name)
        }
        try apply(try call.objectBody(), to: &definition)
        state.organization.replace(definition)
        return .ok(body(definition))
    }

    private static func apply(_ body: JSONValue, to definition: inout PresenceDefinition) throws(PlatformError) {
        if let label = body["label"]?.stringValue { definition.labels = [(locale: "en_US", label: label)] }
        if let labels = body["labels"]?.objectValue {
            definition.labels = labels.compactMap { member in
                member.value.stringValue.map { (locale: member.name, label: $0) }
            }
        }
        if let value = body["deactivated"] {
            guard let isDeactivated = value.boolValue else {
                throw .invalid("deactivated", "deactivated must be true or false.")
            }
            definition.isDeactivated = isDeactivated
        }
    }

    private static func body(_ definition: PresenceDefinition) -> JSONValue {
        let labels = definition.labels.map { JSONObject.Member(name: $0.locale, value: .string($0.label)) }
        return object([
            "id": definition.id, "system": definition.system, "isSystem": definition.isSystem,
            "labels": JSONObject(distinct: labels), "deactivated": definition.isDeactivated,
        ])
    }

    private static func activityCodes(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(object(["activityCodes": state.organization.activities.codes.map(body)]))
    }

    /// `{"secondaryPresences": ["Coffee", …]}` by id or label, `{"active": false}`.
    private static func changeActivityCode(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let id = call.parameter("codeId")
        guard let code = state.organization.activities.codes.first(where: { $0.id == id || $0.name == id }) else {
            throw PlatformError.notFound(id)
        }
        let body = try call.objectBody()
        if let names = body["secondaryPresences"]?.arrayValue {
            let presences = state.organization.presences
            let definitions = try names.map { name in
                let text = name.stringValue ?? ""
                guard let definition = presences[text] ?? presences.labelled(text) else {
                    throw PlatformError.invalid("secondaryPresences", "There is no presence definition \(text).")
                }
                return definition.id
            }
            state.organization.link(definitions, to: code, now: call.now)
        }
        if let isActive = body["active"]?.boolValue {
            state.organization.activities.change(code.id) { $0.isActive = isActive }
        }
        let changed = state.organization.activities.codes.first { $0.id == code.id } ?? code
        return .ok(self.body(changed))
    }

    private static func body(_ code: ActivityCode) -> JSONValue {
        object([
            "id": code.id, "name": code.name, "category": code.category.rawValue, "active": code.isActive,
            "secondaryPresences": code.secondaryPresences,
        ])
    }

    /// `{"workforce": false, "primarySource": "MICROSOFTTEAMS"}`
    private static func changeAgent(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.namedAgent(call.parameter("agentId"))
        let body = try call.objectBody()
        if let isMember = body["workforce"]?.boolValue { state.organization.agents[index].isInWorkforce = isMember }
        if let id = body["primarySource"]?.stringValue {
            let source = PresenceSource.pureCloud.isNamed(id) ? .pureCloud : PresenceSource(id: id)
            state.organization.setPrimarySource(of: index, to: source, now: call.now)
        }
        return .ok(state.organization.agentReport(index))
    }
}

extension SimulatedOrganization {
    /// A presence definition named by `definitionId`, `system` or `label`; 400 for none.
    func namedDefinition(_ body: JSONValue) throws(PlatformError) -> PresenceDefinition {
        let definition =
            body["definitionId"]?.stringValue.flatMap { presences[$0] }
            ?? body["system"]?.stringValue.flatMap { presences.system($0) }
            ?? body["label"]?.stringValue.flatMap { presences.labelled($0) }
        guard let definition else {
            throw .invalid("system", "system, definitionId or label must name a presence definition.")
        }
        return definition
    }

    /// Changes a definition, also where agents have it now.
    mutating func replace(_ definition: PresenceDefinition) {
        presences.set(definition)
        for index in agents.indices where agents[index].presence == definition {
            agents[index].presence = definition
        }
    }
}
