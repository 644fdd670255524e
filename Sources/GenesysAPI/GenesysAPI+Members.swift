// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient

extension GenesysAPI {
    /// `GET /api/v2/routing/queues/{id}/members?pageSize=100&pageNumber=…` (routing:queue:view): ids of the users that may
    /// work in a queue, by themselves or through a group, whether or not they have joined it now. Sorted by name.
    public func queueMembers(
        queueID: String,
        at place: ListingPlace = .start
    ) async throws(GenesysAPIError) -> ListingPage<String> {
        try await members(.queueMembers, queueID, at: place, expected: "a list of queue members")
    }

    /// `GET /api/v2/workforcemanagement/managementunits/{id}/users` (any of wfm:realtimeAdherence:view, wfm:agent:view,
    /// wfm:schedule:view, wfm:publishedSchedule:view, …): ids of the agents in a management unit, not paged.
    public func managementUnitUsers(managementUnitID: String) async throws(GenesysAPIError) -> [String] {
        let endpoint = Endpoint.managementUnitUsers
        let response = try await call(endpoint, managementUnitID)
        return try page(
            endpoint,
            response,
            at: .start,
            of: MemberBody.self,
            expected: "a list of a management unit's users",
            \.userID
        ).elements
    }

    /// `GET /api/v2/teams/{id}/members?pageSize=100&after=…` (groups:team:view): ids of the users in a team.
    public func teamMembers(
        teamID: String,
        at place: ListingPlace = .start
    ) async throws(GenesysAPIError) -> ListingPage<String> {
        try await members(.teamMembers, teamID, at: place, cursors: true, expected: "a list of team members")
    }

    /// `GET /api/v2/groups/{id}/members?pageSize=100&pageNumber=…` (no permission): ids of the users in a group:
    /// individuals, owners, and those whom its rules include.
    public func groupMembers(
        groupID: String,
        at place: ListingPlace = .start
    ) async throws(GenesysAPIError) -> ListingPage<String> {
        try await members(.groupMembers, groupID, at: place, expected: "a list of group members")
    }

    private func members(
        _ endpoint: Endpoint,
        _ id: String,
        at place: ListingPlace,
        cursors: Bool = false,
        expected: String
    ) async throws(GenesysAPIError) -> ListingPage<String> {
        let response = try await call(endpoint, id, query: "?" + place.query(cursors: cursors))
        return try page(
            endpoint,
            response,
            at: place,
            cursors: cursors,
            of: MemberBody.self,
            expected: expected,
            \.userID
        )
    }
}
