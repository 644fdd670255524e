// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// `/api/v2/workforcemanagement…` (facts 4). Nothing here sets an adherence: there is no such call.
enum WorkforceEndpoints {
    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/workforcemanagement/adherence", adherence),
        Endpoint("GET", "/api/v2/workforcemanagement/managementunits/{managementUnitId}/adherence", unitAdherence),
        Endpoint("GET", "/api/v2/workforcemanagement/managementunits/{managementUnitId}/users", unitUsers),
        Endpoint("GET", "/api/v2/workforcemanagement/teams/{teamId}/adherence", teamAdherence),
        Endpoint("GET", "/api/v2/workforcemanagement/businessunits/{businessUnitId}/activitycodes", businessCodes),
        Endpoint("GET", "/api/v2/workforcemanagement/managementunits/{managementUnitId}/activitycodes", unitCodes),
        Endpoint("GET", "/api/v2/workforcemanagement/agents/{agentId}/managementunit", managementUnit),
        Endpoint("POST", "/api/v2/workforcemanagement/agents/{agentId}/adherence/explanations", explain),
        Endpoint("GET", "/api/v2/workforcemanagement/adherence/explanations/jobs/{jobId}", explanationJob),
    ]

    /// Users in one `GET …/adherence` [SDK docstring].
    static let adherenceLimit = 100

    private static func adherence(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let ids = call.request.queryValues("userId").flatMap { $0.split(separator: ",").map(String.init) }
        guard (1...adherenceLimit).contains(ids.count) else {
            throw PlatformError.invalid("userId", "Between 1 and \(adherenceLimit) userIds must be given.")
        }
        let organization = state.organization
        let found = ids.compactMap(organization.agent).map { organization.scheduleAdherence($0, now: call.now) }
        return .ok(.array(found))
    }

    private static func unitAdherence(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(state.organization.managementUnitID, call.parameter("managementUnitId"))
        return .ok(everyone(state.organization, call.now))
    }

    private static func unitUsers(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(state.organization.managementUnitID, call.parameter("managementUnitId"))
        let users = state.organization.agents.map { object(["id": $0.id, "selfUri": "/api/v2/users/\($0.id)"]) }
        return .ok(object(["entities": users]))
    }

    private static func teamAdherence(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(state.organization.teamID, call.parameter("teamId"))
        return .ok(everyone(state.organization, call.now))
    }

    private static func everyone(_ organization: SimulatedOrganization, _ now: Timestamp) -> JSONValue {
        object(["entities": organization.agents.indices.map { organization.scheduleAdherence($0, now: now) }])
    }

    private static func businessCodes(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(state.organization.businessUnitID, call.parameter("businessUnitId"))
        return .ok(codes(state.organization))
    }

    private static func unitCodes(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(state.organization.managementUnitID, call.parameter("managementUnitId"))
        return .ok(codes(state.organization))
    }

    private static func codes(_ organization: SimulatedOrganization) -> JSONValue {
        let path = "/api/v2/workforcemanagement/businessunits/\(organization.businessUnitID)/activitycodes"
        return object([
            "entities": organization.activities.codes.map { code in
                object([
                    "id": code.id,
                    "name": code.name,
                    "active": true,
                    "defaultCode": code.isDefault,
                    "category": code.category.rawValue,
                    "lengthInMinutes": code.lengthInMinutes,
                    "countsAsPaidTime": code.isPaid,
                    "countsAsWorkTime": code.isPaid,
                    "agentTimeOffSelectable": code.category == .timeOff,
                    "secondaryPresences": code.secondaryPresences.map { object(["id": $0]) },
                    "selfUri": "\(path)/\(code.id)",
                ])
            }
        ])
    }

    private static func managementUnit(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.user(call.parameter("agentId"))
        return .ok(
            object([
                "user": object(["id": state.organization.agents[index].id]),
                "managementUnit": object(["id": state.organization.managementUnitID]),
                "businessUnit": object(["id": state.organization.businessUnitID]),
            ])
        )
    }

    /// 202 with a job; the explanation takes effect when the job is complete.
    private static func explain(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let index = try state.organization.user(call.parameter("agentId"))
        let body = try call.objectBody()
        guard body["type"]?.stringValue ?? "Late" == "Late" else {
            throw PlatformError.invalid("type", "type must be Late.")
        }
        guard let start = body["startDate"]?.stringValue.flatMap({ Timestamp($0) }) else {
            throw PlatformError.invalid("startDate", "startDate must be a date and time.")
        }
        guard let length = body["lengthMinutes"]?.integerValue, (1...1440).contains(length) else {
            throw PlatformError.invalid("lengthMinutes", "lengthMinutes must be between 1 and 1440.")
        }
        guard let status = AdherenceExplanation.Status(rawValue: body["status"]?.stringValue ?? "Pending") else {
            throw PlatformError.invalid("status", "status must be Pending, Approved or Denied.")
        }
        let explanation = AdherenceExplanation(
            id: state.organization.generator.uuid(),
            start: start,
            lengthMinutes: Int(length),
            notes: body["notes"]?.stringValue ?? "",
            status: status
        )
        let job = state.organization.addExplanation(explanation, for: index, now: call.now)
        return Answer(status: 202, body: object(["job": jobBody(job, isComplete: false)]))
    }

    private static func explanationJob(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let id = call.parameter("jobId")
        guard let job = state.organization.explanationJobs[id] else { throw PlatformError.notFound(id) }
        var body = jobBody(id, isComplete: job.isComplete).objectValue ?? JSONObject()
        if job.isComplete {
            body["adherenceExplanation"] = state.organization.explanationBody(job.explanation, of: job.agent)
        }
        return .ok(.object(body))
    }

    private static func jobBody(_ id: String, isComplete: Bool) -> JSONValue {
        object([
            "id": id,
            "type": "AddExplanation",
            "status": isComplete ? "Complete" : "Processing",
            "selfUri": "/api/v2/workforcemanagement/adherence/explanations/jobs/\(id)",
        ])
    }

    private static func require(_ known: String, _ asked: String) throws(PlatformError) {
        guard known == asked else { throw .notFound(asked) }
    }
}

