// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Testing

@testable import GenesysAPI

@Suite("Genesys endpoints of what has a name", .timeLimit(.minutes(1)))
struct NamedEntityEndpointTests {
    private static let api = "https://api.example.com/api/v2"

    private func user(_ number: Int) -> String { "11111111-aaaa-4aaa-8aaa-00000000000\(number)" }

    @Test("a page of queues has their ids and names, and says that there is another page")
    func queues() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.routing.queues"))
        let page = try await mock.client().queues()
        let expected = [
            NamedEntity(id: "aaaaaaaa-0000-4000-8000-000000000001", name: "Support"),
            NamedEntity(id: "aaaaaaaa-0000-4000-8000-000000000002", name: "Sales EMEA"),
        ]
        #expect(page == ListingPage(expected, next: .page(2)))
        _ = try await mock.client().queues(name: "Sales & more", at: .page(3))
        #expect(
            mock.apiRequests.map(\.url) == [
                "\(Self.api)/routing/queues?pageSize=100&pageNumber=1",
                "\(Self.api)/routing/queues?pageSize=100&pageNumber=3&name=Sales%20%26%20more",
            ]
        )
    }

    @Test("wrap-up codes and groups come in pages of their own, without those that are deleted")
    func codesAndGroups() async throws {
        let codes = GenesysMock(api: try GenesysMock.fixture("rest.routing.wrapupcodes"))
        let page = try await codes.client().wrapupCodes(name: "Resolved")
        #expect(page.elements.map(\.name) == ["Resolved", "Call back"])
        #expect(page.next == nil)
        #expect(
            codes.apiRequests.map(\.url)
                == ["\(Self.api)/routing/wrapupcodes?pageSize=100&pageNumber=1&name=Resolved"]
        )
        let groups = GenesysMock(api: try GenesysMock.fixture("rest.groups"))
        #expect(try await groups.client().groups().elements.map(\.name) == ["Trainees"])
        #expect(groups.apiRequests.map(\.url) == ["\(Self.api)/groups?pageSize=100&pageNumber=1"])
    }

    @Test("a group is searched by its exact name")
    func groupSearch() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.groups.search"))
        let found = try await mock.client().groups(named: "Trainees")
        #expect(found == [NamedEntity(id: "99999999-0000-4000-8000-000000000001", name: "Trainees")])
        let request = try #require(mock.apiRequests.first)
        #expect(request.method == "POST")
        #expect(request.url == "\(Self.api)/groups/search")
        let query = ["type": "EXACT", "fields": ["name"], "value": "Trainees"] as NSDictionary
        #expect(try request.json() == ["pageSize": 100, "pageNumber": 1, "query": [query]] as NSDictionary)
    }

    @Test("management units come whole, whatever their listing says of pages")
    func managementUnits() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.wfm.managementunits"))
        #expect(try await mock.client().managementUnits().map(\.name) == ["Berlin", "Back office"])
        #expect(mock.apiRequests.map(\.url) == ["\(Self.api)/workforcemanagement/managementunits"])
    }

    @Test("teams are paged by a cursor, which the link to the next page has")
    func teams() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.teams"))
        let page = try await mock.client().teams(name: "night")
        #expect(page.elements.map(\.name) == ["Night shift", "Night shift 2"])
        #expect(page.next == .after("WyJOaWdodCJd+="))
        let next = try #require(page.next)
        _ = try await mock.client().teams(name: "night", at: next)
        #expect(
            mock.apiRequests.map(\.url) == [
                "\(Self.api)/teams?pageSize=100&name=night",
                "\(Self.api)/teams?pageSize=100&after=WyJOaWdodCJd%2B%3D&name=night",
            ]
        )
    }

    @Test("a link without a cursor is an error: the rest of the listing could not be read")
    func lostCursor() async throws {
        let body = #"{"entities":[],"nextUri":"/api/v2/teams?pageSize=100"}"#
        let mock = GenesysMock(api: GenesysMock.always(.json(200, body)))
        #expect(
            await failure { () throws(GenesysAPIError) in try await mock.client().teams() }?.code == .unexpectedBody
        )
    }

    @Test("a cursor that stands still ends the listing")
    func stuckCursor() async throws {
        let body = #"{"entities":[{"id":"t","name":"T"}],"nextUri":"/api/v2/teams?after=here"}"#
        let mock = GenesysMock(api: GenesysMock.always(.json(200, body)))
        #expect(try await mock.client().teams(at: .after("there")).next == .after("here"))
        #expect(try await mock.client().teams(at: .after("here")).next == nil)
    }

    @Test("single ones are read by id, and a deleted one is not found")
    func single() async throws {
        let mock = GenesysMock(api: try GenesysMock.fixture("rest.routing.queue"))
        let client = mock.client()
        #expect(try await client.queue(id: "q/1").name == "Support")
        _ = try await client.wrapupCode(id: "w")
        _ = try await client.team(id: "t")
        _ = try await client.group(id: "g")
        #expect(
            mock.apiRequests.map(\.url) == [
                "\(Self.api)/routing/queues/q%2F1", "\(Self.api)/routing/wrapupcodes/w", "\(Self.api)/teams/t",
                "\(Self.api)/groups/g",
            ]
        )
        let deleted = GenesysMock(api: GenesysMock.always(.json(200, #"{"id":"g","name":"G","state":"deleted"}"#)))
        #expect(
            await failure { () throws(GenesysAPIError) in try await deleted.client().group(id: "g") }?.code == .notFound
        )
        let missing = GenesysMock(api: try GenesysMock.fixture("rest.error.404", status: 404))
        #expect(
            await failure { () throws(GenesysAPIError) in try await missing.client().queue(id: "q") }?.code == .notFound
        )
    }

    @Test("members of queues, units, teams and groups are users' ids")
    func members() async throws {
        let both = [user(1), user(2)]
        let queue = GenesysMock(api: try GenesysMock.fixture("rest.routing.queue.members"))
        #expect(try await queue.client().queueMembers(queueID: "q") == ListingPage(both))
        let unit = GenesysMock(api: try GenesysMock.fixture("rest.wfm.managementunit.users"))
        #expect(try await unit.client().managementUnitUsers(managementUnitID: "m") == both)
        let team = GenesysMock(api: try GenesysMock.fixture("rest.team.members"))
        #expect(try await team.client().teamMembers(teamID: "t") == ListingPage(both))
        let group = GenesysMock(api: try GenesysMock.fixture("rest.group.members"))
        #expect(try await group.client().groupMembers(groupID: "g", at: .page(2)) == ListingPage(both))
        #expect(
            [queue, unit, team, group].flatMap(\.apiRequests).map(\.url) == [
                "\(Self.api)/routing/queues/q/members?pageSize=100&pageNumber=1",
                "\(Self.api)/workforcemanagement/managementunits/m/users",
                "\(Self.api)/teams/t/members?pageSize=100",
                "\(Self.api)/groups/g/members?pageSize=100&pageNumber=2",
            ]
        )
    }

    @Test(
        "the last page is known by a link, by its number or by being short",
        arguments: [
            (#""nextUri":"/x?pageNumber=2""#, 1, true),
            (#""nextUri":"/x?pageNumber=2","pageCount":1"#, 1, true),
            (#""pageCount":2"#, 1, true),
            (#""pageCount":1"#, 100, false),
            (#""pageNumber":1"#, 100, true),
            (#""pageNumber":1"#, 99, false),
            (#""nextUri":"/x?pageNumber=2""#, 0, false),
        ]
    )
    func lastPage(fields: String, count: Int, goesOn: Bool) async throws {
        // One that cannot be read counts as well: the page was full.
        let members = (0..<count).map { $0 == 0 ? "{}" : #"{"id":"\#($0)"}"# }.joined(separator: ",")
        let body = #"{"entities":[\#(members)],\#(fields)}"#
        let mock = GenesysMock(api: GenesysMock.always(.json(200, body)))
        let page = try await mock.client().queueMembers(queueID: "q", at: .page(1))
        #expect(page.elements.count == max(0, count - 1))
        #expect(page.next == (goesOn ? .page(2) : nil))
    }

    @Test("a missing permission is named, and a body that is no listing is an error")
    func errors() async throws {
        let refused = GenesysMock(api: GenesysMock.always(.json(403, "{}")))
        let client = refused.client()
        let queue = await failure { () throws(GenesysAPIError) in try await client.queueMembers(queueID: "q") }
        #expect(queue?.message.contains("Grant routing:queue:view") == true)
        let team = await failure { () throws(GenesysAPIError) in try await client.teams() }
        #expect(team?.message.contains("Grant groups:team:view") == true)
        let code = await failure { () throws(GenesysAPIError) in try await client.wrapupCodes() }
        #expect(code?.message.contains("Grant routing:wrapupCode:view") == true)
        let unit = await failure { () throws(GenesysAPIError) in
            try await client.managementUnitUsers(managementUnitID: "m")
        }
        #expect(unit?.message.contains("Grant wfm:realtimeAdherence:view") == true)
        for body in ["{}", "[]", #"{"entities":null}"#, "<html>"] {
            let odd = GenesysMock(api: GenesysMock.always(.json(200, body)))
            let error = await failure { () throws(GenesysAPIError) in try await odd.client().queues() }
            #expect(error?.code == .unexpectedBody)
        }
    }
}
