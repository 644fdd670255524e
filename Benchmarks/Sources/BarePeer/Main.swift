// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer
import Logging

/// The HTTP front alone: our server and router with the handler of `HummingbirdPeer`, no journal behind it.
///
/// `BarePeer [PORT [CERTIFICATE KEY]]`; port 0 (the default) lets the kernel choose; with PEM files it speaks TLS. Prints
/// `listening on http://127.0.0.1:PORT`, or `https`.
@main
struct Main {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let port = arguments.first.flatMap(Int.init) ?? 0
        var logger = Logger(label: "bare")
        logger.logLevel = .error

        var router = Router()
        router.on(.get, "/livez") { _ in HTTPResponse(status: HTTPStatus(200)) }
        router.on(.post, "/v1/events") { request in
            HTTPResponse(
                status: HTTPStatus(202),
                headers: ["Content-Type": "application/json"],
                body: .bytes(answer(bodyLength: request.body.count))
            )
        }
        let routes = router
        var configuration = HTTPServerConfiguration()
        configuration.listen = [.ip("127.0.0.1", port: port)]
        let files = Array(arguments.dropFirst())
        if files.count == 2 { configuration.tls = .init(certificate: files[0], privateKey: files[1]) }
        let server = HTTPServer(configuration: configuration, logger: logger) { await routes.handle($0) }
        let signals = TerminationSignals()
        guard case .ip(let host, let bound)? = try await server.start().first else {
            FileHandle.standardError.write(Data("the server reports no address\n".utf8))
            exit(1)
        }
        FileHandle.standardOutput.write(
            Data("listening on \(files.count == 2 ? "https" : "http")://\(host):\(bound)\n".utf8)
        )
        await signals.first()
        await server.shutdown(deadline: .seconds(2))
    }

    /// The answer of the real webhook; an empty body is no event.
    static func answer(bodyLength: Int) -> [UInt8] {
        bodyLength == 0
            ? Array(#"{"accepted":0,"duplicate":0,"ignored":0}"#.utf8)
            : Array(#"{"accepted":1,"duplicate":0,"ignored":0}"#.utf8)
    }
}
