// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// `/api/v2/conversations…` (facts 5.1, 5.3).
enum ConversationEndpoints {
    private static let view = PermissionRule.all("conversation:communication:view")
    private static let change = PermissionRule.any(
        "conversation:participant:wrapup",
        "conversation:call:record",
        "conversation:communication:disconnect"
    )

    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/conversations", none),
        Endpoint("GET", "/api/v2/conversations/calls", none),
        Endpoint("GET", "/api/v2/conversations/calls/{conversationId}", readCall),
        Endpoint(
            "PATCH",
            "/api/v2/conversations/calls/{conversationId}/participants/{participantId}",
            needs: change,
            update
        ),
        Endpoint(
            "PATCH",
            "/api/v2/conversations/calls/{conversationId}/participants/{participantId}/attributes",
            callAttributes
        ),
        Endpoint("GET", "/api/v2/conversations/{conversationId}", needs: view, read),
        Endpoint("PATCH", "/api/v2/conversations/{conversationId}/participants/{participantId}/attributes", attributes),
    ]

    /// Lists only the caller's own conversations; a client has none.
    private static func none(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        .ok(try Page(call.request, defaultSize: 25).listing([], total: 0, path: call.request.path))
    }

    private static func read(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let conversation = try state.organization.conversation(call.parameter("conversationId"))
        return .ok(state.organization.conversationBody(conversation, .rest))
    }

    private static func readCall(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let conversation = try state.organization.conversation(call.parameter("conversationId"))
        return .ok(state.organization.callBody(conversation, .rest))
    }

    /// `PATCH …/participants/{p}`: knows `state`, `held`, `muted`, `confined` and `wrapup`. Everything else, above all
    /// `attributes`, is dropped in silence and the call still succeeds: the trap this project is about.
    private static func update(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let id = call.parameter("conversationId")
        let leg = try state.organization.participant(call.parameter("participantId"), in: id)
        let body = try call.objectBody()
        do {
            if let held = try flag("held", body) { try state.organization.setHeld(id, held, now: call.now) }
            if let muted = try flag("muted", body) { try state.organization.setMuted(id, muted, now: call.now) }
            if let wanted = body["state"] { try setState(wanted, &state, call, id, leg) }
            if let wrapup = body["wrapup"] {
                guard wrapup.objectValue != nil else { throw PlatformError.malformed }
                try state.organization.wrapUp(
                    id,
                    code: wrapup["code"]?.stringValue,
                    notes: wrapup["notes"]?.stringValue ?? "",
                    now: call.now
                )
            }
        } catch let refusal as CallRefusal {
            throw PlatformError.invalid("state", "The participant cannot do this now: \(refusal.reason).")
        }
        return .empty
    }

    private static func setState(
        _ wanted: JSONValue,
        _ state: inout SimulatorState,
        _ call: EndpointCall,
        _ id: String,
        _ leg: Int
    ) throws {
        let participant = try state.organization.conversation(id).participants[leg]
        switch (wanted.stringValue, participant.purpose, participant.state) {
        case ("connected", .agent, .alerting): try state.organization.answer(id, now: call.now)
        case ("connected", _, .connected): break
        case ("disconnected", .agent, .alerting):
            try state.organization.endAlert(id, disconnectType: "client", now: call.now)
        case ("disconnected", .agent, .connected): try state.organization.hangUp(id, now: call.now)
        case ("disconnected", .customer, .connected):
            try state.organization.hangUp(id, byCustomer: true, now: call.now)
        case ("disconnected", _, .disconnected), ("disconnected", _, .terminated): break
        case ("connected", _, _), ("disconnected", _, _):
            throw CallRefusal(
                reason: "a participant that is \(participant.state.rawValue) cannot be \(wanted.stringValue ?? "")"
            )
        default: throw PlatformError.invalid("state", "state must be connected or disconnected.")
        }
    }

    private static func flag(_ name: String, _ body: JSONValue) throws(PlatformError) -> Bool? {
        guard let value = body[name], value != .null else { return nil }
        guard let flag = value.boolValue else { throw .malformed }
        return flag
    }

    private static func callAttributes(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let leg = try writeAttributes(&state, call)
        let conversation = try state.organization.conversation(call.parameter("conversationId"))
        return .ok(object(["attributes": conversation.participants[leg].attributes]))
    }

    private static func attributes(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        _ = try writeAttributes(&state, call)
        return .empty
    }

    private static func writeAttributes(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Int {
        let id = call.parameter("conversationId")
        let leg = try state.organization.participant(call.parameter("participantId"), in: id)
        guard let attributes = try call.body()["attributes"]?.objectValue,
            attributes.allSatisfy({ $0.value.stringValue != nil })
        else { throw PlatformError.malformed }
        let isOver = try state.organization.conversation(id).isOver
        state.organization.writeAttributes(id, participant: leg, attributes, now: call.now)
        state.attributeWrites.append(
            AttributeLog.Write(
                at: call.now,
                conversation: id,
                target: .participant(call.parameter("participantId")),
                attributes: attributes,
                isAfterEnd: isOver
            )
        )
        return leg
    }
}

extension SimulatedOrganization {
    func conversation(_ id: String) throws(PlatformError) -> SimulatedConversation {
        guard let conversation = conversations[id] else { throw .notFound(id) }
        return conversation
    }

    /// The index of a participant in its conversation.
    func participant(_ id: String, in conversationID: String) throws(PlatformError) -> Int {
        guard let leg = try conversation(conversationID).participants.firstIndex(where: { $0.id == id }) else {
            throw .notFound(id)
        }
        return leg
    }
}
