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

    private static let usersRule = PermissionRule.any(
        "wfm:agent:view",
        "wfm:historicalAdherence:view",
        "wfm:publishedSchedule:view",
        "wfm:realtimeAdherence:view",
        "wfm:schedule:view",
        "wfm:timeOffRequest:view",
        "wfm:workPlanRotation:view",
        "wfm:workPlan:view"
    )

    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/workforcemanagement/adherence", needs: view, adherence),
        Endpoint("GET", "/api/v2/workforcemanagement/managementunits", units),
        Endpoint("GET", "/api/v2/workforcemanagement/managementunits/{managementUnitId}", unit),
        Endpoint(
            "GET",
            "/api/v2/workforcemanagement/managementunits/{managementUnitId}/adherence",
            needs: view,
            unitAdherence
        ),
        Endpoint(
            "GET",
            "/api/v2/workforcemanagement/managementunits/{managementUnitId}/users",
            needs: usersRule,
            unitUsers
        ),
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

    /// Not paged, whatever page is asked for [SDK docstring].
    private static func units(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let units = state.organization.directory.sorted(.managementUnit)
        return .ok(
            object([
                "entities": units.map { unitBody($0, state.organization) },
                "pageSize": units.count,
                "pageNumber": 1,
                "total": units.count,
                "pageCount": 1,
                "selfUri": "/api/v2/workforcemanagement/managementunits",
            ])
        )
    }

    private static func unit(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        .ok(unitBody(try named(.managementUnit, call.parameter("managementUnitId"), state), state.organization))
    }

    private static func unitBody(_ unit: OrganizationUnit, _ organization: SimulatedOrganization) -> JSONValue {
        object([
            "id": unit.id,
            "name": unit.name,
            "businessUnit": object(["id": organization.businessUnitID, "name": "Simulated business unit"]),
            "startDayOfWeek": "Monday",
            "timeZone": "Etc/UTC",
            "version": 1,
            "division": object(["id": organization.divisionID, "name": "Home"]),
            "selfUri": "/api/v2/workforcemanagement/managementunits/\(unit.id)",
        ])
    }

    private static func unitAdherence(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let unit = try named(.managementUnit, call.parameter("managementUnitId"), state)
        return .ok(adherences(of: unit, state.organization, call.now))
    }

    private static func unitUsers(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let unit = try named(.managementUnit, call.parameter("managementUnitId"), state)
        let users = state.organization.workforce(of: unit).map { index in
            let id = state.organization.agents[index].id
            return object(["id": id, "selfUri": "/api/v2/users/\(id)"])
        }
        return .ok(object(["entities": users]))
    }

    private static func teamAdherence(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let team = try named(.team, call.parameter("teamId"), state)
        return .ok(adherences(of: team, state.organization, call.now))
    }

    private static func adherences(
        of unit: OrganizationUnit,
        _ organization: SimulatedOrganization,
        _ now: Timestamp
    ) -> JSONValue {
        object(["entities": organization.workforce(of: unit).map { organization.scheduleAdherence($0, now: now) }])
    }

    private static func named(
        _ kind: OrganizationUnitKind,
        _ id: String,
        _ state: SimulatorState
    ) throws(PlatformError) -> OrganizationUnit {
        guard let unit = state.organization.directory.unit(kind, id: id) else { throw .notFound(id) }
        return unit
    }

    private static func businessCodes(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try require(state.organization.businessUnitID, call.parameter("businessUnitId"))
        return .ok(codes(state.organization))
    }

    private static func unitCodes(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        _ = try named(.managementUnit, call.parameter("managementUnitId"), state)
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
                "managementUnit": object(["id": state.organization.managementUnitID(of: index)]),
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
            "managementUnit": object(["id": managementUnitID(of: index)]),
            "team": reference(teamID(of: index)),
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
            "activeQueues": activeQueueIDs(of: index).map { object(["id": $0]) },
            "activeQueuesModifiedTime": agent.queuesModifiedAt,
            "removedFromManagementUnit": false,
            "nextActivityReminders": nextActivityReminders(of: index, now: now),
            "suppressOnTimeReminder": false,
        ])
    }
}
