// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient
import Logging
import Metrics

/// One HTTP exchange with Genesys: sent, measured, logged, its network errors put into our words.
struct Transport: Sendable {
    var timeout: Duration
    var logger: Logger
    var failures = FailureLog()
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
            record(endpoint, outcome: "\(response.status)", since: started, response: response)
            return response
        } catch {
            record(endpoint, outcome: error.code.description, since: started, response: nil)
            throw GenesysAPIError(error, from: endpoint)
        }
    }

    private func record(
        _ endpoint: Endpoint,
        outcome: String,
        since: ContinuousClock.Instant,
        response: ClientResponse?
    ) {
        let now = ContinuousClock.now
        let (seconds, attoseconds) = (now - since).components
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

        // Neither ids nor the server's free text: the error that the caller gets has the latter.
        var metadata: Logger.Metadata = [
            "method": "\(endpoint.method)", "path": "\(endpoint.template)", "status": "\(outcome)",
            "ms": "\(nanoseconds / 1_000_000)", "correlationID": "\(response?.correlationID ?? "-")",
        ]
        var level = Logger.Level.debug
        if let failure = Self.level(ofFailure: response, outcome: outcome) {
            let answer = response.map { GenesysAPIError($0, from: endpoint) }
            metadata["code"] = "\(answer?.genesysCode?.printable(limit: 100) ?? "-")"
            if let id = answer?.correlationID { metadata["correlationID"] = "\(id)" }
            if let leftOut = failures.admit("\(endpoint.name) \(outcome)", at: now) {
                level = failure
                if leftOut > 0 { metadata["leftOut"] = "\(leftOut)" }
            }
            logger.log(level: level, "Genesys call failed", metadata: metadata)
        } else {
            logger.log(level: level, "Genesys call", metadata: metadata)
        }
    }

    /// `nil` = no failure. Info for what happens in the best of days: an old token, an agent who is gone, a lost race,
    /// a limit.
    private static func level(ofFailure response: ClientResponse?, outcome: String) -> Logger.Level? {
        switch response?.status {
        case (200..<300)?: nil
        case 401, 404, 409, 429: .info
        case nil where outcome == HTTPClientError.Code.cancelled.description: nil
        default: .warning
        }
    }
}
