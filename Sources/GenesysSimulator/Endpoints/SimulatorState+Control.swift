// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// A call of the control API to be made later.
struct ScenarioStep: Sendable {
    /// After the step before.
    var after: Duration
    var method: String
    var path: String
    var body: JSONValue?

    var request: HTTPRequest {
        HTTPRequest(method: HTTPMethod(rawValue: method), target: path, body: body?.bytes ?? [])
    }

    /// `[{"after": 1.5, "method": "POST", "path": "/simulator/calls", "body": {…}}]`, or that under `steps`. `after` is
    /// in seconds.
    static func list(_ json: JSONValue) throws(PlatformError) -> [ScenarioStep] {
        guard let elements = json.arrayValue ?? json["steps"]?.arrayValue else { throw .malformed }
        var steps: [ScenarioStep] = []
        for element in elements {
            guard let path = element["path"]?.stringValue, path.hasPrefix("/simulator/") else {
                throw .invalid("path", "A step needs the path of a control call.")
            }
            let seconds = element["after"]?.doubleValue ?? 0
            guard (0...86_400).contains(seconds) else {
                throw .invalid("after", "after must be between 0 and 86400 seconds.")
            }
            let method = element["method"]?.stringValue ?? "POST"
            let plain = HTTPRequest(method: HTTPMethod(rawValue: method), target: path)
            _ = try ControlEndpoints.all.find(method, plain.path)
            steps.append(
                ScenarioStep(
                    after: .milliseconds(Int64(seconds * 1000)),
                    method: method,
                    path: path,
                    body: element["body"]
                )
            )
        }
        return steps
    }
}

extension SimulatorState {
    /// Answers a call of the control API. A call step that is not possible is 409.
    mutating func handleControl(_ request: HTTPRequest, now: Timestamp) -> HTTPResponse {
        organization.correlationID = organization.generator.uuid()
        organization.emitsMixedHangups = faults.mixesHangups
        var answer: Answer
        do {
            let (endpoint, parameters) = try ControlEndpoints.all.find(request.method.rawValue, request.path)
            answer = try endpoint.run(&self, EndpointCall(request: request, parameters: parameters, now: now))
        } catch let refusal as CallRefusal {
            answer = Self.failure(PlatformError.conflict(refusal.reason), contextID: organization.correlationID)
        } catch {
            answer = Self.failure(error, contextID: organization.correlationID)
        }
        if answer.body != nil { answer.headers.append((name: "Content-Type", value: "application/json")) }
        return Self.response(answer, answer.body?.bytes ?? [])
    }

    /// `GET /simulator/state`
    ///
    /// - Parameter isBrief: without agents and calls, of which there may be thousands
    func report(now: Timestamp, isBrief: Bool = false) -> JSONValue {
        let live = organization.conversations.values
            .filter { !$0.isOver }
            .sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
        var byEndpoint = JSONObject()
        for (name, count) in requests.byEndpoint.sorted(by: { $0.key < $1.key }) { byEndpoint[name] = count.json }
        var byStatus = JSONObject()
        for (status, count) in requests.byStatus.sorted(by: { $0.key < $1.key }) {
            byStatus[String(status)] = count.json
        }
        return object([
            "startedAt": startedAt,
            "now": now,
            "organization": object([
                "id": organization.id,
                "queueId": organization.queueID,
                "divisionId": organization.divisionID,
                "managementUnitId": organization.managementUnitID,
                "businessUnitId": organization.businessUnitID,
                "teamId": organization.teamID,
            ]),
            "agents": isBrief ? nil : organization.agents.indices.map(organization.agentReport),
            "conversations": isBrief ? nil : live.map(organization.report),
            "requests": object(["total": requests.total, "byEndpoint": byEndpoint, "byStatus": byStatus]),
            "calls": traffic.counters.json,
            "events": object(["emitted": events.total, "delivery": deliveries.json]),
            "webhook": webhook?.url,
            "faults": faults.faults.map(\.json),
            "chaos": chaos?.json,
        ])
    }
}

extension SimulatedOrganization {
    /// An agent by id, by number from 1, or 404.
    func namedAgent(_ name: String) throws(PlatformError) -> Int {
        if let index = agent(name) { return index }
        guard let number = Int(name), agents.indices.contains(number - 1) else { throw .notFound(name) }
        return number - 1
    }

    func agentReport(_ index: Int) -> JSONValue {
        let agent = agents[index]
        return object([
            "id": agent.id,
            "name": agent.name,
            "presence": object([
                "definitionId": agent.presence.id,
                "system": agent.presence.upperSystem,
                "label": agent.presence.labels.first?.label,
                "message": agent.message,
                "modifiedAt": agent.presenceModifiedAt,
            ]),
            "routing": object(["status": agent.routingStatus.rawValue, "since": agent.routingStatusSince]),
            "adherence": agent.adherence.map { adherence in
                object([
                    "state": adherence.computed.state.rawValue,
                    "scheduled": adherence.scheduled.rawValue,
                    "actual": adherence.computed.actual.rawValue,
                    "impact": adherence.computed.impact.rawValue,
                    "changedAt": adherence.changedAt,
                ])
            },
            "outOfOffice": agent.isOutOfOffice,
            "primarySource": agent.primarySource.id,
            "shownPresenceId": agent.shownPresence.id,
            "inWorkforce": agent.isInWorkforce,
            "conversations": agent.conversations,
        ])
    }

    func conversationReport(_ id: String) throws(PlatformError) -> JSONValue { report(try conversation(id)) }

    func report(_ conversation: SimulatedConversation) -> JSONValue {
        object([
            "id": conversation.id,
            "startedAt": conversation.startedAt,
            "queueId": conversation.queueID,
            "isOver": conversation.isOver,
            "participants": conversation.participants.map { participant in
                object([
                    "id": participant.id,
                    "purpose": participant.purpose.rawValue,
                    "userId": participant.userID,
                    "state": participant.state.rawValue,
                    "held": participant.isHeld,
                    "muted": participant.isMuted,
                    "afterCallWork": participant.afterCallWork?.rawValue,
                    "disconnectType": participant.disconnectType,
                    "attributes": participant.attributes,
                ])
            },
        ])
    }

    mutating func setOutOfOffice(of index: Int, _ isActive: Bool, now: Timestamp) {
        guard agents[index].isOutOfOffice != isActive else { return }
        let at = agents[index].tick(now)
        agents[index].isOutOfOffice = isActive
        emit(.outOfOffice, agents[index].id, at: at) { organization in
            object(["user": object(["id": organization.agents[index].id]), "active": isActive])
        }
        emit(.activity, agents[index].id, at: at) { $0.activityBody(of: index) }
        adherenceIsDue(for: index, now: at)
    }
}
