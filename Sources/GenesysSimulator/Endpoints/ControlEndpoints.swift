// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// `/simulator/*`: what happens to agents and calls, what goes wrong, and what was seen. Without authentication, for the
/// same machine only.
enum ControlEndpoints {
    static let all: [Endpoint] = [
        Endpoint("GET", "/simulator/state", state),
        Endpoint("GET", "/simulator/agents/{agentId}", agent),
        Endpoint("POST", "/simulator/agents/{agentId}/presence", setPresence),
        Endpoint("POST", "/simulator/agents/{agentId}/routingstatus", setRoutingStatus),
        Endpoint("POST", "/simulator/agents/{agentId}/outofoffice", setOutOfOffice),
        Endpoint("PUT", "/simulator/agents/{agentId}/schedule", setSchedule),
        Endpoint("POST", "/simulator/calls", call),
        Endpoint("POST", "/simulator/calls/{conversationId}/attributes", attributes),
        Endpoint("POST", "/simulator/calls/{conversationId}/{step}", step),
        Endpoint("GET", "/simulator/faults", faults),
        Endpoint("POST", "/simulator/faults", addFaults),
        Endpoint("DELETE", "/simulator/faults", removeFaults),
        Endpoint("POST", "/simulator/clients", addClient),
        Endpoint("POST", "/simulator/tokens/revoke", revokeTokens),
        Endpoint("POST", "/simulator/webhook", setWebhook),
        Endpoint("POST", "/simulator/scenario", scenario),
        Endpoint("GET", "/simulator/requests", requests),
        Endpoint("DELETE", "/simulator/requests", clearRequests),
        Endpoint("GET", "/simulator/events", events),
        Endpoint("POST", "/simulator/events", emitEvent),
        Endpoint("POST", "/simulator/events/replay", replay),
        Endpoint("DELETE", "/simulator/events", clearEvents),
    ]

    private static func state(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(state.report(now: call.now))
    }

    private static func agent(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        .ok(state.organization.agentReport(try state.organization.namedAgent(call.parameter("agentId"))))
    }

    /// A change by the agent's own hand: `{"system": "Break"}` or `{"definitionId": …}`, and `message`.
    private static func setPresence(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.namedAgent(call.parameter("agentId"))
        let body = try call.objectBody()
        let definition =
            body["definitionId"]?.stringValue.flatMap { state.organization.presences[$0] }
            ?? body["system"]?.stringValue.flatMap { state.organization.presences.system($0) }
            ?? body["label"]?.stringValue.flatMap { state.organization.presences.labelled($0) }
        guard let definition else {
            throw PlatformError.invalid("system", "system, definitionId or label must name a presence definition.")
        }
        let message = body["message"]?.stringValue ?? ""
        state.organization.setPresence(of: index, to: definition, message: message, now: call.now)
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

    /// `{"agentId": …, "answer": true}`: a call in the queue, at the agent, and answered unless told otherwise.
    private static func call(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        let name = body["agentId"]?.stringValue ?? body["agentId"]?.integerValue.map(String.init)
        guard let name else { throw PlatformError.invalid("agentId", "agentId is missing.") }
        let index = try state.organization.namedAgent(name)
        let id = state.organization.openCall(now: call.now)
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
        case "wrapup": try state.organization.wrapUp(id, now: call.now)
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

    private static func faults(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(object(["faults": state.faults.faults.map(\.json)]))
    }

    /// One fault, or a list of them; all are added or none.
    private static func addFaults(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.body()
        for fault in try (body.arrayValue ?? [body]).map({ try Fault($0) }) { state.faults.add(fault) }
        return .ok(object(["faults": state.faults.faults.map(\.json)]))
    }

    private static func removeFaults(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        state.faults.removeAll()
        return .ok(object(["faults": [JSONValue]()]))
    }

    private static func addClient(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        guard let id = body["id"]?.stringValue, let secret = body["secret"]?.stringValue else {
            throw PlatformError.invalid("id", "id and secret are required.")
        }
        state.access.clients[id] = secret
        return Answer(status: 201, body: object(["id": id]))
    }

    private static func revokeTokens(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(object(["revoked": state.access.revokeAll()]))
    }

    /// `{"url": …, "headers": {"X-API-Key": …}}`; `{"url": null}` stops the push.
    private static func setWebhook(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        if let url = body["url"]?.stringValue {
            let headers = body["headers"]?.objectValue?.map { (name: $0.name, value: $0.value.stringValue ?? "") }
            state.webhook = WebhookTarget(url: url, headers: headers ?? [])
        } else {
            state.webhook = nil
        }
        state.organization.isObserved = state.webhook != nil
        return .ok(object(["url": state.webhook?.url]))
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

    /// `?method=`, `?path=` (a part of it) and `?status=` choose; oldest first.
    private static func requests(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let method = call.request.queryValue("method")
        let path = call.request.queryValue("path")
        let status = call.request.queryValue("status").flatMap(Int.init)
        let entries = state.requests.matching { entry in
            (method == nil || entry.method == method) && (status == nil || entry.status == status)
                && (path.map { entry.target.contains($0) } ?? true)
        }
        return .ok(object(["total": state.requests.total, "requests": entries.map(\.json)]))
    }

    private static func clearRequests(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        state.requests.clear()
        return Answer(status: 204)
    }

    /// The last events, oldest first; `?topic=` is a part of the topic's name.
    private static func events(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let topic = call.request.queryValue("topic")
        let organization = state.organization.id
        let wanted = state.events.events.filter { event in topic.map { event.topicName.contains($0) } ?? true }
        return .ok(
            object([
                "total": state.events.total, "events": wanted.map { $0.envelope(organizationID: organization) },
            ])
        )
    }

    /// `{"topicName": …, "eventBody": {…}, "timestamp": …, "id": …}`: any event, as old as you like.
    private static func emitEvent(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        guard let topic = body["topicName"]?.stringValue, let content = body["eventBody"] else {
            throw PlatformError.invalid("topicName", "topicName and eventBody are required.")
        }
        let id = body["id"]?.stringValue ?? state.organization.generator.uuid()
        state.organization.outbox.append(
            SimulatedEvent(
                id: id,
                topicTemplate: EventTopic.template(of: topic),
                topicName: topic,
                at: body["timestamp"]?.stringValue.flatMap { Timestamp($0) } ?? call.now,
                correlationID: state.organization.correlationID,
                body: content
            )
        )
        return Answer(status: 202, body: object(["id": id]))
    }

    /// Sends remembered events again with their old ids and times, as an archive does: `{"topic": …, "last": 10}`.
    private static func replay(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        let topic = body["topic"]?.stringValue
        let wanted = state.events.events.filter { event in topic.map { event.topicName.contains($0) } ?? true }
        let last = wanted.suffix(body["last"]?.integerValue.map { max(0, Int($0)) } ?? wanted.count)
        state.organization.outbox.append(contentsOf: last)
        return Answer(status: 202, body: object(["events": last.count]))
    }

    private static func clearEvents(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        state.events.clear()
        return Answer(status: 204)
    }
}
