// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// `/api/v2/workforcemanagement…` (facts 4). Nothing here sets an adherence: there is no such call.
enum WorkforceEndpoints {
    private static let view = PermissionRule.all("wfm:realtimeAdherence:view")
    private static let codesRule = PermissionRule.any(
        "wfm:activityCode:view",
        "wfm:realtimeAdherence:view",
        "wfm:schedule:view"
    )
    private static let unitRule = PermissionRule.any(
        "wfm:agent:view",
        "wfm:publishedSchedule:view",
        "wfm:schedule:view"
    )

    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/workforcemanagement/adherence", needs: view, adherence),
        Endpoint(
            "GET",
            "/api/v2/workforcemanagement/managementunits/{managementUnitId}/adherence",
            needs: view,
            unitAdherence
        ),
        Endpoint("GET", "/api/v2/workforcemanagement/managementunits/{managementUnitId}/users", unitUsers),
        Endpoint("GET", "/api/v2/workforcemanagement/teams/{teamId}/adherence", needs: view, teamAdherence),
        Endpoint(
            "GET",
            "/api/v2/workforcemanagement/businessunits/{businessUnitId}/activitycodes",
            needs: codesRule,
            businessCodes
        ),
        Endpoint(
            "GET",
            "/api/v2/workforcemanagement/managementunits/{managementUnitId}/activitycodes",
            needs: codesRule,
            unitCodes
        ),
        Endpoint("GET", "/api/v2/workforcemanagement/agents/{agentId}/managementunit", needs: unitRule, managementUnit),
    ]

    /// Users in one `GET …/adherence` [SDK docstring].
    static let adherenceLimit = 100

    private static func adherence(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let ids = call.request.queryValues("userId").flatMap { $0.split(separator: ",").map(String.init) }
        guard (1...adherenceLimit).contains(ids.count) else {
            throw PlatformError.invalid("userId", "Between 1 and \(adherenceLimit) userIds must be given.")
        }
        let members = ids.compactMap(state.organization.agent).filter { state.organization.agents[$0].isInWorkforce }
        let found = members.compactMap { index in
            switch state.bulkFate(of: state.organization.agents[index].id, call) {
            case .unchanged, .applied: JSONValue?.none
            case .stale, nil: state.organization.scheduleAdherence(index, now: call.now)
            }
        }
        return .ok(.array(found))
    }

    private static func unitAdherence(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(state.organization.managementUnitID, call.parameter("managementUnitId"))
        return .ok(everyone(state.organization, call.now))
    }

    private static func unitUsers(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(state.organization.managementUnitID, call.parameter("managementUnitId"))
        let users = state.organization.workforce.map { index in
            let id = state.organization.agents[index].id
            return object(["id": id, "selfUri": "/api/v2/users/\(id)"])
        }
        return .ok(object(["entities": users]))
    }

    private static func teamAdherence(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(state.organization.teamID, call.parameter("teamId"))
        return .ok(everyone(state.organization, call.now))
    }

    private static func everyone(_ organization: SimulatedOrganization, _ now: Timestamp) -> JSONValue {
        object(["entities": organization.workforce.map { organization.scheduleAdherence($0, now: now) }])
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
                    "active": code.isActive,
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
        let index = try state.organization.workforceMember(call.parameter("agentId"))
        return .ok(
            object([
                "user": object(["id": state.organization.agents[index].id]),
                "managementUnit": object(["id": state.organization.managementUnitID]),
                "businessUnit": object(["id": state.organization.businessUnitID]),
            ])
        )
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
            "isOutOfOffice": adherence.isOutOfOffice,
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
