// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// `/simulator/requests`, `/simulator/events`, `/simulator/usage`, …: what was asked for and what was announced.
enum ObservationControl {
    static let all: [Endpoint] = [
        Endpoint("GET", "/simulator/requests", requests),
        Endpoint("DELETE", "/simulator/requests", clearRequests),
        Endpoint("GET", "/simulator/events", events),
        Endpoint("POST", "/simulator/events", emitEvent),
        Endpoint("POST", "/simulator/events/replay", replay),
        Endpoint("GET", "/simulator/events/faults", eventFaults),
        Endpoint("DELETE", "/simulator/events", clearEvents),
        Endpoint("GET", "/simulator/usage", usage),
        Endpoint("DELETE", "/simulator/usage", clearUsage),
        Endpoint("GET", "/simulator/attributes", attributes),
        Endpoint("DELETE", "/simulator/attributes", clearAttributes),
        Endpoint("GET", "/simulator/wfmadherence", gatewayWrites),
        Endpoint("DELETE", "/simulator/wfmadherence", clearGatewayWrites),
    ]

    private static func usage(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer { .ok(state.usage.json) }

    private static func clearUsage(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        state.usage.clear()
        return Answer(status: 204)
    }

    /// `writes`, and apart from them those that came when the conversation was over.
    private static func attributes(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(state.attributeWrites.json)
    }

    private static func clearAttributes(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        state.attributeWrites.clear()
        return Answer(status: 204)
    }

    private static func gatewayWrites(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(object(["writes": state.gatewayWrites.map(\.json)]))
    }

    private static func clearGatewayWrites(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        state.gatewayWrites = []
        return Answer(status: 204)
    }

    /// `?method=`, `?path=` (a part of it), `?status=` and `?fault=` choose; oldest first.
    private static func requests(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let method = call.request.queryValue("method")
        let path = call.request.queryValue("path")
        let status = call.request.queryValue("status").flatMap(Int.init)
        let fault = call.request.queryValue("fault")
        let entries = state.requests.matching { entry in
            guard fault == nil || entry.fault?.rawValue == fault else { return false }
            return (method == nil || entry.method == method) && (status == nil || entry.status == status)
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

    /// Events that were lost, doubled or late, oldest first.
    private static func eventFaults(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(object(["events": state.events.mishaps.map(\.json)]))
    }

    private static func clearEvents(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        state.events.clear()
        return Answer(status: 204)
    }
}
