// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient

extension GenesysAPI {
    // MARK: Queues

    /// `GET /api/v2/routing/queues?pageSize=100&pageNumber=…` (routing:queue:view): the queues of the divisions that the
    /// client sees, sorted by name.
    ///
    /// - Parameter name: asks for those of that name; asterisks at its beginning and end stand for anything. Whether case
    ///   counts is not documented.
    public func queues(
        name: String? = nil,
        at place: ListingPlace = .start
    ) async throws(GenesysAPIError) -> ListingPage<NamedEntity> {
        try await names(.queues, name, at: place, expected: "a list of queues")
    }

    /// `GET /api/v2/routing/queues/{id}` (routing:queue:view)
    public func queue(id: String) async throws(GenesysAPIError) -> NamedEntity {
        try await name(.queue, id, expected: "a queue")
    }

    // MARK: Wrap-up codes

    /// `GET /api/v2/routing/wrapupcodes?pageSize=100&pageNumber=…` (routing:wrapupCode:view)
    ///
    /// - Parameter name: asks for those of that name; how exactly it is compared is not documented.
    public func wrapupCodes(
        name: String? = nil,
        at place: ListingPlace = .start
    ) async throws(GenesysAPIError) -> ListingPage<NamedEntity> {
        try await names(.wrapupCodes, name, at: place, expected: "a list of wrap-up codes")
    }

    /// `GET /api/v2/routing/wrapupcodes/{id}` (routing:wrapupCode:view)
    public func wrapupCode(id: String) async throws(GenesysAPIError) -> NamedEntity {
        try await name(.wrapupCode, id, expected: "a wrap-up code")
    }

    // MARK: Management units

    /// `GET /api/v2/workforcemanagement/managementunits` (no permission is documented): all that the client may see, not
    /// paged [SDK docstring].
    public func managementUnits() async throws(GenesysAPIError) -> [NamedEntity] {
        let endpoint = Endpoint.managementUnits
        let response = try await call(endpoint)
        return try page(
            endpoint,
            response,
            at: .start,
            of: NamedEntityBody.self,
            expected: "a list of management units",
            \.entity
        ).elements
    }

    // MARK: Teams

    /// `GET /api/v2/teams?pageSize=100&after=…` (groups:team:view)
    ///
    /// - Parameter name: asks for those whose name begins so, whatever its case [SDK docstring].
    public func teams(
        name: String? = nil,
        at place: ListingPlace = .start
    ) async throws(GenesysAPIError) -> ListingPage<NamedEntity> {
        try await names(.teams, name, at: place, cursors: true, expected: "a list of teams")
    }

    /// `GET /api/v2/teams/{id}` (groups:team:view)
    public func team(id: String) async throws(GenesysAPIError) -> NamedEntity {
        try await name(.team, id, expected: "a team")
    }

    // MARK: Groups

    /// `GET /api/v2/groups?pageSize=100&pageNumber=…` (no permission): those that are visible to the client.
    public func groups(at place: ListingPlace = .start) async throws(GenesysAPIError) -> ListingPage<NamedEntity> {
        try await names(.groups, nil, at: place, expected: "a list of groups")
    }

    /// `POST /api/v2/groups/search` for an EXACT name (no permission); finds new names a moment late, as searches do.
    public func groups(named name: String) async throws(GenesysAPIError) -> [NamedEntity] {
        let endpoint = Endpoint.searchGroups
        let search = GroupSearchBody(pageSize: Self.listingPageSize, query: [.init(value: name)])
        let response = try await call(endpoint, body: try encode(search, for: endpoint))
        // A second page would hold the 101st group of one and the same name.
        return try page(
            endpoint,
            response,
            at: .start,
            of: NamedEntityBody.self,
            expected: "a list of groups",
            \.entity
        ).elements
    }

    /// `GET /api/v2/groups/{id}` (no permission)
    public func group(id: String) async throws(GenesysAPIError) -> NamedEntity {
        try await name(.group, id, expected: "a group")
    }

    // MARK: -

    private func names(
        _ endpoint: Endpoint,
        _ name: String?,
        at place: ListingPlace,
        cursors: Bool = false,
        expected: String
    ) async throws(GenesysAPIError) -> ListingPage<NamedEntity> {
        var query = "?" + place.query(cursors: cursors)
        if let name { query += "&name=\(name.percentEncoded)" }
        let response = try await call(endpoint, query: query)
        return try page(
            endpoint,
            response,
            at: place,
            cursors: cursors,
            of: NamedEntityBody.self,
            expected: expected,
            \.entity
        )
    }

    private func name(
        _ endpoint: Endpoint,
        _ id: String,
        expected: String
    ) async throws(GenesysAPIError) -> NamedEntity {
        let response = try await call(endpoint, id)
        guard let entity = try decode(NamedEntityBody.self, response, endpoint, expected: expected).entity else {
            throw GenesysAPIError(.notFound, message: "\(endpoint.description): it is deleted", isWrite: false)
        }
        return entity
    }
}

/// GroupSearchRequest
private struct GroupSearchBody: Encodable {
    struct Criterion: Encodable {
        var type = "EXACT"
        var fields = ["name"]
        var value: String
    }
    var pageSize: Int
    var pageNumber = 1
    var query: [Criterion]
}