extension SimulatedOrganization {
    /// UserScheduleAdherence of the REST API: the notification's content under other names (facts 4.1).
    func scheduleAdherence(_ index: Int, now: Timestamp) -> JSONValue {
        let agent = agents[index]
        guard let adherence = agent.adherence else { return .null }
        let explanation = agent.explanations.last { $0.id == adherence.explanationID }
        return object([
            "user": object(["id": agent.id, "selfUri": "/api/v2/users/\(agent.id)"]),
            "businessUnit": object(["id": businessUnitID]),
            "managementUnit": object(["id": managementUnitID]),
            "team": object(["id": teamID]),
            "scheduledActivityCategory": adherence.scheduled.rawValue,
            "scheduledActivityCode": activities.code(of: adherence.scheduled).map { code in
                object([
                    "id": code.id,
                    "name": code.name,
                    "secondaryPresences": code.secondaryPresences.map { object(["id": $0]) },
                ])
            },
            "systemPresence": adherence.presence.spacedSystem,
            "organizationSecondaryPresenceId": adherence.presence.isSystem ? nil : adherence.presence.id,
            "routingStatus": adherence.routingStatus.rawValue,
            "actualActivityCategory": adherence.computed.actual.rawValue,
            "isOutOfOffice": agent.isOutOfOffice,
            "adherenceState": adherence.computed.state.rawValue,
            "impact": adherence.computed.impact.rawValue,
            "adherenceExplanation": explanation.map(explanationSummary),
            "timeOfAdherenceChange": adherence.changedAt,
            "presenceUpdateTime": adherence.presenceUpdatedAt,
            "activeQueues": [object(["id": queueID])],
            "activeQueuesModifiedTime": agent.queuesModifiedAt,
            "removedFromManagementUnit": false,
            "nextActivityReminders": nextActivityReminders(of: index, now: now),
            "suppressOnTimeReminder": false,
        ])
    }
}
