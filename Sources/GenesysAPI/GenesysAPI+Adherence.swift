// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
import HTTPClient

extension GenesysAPI {
    /// Agents in one adherence read [SDK docstring].
    public static let agentsPerAdherenceRead = 100

    /// `GET /api/v2/workforcemanagement/adherence?userId=…`, at most 100; agents outside WFM are absent. No ids = no
    /// call.
    public func adherence(userIDs: [String]) async throws(GenesysAPIError) -> [UserAdherence] {
        guard !userIDs.isEmpty else { return [] }
        let query = try Endpoint.adherence.query("userId", userIDs, limit: Self.agentsPerAdherenceRead)
        let response = try await call(.adherence, query: "?" + query)
        return try decode(Readable<UserAdherenceBody>.self, response, .adherence, expected: "a list of adherences")
            .elements.map(\.adherence)
    }

    /// `GET /api/v2/workforcemanagement/businessunits/{id}/activitycodes` (a `downloadUrl` is followed).
    public func activityCodes(businessUnitID: String) async throws(GenesysAPIError) -> [ActivityCode] {
        let expected = "a list of activity codes"
        let response = try await call(.activityCodes, businessUnitID)
        let listing = try decode(ActivityCodeListing.self, response, .activityCodes, expected: expected)
        if let codes = listing.codes, !codes.isEmpty || listing.downloadURL == nil { return codes }
        guard let url = listing.downloadURL else { return [] }
        let file = try await download(url, of: .activityCodes)
        return try decode(ActivityCodeListing.self, file, .activityCodes, expected: expected).codes ?? []
    }

    /// `POST /api/v2/workforcemanagement/agents/{id}/adherence/explanations`, answered by a job. Not idempotent: where
    /// the outcome is unknown, query before you add again.
    public func addExplanation(
        _ explanation: AdherenceExplanation,
        agentID: String
    ) async throws(GenesysAPIError) -> ExplanationJob {
        let body = try encode(AddExplanationBody(explanation), for: .addExplanation)
        return try await job(.addExplanation, agentID, body: body)
    }

    /// `POST /api/v2/workforcemanagement/agents/{id}/adherence/explanations/query`, answered by a result or a job.
    public func queryExplanations(
        agentID: String,
        from: Timestamp,
        to: Timestamp
    ) async throws(GenesysAPIError) -> ExplanationJob {
        let body = try encode(["startDate": from, "endDate": to], for: .queryExplanations)
        return try await job(.queryExplanations, agentID, body: body)
    }

    /// `GET /api/v2/workforcemanagement/adherence/explanations/jobs/{id}`; only the client that started it may ask. The
    /// result of a query that is complete is downloaded.
    public func explanationJob(id: String) async throws(GenesysAPIError) -> ExplanationJob {
        try await job(.explanationJob, id)
    }

    /// `PUT /api/v2/wfm/users/{id}/adherence` with `{"status", "presenceDefinitionId"}`: Genesys publishes no such call;
    /// some gateways offer it (design 5, facts 0.2).
    public func putAdherence(userID: String, status: String, definitionID: String) async throws(GenesysAPIError) {
        let body = try encode(["status": status, "presenceDefinitionId": definitionID], for: .putAdherence)
        do {
            _ = try await call(.putAdherence, userID, body: body)
        } catch {
            guard error.code == .notFound else { throw error }
            var error = error
            error.message +=
                ". Genesys Cloud publishes no such endpoint: it computes adherence from presence, routing status and "
                + "schedule. Remove `adherence: put` from the status, unless apiURL is a gateway that offers this call"
            throw error
        }
    }

    private func job(
        _ endpoint: Endpoint,
        _ id: String,
        body: [UInt8]? = nil
    ) async throws(GenesysAPIError) -> ExplanationJob {
        let response = try await call(endpoint, id, body: body)
        let expected = "an explanation job"
        let answer = try decode(ExplanationJobBody.self, response, endpoint, expected: expected)
        var job = answer.job
        if let url = answer.downloadURL, job.explanations.isEmpty {
            let file = try await download(url, of: endpoint)
            job.explanations =
                try decode(ExplanationListing.self, file, endpoint, expected: "a list of explanations").explanations
        }
        return job
    }
}
