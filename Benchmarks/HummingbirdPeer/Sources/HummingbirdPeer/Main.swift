// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL

/// The comparison for the HTTP front: Hummingbird, as its documentation sets it up, with the handler of `BarePeer`.
///
/// `HummingbirdPeer [PORT [CERTIFICATE KEY]]`; port 0 (the default) lets the kernel choose; with PEM files it speaks TLS.
/// Prints `listening on http://127.0.0.1:PORT`, or `https`.
@main
struct Main {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let port = arguments.first.flatMap(Int.init) ?? 0
        var front = HTTPServerBuilder.http1()
        if arguments.count == 3 {
            let chain = try NIOSSLCertificate.fromPEMFile(arguments[1]).map { NIOSSLCertificateSource.certificate($0) }
            let key = try NIOSSLPrivateKey(file: arguments[2], format: .pem)
            front = try .tls(
                .http1(),
                tlsConfiguration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
            )
        }
        var logger = Logger(label: "peer")
        logger.logLevel = .error

        let router = Hummingbird.Router()
        router.get("/livez") { _, _ in HTTPResponse.Status.ok }
        router.post("/v1/events") { request, _ in
            // The same work as ours: the whole body is taken under a limit, nothing is decoded.
            let body = try await request.body.collect(upTo: 1_048_576)
            var headers: HTTPFields = [.contentType: "application/json"]
            // Hummingbird closes without saying so; a load generator that is not told sends one request too many.
            if request.headers[.connection] == "close" { headers[.connection] = "close" }
            return Response(
                status: .accepted,
                headers: headers,
                body: .init(byteBuffer: ByteBuffer(string: answer(bodyLength: body.readableBytes)))
            )
        }
        let application = Application(
            router: router,
            server: front,
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in
                let bound = channel.localAddress?.port ?? 0
                FileHandle.standardOutput.write(
                    Data("listening on \(arguments.count == 3 ? "https" : "http")://127.0.0.1:\(bound)\n".utf8)
                )
            },
            logger: logger
        )
        try await application.runService()
    }

    /// The answer of the real webhook; an empty body is no event.
    static func answer(bodyLength: Int) -> String {
        bodyLength == 0
            ? #"{"accepted":0,"duplicate":0,"ignored":0}"# : #"{"accepted":1,"duplicate":0,"ignored":0}"#
    }
}
