// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient
import Testing

@testable import GenesysAPI

@Suite("Genesys endpoints of workforce management", .timeLimit(.minutes(1)))
struct WorkforceEndpointTests {
    private func start(_ text: String = "2026-03-10T14:00:00.000Z") throws -> Timestamp {
        try #require(Timestamp(text))
    }

    private func explanation() throws -> AdherenceExplanation {
        AdherenceExplanation(
            start: try start(),
            minutes: 15,
            status: "Approved",
            notes: "On a call when the break began"
        )
    }

    @Test("adherence is read with schedule, presence and times")
    func adherence() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.wfm.adherence"))
        let user = "11111111-aaaa-4aaa-8aaa-000000000001"
        let adherence = try #require(try await mock.client().adherence(userIDs: [user, "x"]).first)
        var observation = AdherenceObservation()
        observation.state = "OutOfAdherence"
        observation.scheduledCategory = "OnQueueWork"
        observation.actualCategory = "Break"
        observation.impact = "Negative"
        observation.changedAt = try start("2026-03-10T14:06:00.600Z")
        observation.managementUnitID = "88888888-0000-4000-8000-000000000001"
        observation.businessUnitID = "88888888-0000-4000-8000-000000000002"
        observation.teamID = "88888888-0000-4000-8000-000000000003"
        observation.scheduledCodeID = "0"
        observation.isOutOfOffice = false
        observation.activeQueueIDs = ["22222222-bbbb-4bbb-8bbb-000000000001"]
        observation.activeQueuesChangedAt = try start("2026-03-10T13:00:02.000Z")
        var expected = UserAdherence(userID: user, observation: observation)
        expected.businessUnitID = "88888888-0000-4000-8000-000000000002"
        expected.systemPresence = .break
        expected.secondaryPresenceID = "bbbbbbbb-0000-4000-8000-000000000001"
        expected.routingStatus = "OFF_QUEUE"
        expected.scheduledCodeID = "0"
        expected.scheduledCodeName = "On Queue"
        expected.presenceUpdatedAt = try start("2026-03-10T14:06:00.100Z")
        #expect(adherence == expected)
        #expect(
            mock.apiRequests.map(\.url) == [
                "https://api.example.com/api/v2/workforcemanagement/adherence?userId=\(user)&userId=x"
            ]
        )
    }

    @Test("an adherence with little in it is read as far as it goes, one without a user is left out")
    func oddAdherence() async throws {
        let body = """
            [null, {"adherenceState":"InAdherence"}, {"user":{"id":""}},
            {"user":{"id":"u"},"adherenceState":7,"timeOfAdherenceChange":"soon","organizationSecondaryPresenceId":"",
            "isOutOfOffice":true,"removedFromManagementUnit":true,"scheduledActivityCode":"x"}]
            """
        let adherences = try await GenesysMock(api: GenesysMock.always(.json(200, body))).client()
            .adherence(userIDs: ["u"])
        var observation = AdherenceObservation()
        observation.isOutOfOffice = true
        observation.isRemoved = true
        var expected = UserAdherence(userID: "u", observation: observation)
        expected.isOutOfOffice = true
        expected.isRemovedFromManagementUnit = true
        #expect(adherences == [expected])
    }

    @Test("activity codes come with the presences that count as them")
    func activityCodes() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.wfm.activitycodes"))
        let codes = try await mock.client().activityCodes(businessUnitID: "bu/1")
        #expect(
            codes == [
                ActivityCode(id: "0", name: "On Queue", category: "OnQueueWork", secondaryPresenceIDs: []),
                ActivityCode(
                    id: "1",
                    name: "Break",
                    category: "Break",
                    secondaryPresenceIDs: ["bbbbbbbb-0000-4000-8000-000000000001"]
                ),
                ActivityCode(
                    id: "dddddddd-0000-4000-8000-000000000009",
                    name: "Old",
                    category: "Meeting",
                    isActive: false,
                    secondaryPresenceIDs: []
                ),
            ]
        )
        #expect(
            mock.apiRequests.first?.url
                == "https://api.example.com/api/v2/workforcemanagement/businessunits/bu%2F1/activitycodes"
        )
    }

    @Test("an explanation is sent with its type, and answered by a job")
    func addExplanation() async throws {
        let mock = GenesysMock(
            api: try GenesysMock.fixture("rest.wfm.adherence-explanation.accepted", status: 202)
        )
        let job = try await mock.client().addExplanation(try explanation(), agentID: "a")
        #expect(job == ExplanationJob(id: "dddddddd-0000-4000-8000-000000000001", status: .processing))
        let request = try #require(mock.apiRequests.first)
        #expect(request.method == "POST")
        #expect(
            request.url == "https://api.example.com/api/v2/workforcemanagement/agents/a/adherence/explanations"
        )
        let expected: NSDictionary = [
            "type": "Late", "startDate": "2026-03-10T14:00:00.000Z", "lengthMinutes": 15, "status": "Approved",
            "notes": "On a call when the break began",
        ]
        #expect(try request.json() == expected)
    }

    @Test("a job that is complete has the explanation, a failed one the reason")
    func jobs() async throws {
        let complete = try ClientResponse.fixture(200, "rest.wfm.adherence-explanation.complete")
        let failed = try ClientResponse.fixture(200, "rest.wfm.adherence-explanation.failed")
        let mock = GenesysMock(api: { request, _ in request.url.hasSuffix("/jobs/good") ? complete : failed })
        let client = mock.client()
        let good = try await client.explanationJob(id: "good")
        #expect(good.status == .complete)
        #expect(good.explanations == [try explanation()])
        #expect(good.errorMessage == nil)
        let bad = try await client.explanationJob(id: "bad")
        #expect(bad.status == .error)
        #expect(bad.errorMessage == "not.found: The agent is not in workforce management.")
        #expect(
            mock.apiRequests.first?.url
                == "https://api.example.com/api/v2/workforcemanagement/adherence/explanations/jobs/good"
        )
    }

    @Test("a query may be answered at once")
    func query() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.wfm.adherence-explanations.result"))
        let job = try await mock.client().queryExplanations(
            agentID: "a",
            from: try start(),
            to: try start("2026-03-10T15:00:00Z")
        )
        #expect(job == ExplanationJob(id: "", status: .complete, explanations: [try explanation()]))
        let request = try #require(mock.apiRequests.first)
        #expect(request.method == "POST")
        #expect(request.url.hasSuffix("/api/v2/workforcemanagement/agents/a/adherence/explanations/query"))
        let expected: NSDictionary = ["startDate": "2026-03-10T14:00:00.000Z", "endDate": "2026-03-10T15:00:00.000Z"]
        #expect(try request.json() == expected)
    }

    @Test("the result of a query is downloaded where it is only an address")
    func downloadedQuery() async throws {
        let result = try ClientResponse.fixture(200, "rest.wfm.adherence-explanations.download")
        let job = try ClientResponse.fixture(200, "rest.wfm.adherence-explanations.downloadable")
        let mock = GenesysMock(api: { request, _ in
            request.url.hasPrefix("https://storage.example.net/") ? result : job
        })
        let read = try await mock.client().explanationJob(id: "j")
        #expect(read.status == .complete)
        #expect(read.explanations == [try explanation()])
    }

    @Test("an unknown status is no end, and a body without a job or result is no job")
    func oddJobs() async throws {
        let client = GenesysMock(api: { request, _ in
            request.url.hasSuffix("odd") ? .json(200, #"{"id":"j","status":"Queued"}"#) : .json(200, "{}")
        }).client()
        #expect(try await client.explanationJob(id: "odd").status == .processing)
        let read = await failure { () async throws(GenesysAPIError) in try await client.explanationJob(id: "j") }
        #expect(read?.code == .unexpectedBody && read?.outcomeIsUnknown == false)
        let explanation = try explanation()
        let add = await failure { () async throws(GenesysAPIError) in
            try await client.addExplanation(explanation, agentID: "a")
        }
        #expect(add?.code == .unexpectedBody && add?.outcomeIsUnknown == true)
    }

    @Test("the primary source is told by its id, whatever it is")
    func primarySource() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.primarysource"))
        #expect(
            try await mock.client().primaryPresenceSource(userID: "u") == "cccccccc-0000-4000-8000-000000000007"
        )
        #expect(mock.apiRequests.map(\.url) == ["https://api.example.com/api/v2/presence/users/u/primarysource"])
        let empty = GenesysMock(api: GenesysMock.always(.json(200, "{}"))).client()
        #expect(try await empty.primaryPresenceSource(userID: "u") == nil)
    }

    @Test("a routing status is put, whatever the answer's body")
    func setRoutingStatus() async throws {
        let mock = GenesysMock(api: GenesysMock.always(.json(200, "")))
        try await mock.client().setRoutingStatus(userID: "u", to: "IDLE")
        #expect(mock.apiRequests.map(\.method) == ["PUT"])
        #expect(mock.apiRequests.map(\.url) == ["https://api.example.com/api/v2/users/u/routingstatus"])
        #expect(try mock.apiRequests.first?.json() == ["status": "IDLE"] as NSDictionary)
    }

    @Test("an adherence can be put where a gateway offers it")
    func putAdherence() async throws {
        let mock = GenesysMock(api: GenesysMock.always(.json(204, "")))
        try await mock.client().putAdherence(userID: "u", status: "Break", definitionID: "d")
        #expect(mock.apiRequests.map(\.url) == ["https://api.example.com/api/v2/wfm/users/u/adherence"])
        #expect(
            try mock.apiRequests.first?.json() == ["status": "Break", "presenceDefinitionId": "d"] as NSDictionary
        )
    }

    @Test("Genesys' 404 to it says that there is no such endpoint and what to do; other errors do not")
    func noSuchEndpoint() async throws {
        for (status, says) in [(404, true), (403, false), (503, false)] {
            let client = GenesysMock(api: GenesysMock.always(.json(status, ""))).client()
            let error = await failure { () async throws(GenesysAPIError) in
                try await client.putAdherence(userID: "u", status: "Break", definitionID: "d")
            }
            #expect(error?.status == status)
            for part in ["publishes no such endpoint", "presence, routing status and schedule", "`adherence: put`"] {
                #expect(error?.message.contains(part) == says)
            }
        }
    }

    @Test(
        "a 403 names the permission",
        arguments: [
            "wfm:realtimeAdherence:view", "wfm:activityCode:view", "wfm:adherenceExplanation:add",
            "wfm:adherenceExplanation:view", "presence:userPrimarySource:view", "presence:userPresence:edit",
        ]
    )
    func forbidden(permission: String) async throws {
        let client = GenesysMock(api: GenesysMock.always(.json(403, ""))).client()
        let explanation = try explanation()
        let start = try start()
        let error = await failure { () async throws(GenesysAPIError) in
            switch permission {
            case "wfm:realtimeAdherence:view": _ = try await client.adherence(userIDs: ["u"])
            case "wfm:activityCode:view": _ = try await client.activityCodes(businessUnitID: "b")
            case "wfm:adherenceExplanation:add": _ = try await client.addExplanation(explanation, agentID: "a")
            case "wfm:adherenceExplanation:view":
                _ = try await client.queryExplanations(agentID: "a", from: start, to: start)
            case "presence:userPrimarySource:view": _ = try await client.primaryPresenceSource(userID: "u")
            default: try await client.probePresenceEdit()
            }
        }
        #expect(error?.code == .forbidden)
        #expect(error?.message.contains("Grant \(permission) to a role") == true)
    }
}
