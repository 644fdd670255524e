// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import HTTPServer
import Logging
import Probing

/// The least that could be between an event and a call: no journal, no state, no rules. What it needs is in two headers,
/// so that it does not even read the event.
enum BareForwarder {
    static func run(apiURL: String) async throws {
        var logger = Logger(label: "forward")
        logger.logLevel = .error
        var settings = HTTPClient.Configuration()
        settings.maxConnectionsPerHost = 64
        let client = try HTTPClient(configuration: settings, logger: logger)
        let server = HTTPServer(configuration: HTTPServerConfiguration(), logger: logger) { request in
            guard let agent = request.headers["X-Agent"], let definition = request.headers["X-Definition"] else {
                return HTTPResponse(status: HTTPStatus(202))
            }
            let call = ClientRequest(
                method: "PATCH",
                url: "\(apiURL)/api/v2/users/\(agent)/presences/purecloud",
                headers: [(name: "Content-Type", value: "application/json")],
                body: Array(#"{"presenceDefinition":{"id":"\#(definition)"},"message":""}"#.utf8)
            )
            let answer = try? await client.send(call)
            return HTTPResponse(status: HTTPStatus(answer?.status == 200 ? 202 : 502))
        }
        guard case .ip(let host, let port)? = try await server.start().first else {
            throw ProbeError(message: "the forwarder has no address")
        }
        FileHandle.standardOutput.write(Data("listening on http://\(host):\(port)\n".utf8))
        // Ends with the probe that started it.
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
