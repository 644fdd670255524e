// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// `/simulator/*`: what happens to agents and calls, what goes wrong, and what was seen. Without authentication, for the
/// same machine only.
enum ControlEndpoints {
    static let all: [Endpoint] =
        happenings + FaultControl.all + SettingsControl.all + AccessControl.all + OrganizationControl.all
        + DirectoryControl.all + ObservationControl.all

    private static let happenings: [Endpoint] = [
        Endpoint("GET", "/simulator/state", state),
        Endpoint("GET", "/simulator/presences", presences),
        Endpoint("GET", "/simulator/agents/{agentId}", agent),
        Endpoint("POST", "/simulator/agents/{agentId}/presence", setPresence),
        Endpoint("POST", "/simulator/agents/{agentId}/routingstatus", setRoutingStatus),
        Endpoint("POST", "/simulator/agents/{agentId}/outofoffice", setOutOfOffice),
        Endpoint("PUT", "/simulator/agents/{agentId}/schedule", setSchedule),
        Endpoint("POST", "/simulator/calls", call),
        Endpoint("POST", "/simulator/storm", storm),
        Endpoint("POST", "/simulator/calls/{conversationId}/attributes", attributes),
        Endpoint("POST", "/simulator/calls/{conversationId}/{step}", step),
        Endpoint("POST", "/simulator/scenario", scenario),
    ]

    private static func state(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(state.report(now: call.now, isBrief: call.request.queryValue("brief") == "true"))
    }

    private static func agent(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        .ok(state.organization.agentReport(try state.organization.namedAgent(call.parameter("agentId"))))
    }

    /// `{agentId: definitionId}` of everyone, for checking thousands at once.
    private static func presences(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let members = state.organization.agents.map { JSONObject.Member(name: $0.id, value: .string($0.presence.id)) }
        return .ok(.object(JSONObject(distinct: members)))
    }

    private static func storm(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let storm = try Storm(try call.objectBody(), state.organization)
        state.organization.timeline.add(.storm(storm), at: call.now)
        return Answer(status: 202, body: object(["agents": storm.agents.count]))
    }

    /// A change by the agent's own hand: `{"system": "Break"}` or `{"definitionId": …}`, and `message`; with
    /// `source`, a presence of another source than PURECLOUD.
    private static func setPresence(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.namedAgent(call.parameter("agentId"))
        let body = try call.objectBody()
        let definition = try state.organization.namedDefinition(body)
        if let id = body["source"]?.stringValue, !PresenceSource.pureCloud.isNamed(id) {
            let source = PresenceSource(id: id)
            state.organization.setPresence(of: index, source: source, to: definition, now: call.now)
        } else {
            let message = body["message"]?.stringValue ?? ""
            state.organization.setPresence(of: index, to: definition, message: message, now: call.now)
        }
        return .ok(state.organization.agentReport(index))
    }

    private static func setRoutingStatus(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.namedAgent(call.parameter("agentId"))
        guard let status = try call.objectBody()["status"]?.stringValue.flatMap(RoutingStatus.init(rawValue:)) else {
            throw PlatformError.invalid("status", "status must be a routing status.")
        }
        state.organization.setRoutingStatus(of: index, to: status, now: call.now)
        return .ok(state.organization.agentReport(index))
    }

    private static func setOutOfOffice(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.namedAgent(call.parameter("agentId"))
        guard let isActive = try call.objectBody()["active"]?.boolValue else {
            throw PlatformError.invalid("active", "active must be true or false.")
        }
        state.organization.setOutOfOffice(of: index, isActive, now: call.now)
        return .ok(state.organization.agentReport(index))
    }

