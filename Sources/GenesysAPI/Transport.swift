// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient
import Logging
import Metrics

/// One HTTP exchange with Genesys: sent, measured, logged, its network errors put into our words.
struct Transport: Sendable {
    var timeout: Duration
    var logger: Logger
    var send: @Sendable (ClientRequest) async throws(HTTPClientError) -> ClientResponse

    /// An answer of any status.
    func exchange(
        _ endpoint: Endpoint,
        url: String,
        headers: [(name: String, value: String)],
        body: [UInt8]?
    ) async throws(GenesysAPIError) -> ClientResponse {
        let request = ClientRequest(
            method: endpoint.method,
            url: url,
            headers: headers,
            body: body,
            timeout: timeout
        )
        let started = ContinuousClock.now
        do throws(HTTPClientError) {
            let response = try await send(request)
            record(endpoint, outcome: "\(response.status)", since: started, correlationID: response.correlationID)
            return response
        } catch {
            record(endpoint, outcome: error.code.description, since: started, correlationID: nil)
            throw GenesysAPIError(error, from: endpoint)
        }
    }

    private func record(_ endpoint: Endpoint, outcome: String, since: ContinuousClock.Instant, correlationID: String?) {
        let (seconds, attoseconds) = (ContinuousClock.now - since).components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        Counter(
            label: "presence_relay_genesys_requests_total",
            dimensions: [("endpoint", endpoint.name), ("status", outcome)]
        ).increment()
        Timer(
            label: "presence_relay_genesys_request_seconds",
            dimensions: [("endpoint", endpoint.name)],
            preferredDisplayUnit: .seconds
        ).recordNanoseconds(nanoseconds)
        logger.debug(
            "Genesys call",
            metadata: [
                "method": "\(endpoint.method)", "path": "\(endpoint.template)", "status": "\(outcome)",
                "ms": "\(nanoseconds / 1_000_000)", "correlationID": "\(correlationID ?? "-")",
            ]
        )
    }
}
