// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Synchronization
import Testing

@testable import HTTPServer

@Suite("Client certificates")
struct ClientCertificateTests {
    /// Answers with what the handler knows of the client; counts the objects it was given.
    private final class Witness: Sendable {
        let seen = Mutex<[ClientCertificate?]>([])

        var handler: HTTPHandler {
            { [self] request in
                seen.withLock { $0.append(request.clientCertificate) }
                guard let certificate = request.clientCertificate else { return .text("nobody\n") }
                let names = certificate.dnsNames + certificate.uris + certificate.emailAddresses
                return .text("\(certificate.subject)|\(certificate.issuer)|\(names.joined(separator: "|"))\n")
            }
        }
    }

    private func port(_ address: ListenAddress) -> Int {
        switch address {
        case .ip(_, let port): port
        case .unix, .systemd: 0
        }
    }

    private func curl(
        _ certificates: Certificates,
        _ address: ListenAddress,
        _ client: String?,
        _ arguments: [String] = [],
        paths: [String] = ["/"]
    ) throws -> ToolResult {
        let port = port(address)
        let identity = client.map {
            ["--cert", certificates.path("\($0).crt"), "--key", certificates.path("\($0).key")]
        }
        return try ToolResult.of(
            "curl",
            ["-sS", "--noproxy", "*", "--cacert", certificates.path("ca.crt")] + (identity ?? []) + arguments
                + paths.map { "https://127.0.0.1:\(port)\($0)" }
        )
    }

    @Test(
        "subject, issuer and alternative names reach the handler, read once for all requests of a connection",
        arguments: ["1.2", "1.3"]
    )
    func names(version: String) async throws {
        let witness = Witness()
        try await Certificates.with { certificates in
            try certificates.issue(
                "sender",
                subject: "/C=DE/O=Acme, Inc./OU=Wörk+UID=7/CN=sender",
                extensions: "subjectAltName=DNS:sender.example.com,IP:127.0.0.1,URI:spiffe://example.com/sender,"
                    + "email:sender@example.com,DNS:b.example.com"
            )
            let configure: (inout HTTPServerConfiguration) -> Void = { $0.tls = certificates.files(clientCA: true) }
            try await withServer(configure, handler: witness.handler) { server, address in
                let versions = ["--tlsv\(version)", "--tls-max", version]
                let result = try curl(certificates, address, "sender", versions, paths: ["/1", "/2"])
                let line =
                    #"CN=sender,UID=7+OU=Wörk,O=Acme\, Inc.,C=DE|CN=Test CA|"#
                    + "sender.example.com|b.example.com|spiffe://example.com/sender|sender@example.com\n"
                #expect(result.output == line + line)
                #expect(server.statistics.acceptedConnections == 1)
                let seen = witness.seen.withLock { $0 }
                #expect(seen.count == 2 && seen[0] === seen[1])
            }
        }
    }

    @Test("a certificate without alternative names, and a name with a zero byte in it, are no trouble")
    func odd() async throws {
        let witness = Witness()
        try await Certificates.with { certificates in
            // IA5String "a<NUL>.example" as dNSName, written by hand.
            try certificates.issue("odd", extensions: "2.5.29.17=DER:30:0C:82:0A:61:00:2E:65:78:61:6D:70:6C:65")
            let configure: (inout HTTPServerConfiguration) -> Void = { $0.tls = certificates.files(clientCA: true) }
            try await withServer(configure, handler: witness.handler) { _, address in
                let plain = try curl(certificates, address, "client")
                #expect(plain.output == "CN=client|CN=Test CA|\n")
                let odd = try curl(certificates, address, "odd")
                #expect(odd.output == "CN=odd|CN=Test CA|\n")
            }
        }
    }

    @Test("where a certificate may be missing, one that is shown must still be of the CA", arguments: ["1.2", "1.3"])
    func optional(version: String) async throws {
        let witness = Witness()
        let versions = ["--tlsv\(version)", "--tls-max", version]
        try await Certificates.with { certificates in
            let configure: (inout HTTPServerConfiguration) -> Void = {
                $0.tls = certificates.files(clientCA: true, optional: true)
            }
            try await withServer(configure, handler: witness.handler) { _, address in
                #expect(try curl(certificates, address, nil, versions).output == "nobody\n")
                #expect(try curl(certificates, address, "client", versions).output == "CN=client|CN=Test CA|\n")
                try await Certificates.with { other in
                    let arguments = versions + ["--cert", other.path("client.crt"), "--key", other.path("client.key")]
                    let stranger = try curl(certificates, address, nil, arguments)
                    #expect(stranger.status != 0)
                }
                // Without a client CA nobody is asked, and what a client has is not known.
                #expect(witness.seen.withLock { $0.count } == 2)
            }
            try await withServer({ $0.tls = certificates.files() }, handler: witness.handler) { _, address in
                let unasked = try curl(certificates, address, "client", versions)
                #expect(unasked.output == "nobody\n")
            }
        }
    }

    @Test("a resumed session has the certificate of the first", arguments: ["-tls1_2", "-tls1_3"])
    func resumed(version: String) async throws {
        let witness = Witness()
        try await Certificates.with { certificates in
            let configure: (inout HTTPServerConfiguration) -> Void = { $0.tls = certificates.files(clientCA: true) }
            try await withServer(configure, handler: witness.handler) { _, address in
                let port = port(address)
                func connect(_ session: String) throws -> String {
                    try ToolResult.of(
                        "openssl",
                        [
                            "s_client", "-connect", "127.0.0.1:\(port)", "-CAfile", certificates.path("ca.crt"),
                            version,
                            "-cert", certificates.path("client.crt"), "-key", certificates.path("client.key"),
                            session, certificates.path("session"), "-ign_eof",
                        ],
                        input: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    ).output
                }
                #expect(try connect("-sess_out").contains("CN=client|CN=Test CA|"))
                let second = try connect("-sess_in")
                #expect(second.contains("Reused, TLS"))
                #expect(second.contains("CN=client|CN=Test CA|"))
            }
        }
    }
}
