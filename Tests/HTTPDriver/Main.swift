// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer
import Logging

/// A server that says how it has read a request: method, target and the length of the content.
///
/// Its limits are the defaults; whoever sends nothing more is closed after three seconds. It prints its address and runs
/// until it is ended.
@main
struct Main {
    static func main() async throws {
        var logger = Logger(label: "http")
        logger.logLevel = .error
        var configuration = HTTPServerConfiguration()
        configuration.headerTimeout = .seconds(3)
        configuration.bodyTimeout = .seconds(3)
        configuration.idleTimeout = .seconds(3)
        let server = HTTPServer(configuration: configuration, logger: logger) { request in
            HTTPResponse(
                status: HTTPStatus(200),
                headers: ["Content-Type": "text/plain"],
                body: .bytes(Array("\(request.method) \(request.target) \(request.body.count)\n".utf8))
            )
        }
        guard case .ip(let host, let port)? = try await server.start().first else { exit(1) }
        FileHandle.standardOutput.write(Data("listening on http://\(host):\(port)\n".utf8))
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