    /// `{"activity": "Break"}`: an activity category, from now on.
    private static func setSchedule(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.namedAgent(call.parameter("agentId"))
        guard let category = try call.objectBody()["activity"]?.stringValue.flatMap(ActivityCategory.init(rawValue:))
        else {
            let known = ActivityCategory.allCases.map(\.rawValue).joined(separator: ", ")
            throw PlatformError.invalid("activity", "activity must be one of \(known).")
        }
        state.organization.setSchedule(of: index, to: category, now: call.now)
        return .ok(state.organization.agentReport(index))
    }

    /// `{"agentId": …, "answer": true, "queue": …}`: a call in a queue (by name or id; the first one unless told
    /// otherwise), at the agent, and answered unless told otherwise.
    private static func call(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        let name = body["agentId"]?.stringValue ?? body["agentId"]?.integerValue.map(String.init)
        guard let name else { throw PlatformError.invalid("agentId", "agentId is missing.") }
        let index = try state.organization.namedAgent(name)
        var queue: String?
        if let text = body["queue"]?.stringValue {
            guard let unit = state.organization.directory.named(.queue, text) else {
                throw PlatformError.notFound(text)
            }
            queue = unit.id
        }
        let id = state.organization.openCall(queue: queue, now: call.now)
        try state.organization.alert(id, agent: index, now: call.now)
        if body["answer"]?.boolValue ?? true { try state.organization.answer(id, now: call.now) }
        state.lastConversation = id
        let conversation = try state.organization.conversation(id)
        let leg = conversation.currentAgent.map { conversation.participants[$0] }
        return Answer(
            status: 201,
            body: object([
                "conversationId": id,
                "agentParticipantId": leg?.id,
                "agentCommunicationId": leg?.communicationID,
                "customerParticipantId": conversation.customer.id,
            ])
        )
    }

    private static func step(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let id = try conversationID(state, call)
        switch call.parameter("step") {
        case "answer": try state.organization.answer(id, now: call.now)
        case "noanswer": try state.organization.endAlert(id, now: call.now)
        case "hold": try state.organization.setHeld(id, true, now: call.now)
        case "resume": try state.organization.setHeld(id, false, now: call.now)
        case "hangup":
            let byCustomer = try call.objectBody()["by"]?.stringValue == "customer"
            try state.organization.hangUp(id, byCustomer: byCustomer, now: call.now)
        case "wrapup":
            let text = try call.objectBody()["code"]?.stringValue
            let code = text.map { state.organization.directory.named(.wrapupCode, $0)?.id ?? $0 }
            try state.organization.wrapUp(id, code: code, now: call.now)
        case "forget":
            state.organization.forget(id)
            return .empty
        default: throw PlatformError.notFound
        }
        return .ok(try state.organization.conversationReport(id))
    }

    /// `{"wfm_status": "Break"}` on the agent's participant, or the customer's with `?participant=customer`.
    private static func attributes(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let id = try conversationID(state, call)
        let conversation = try state.organization.conversation(id)
        guard let attributes = try call.objectBody().objectValue,
            attributes.allSatisfy({ $0.value.stringValue != nil })
        else { throw PlatformError.malformed }
        let isCustomer = call.request.queryValue("participant") == "customer"
        guard let leg = isCustomer ? SimulatedConversation.customer : conversation.currentAgent else {
            throw CallRefusal(reason: "no agent has the call")
        }
        state.organization.writeAttributes(id, participant: leg, attributes, now: call.now)
        return .ok(try state.organization.conversationReport(id))
    }

    private static func conversationID(_ state: SimulatorState, _ call: EndpointCall) throws(PlatformError) -> String {
        let id = call.parameter("conversationId")
        guard id == "last" else { return try state.organization.conversation(id).id }
        guard let last = state.lastConversation else { throw .notFound(id) }
        return last
    }

    private static func scenario(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let steps = try ScenarioStep.list(try call.body())
        var at = call.now
        for step in steps {
            at = at.advanced(by: step.after)
            state.organization.timeline.add(.scenario(step), at: at)
        }
        return Answer(status: 202, body: object(["steps": steps.count, "endsAt": at]))
    }
}
