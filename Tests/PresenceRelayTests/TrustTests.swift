// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import Testing

/// Senders that prove themselves to a running relay, each in its own way.
@Suite("Trust in senders")
struct TrustTests {
    private static let signingKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func event(_ id: String) -> String {
        #"{"id":"\#(id)","detail":{"topicName":"v2.users.u1.presence","eventBody":"#
            + #"{"presenceDefinition":{"systemPresence":"BREAK"}}}}"#
    }

    /// The installation's configuration with another webhook section, and more of the server's.
    private func configuration(_ site: Installation, server: String = "", webhook: String) throws -> String {
        let path = try site.configuration()
        let lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n").map { line in
            if line.hasPrefix("webhook:") { return "webhook: \(webhook)" }
            return line.hasPrefix("server:") ? line.replacing("drainDelay", with: "\(server) drainDelay") : line
        }
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func tag(_ body: String, _ key: String) -> String {
        let bytes = HMACAlgorithm.sha256.tag(of: Array(body.utf8), key: Array(key.utf8))
        return "sha256=" + bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test("signatures are checked, a new secret is taken on SIGHUP, and refusals are counted by kind")
    func signatures() async throws {
        try await withInstallation { site in
            let secret = site.folder.appendingPathComponent("secret")
            try "first-secret-of-the-sender\n".write(to: secret, atomically: true, encoding: .utf8)
            let path = try configuration(
                site,
                webhook: """
                    { path: /hook, retiredPaths: /v1/events, allowedOrigins: eventgrid.azure.net, authentication: [
                      { hmac: { header: X-Hub-Signature-256, prefix: "sha256=", secrets: ["${file:secret}",
                        { value: out-of-date-secret, notAfter: "2026-01-01T00:00:00Z" }] } },
                      { standardWebhooks: { secrets: "\(Self.signingKey)", tolerance: 1m } } ] }
                    """
            )
            let relay = try await site.relay(path, events: false)
            func post(_ body: String, _ headers: [String: String]) async throws -> Int {
                try await site.call("POST", relay.url + "/hook", text: body, headers: headers).status
            }
            func signed(_ id: String, _ key: String) async throws -> Int {
                try await post(event(id), ["X-Hub-Signature-256": tag(event(id), key)])
            }
            func sent(_ id: String, at time: Timestamp) async throws -> Int {
                let key = try #require(WebhookSigningKey(Self.signingKey))
                let signature = key.signature(id: id, timestamp: time, body: Array(event(id).utf8))
                let headers = [
                    "webhook-id": id, "webhook-timestamp": "\(time.unixSeconds)", "webhook-signature": signature,
                ]
                return try await post(event(id), headers)
            }
            let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
            #expect(try await signed("e1", "first-secret-of-the-sender") == 202)
            #expect(try await signed("e2", "second-secret-of-the-sender") == 401)
            #expect(try await signed("e3", "out-of-date-secret") == 401)
            #expect(try await post(event("e4"), ["X-Hub-Signature-256": "sha256=00"]) == 401)
            #expect(try await post(event("e5"), [:]) == 401)
            #expect(try await sent("e6", at: now) == 202)
            #expect(try await sent("e7", at: now.advanced(by: .seconds(-120))) == 401)

            try "second-secret-of-the-sender\n".write(to: secret, atomically: true, encoding: .utf8)
            relay.child.signal(SIGHUP)
            try await eventually("the new secret is taken") {
                try await signed("e8", "second-secret-of-the-sender") == 202
            }
            #expect(try await signed("e9", "first-secret-of-the-sender") == 401)

            let gone = try await site.call("POST", relay.url + "/v1/events", text: event("e10"))
            #expect(gone.status == 410 && gone.json["title"].text == "Gone")
            let origin = ["WebHook-Request-Origin": "eventgrid.azure.net", "WebHook-Request-Rate": "100"]
            let handshake = try await site.call("OPTIONS", relay.url + "/hook", text: nil, headers: origin)
            #expect(handshake.status == 200)
            func field(_ name: String) -> String? {
                handshake.headers.first { $0.name.lowercased() == name.lowercased() }?.value
            }
            #expect(field("WebHook-Allowed-Origin") == "eventgrid.azure.net")
            #expect(field("WebHook-Allowed-Rate") == "*")
            #expect(field("Allow") == "POST")

            let metrics = try await relay.get("/metrics").text
            for reason in [
                "credentials_missing", "credentials_expired", "signature_malformed", "timestamp_out_of_tolerance",
                "retired",
            ] {
                #expect(metrics.contains(#"presence_relay_ingest_refused_total{reason="\#(reason)"} 1"#), "\(reason)")
            }
            let wrong = try #require(
                metrics.split(separator: "\n").first { $0.contains(#"refused_total{reason="credentials_wrong"} "#) }
            )
            #expect((wrong.split(separator: " ").last.flatMap { Int($0) } ?? 0) >= 2)
            #expect(relay.child.errors.contains("has run out"))
            for value in ["secret-of-the-sender", "out-of-date-secret", Self.signingKey, "sha256="] {
                #expect(!relay.child.errors.contains(value), "\(value)")
            }
        }
    }

    /// A CA, and certificates of it for the server and for senders, in the folder.
    private func issueCertificates(_ folder: URL) throws {
        let script = """
            set -e
            new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
            openssl req -x509 $new -days 2 -subj "/CN=Acme CA" -keyout ca.key -out ca.crt
            issue() {
                openssl req $new -subj "$2" -keyout $1.key -out $1.csr
                echo "subjectAltName=$3" >$1.ext
                openssl x509 -req -in $1.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile $1.ext -out $1.crt
            }
            issue server "/CN=localhost" IP:127.0.0.1
            issue sender "/O=Acme/CN=sender" DNS:sender.example.com
            issue other "/O=Acme/CN=other" DNS:other.example.com
            """
        let result = try shell(script, in: folder)
        try #require(result.status == 0, "\(result.output)")
    }

    private func shell(_ script: String, in folder: URL) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["-s", "KILL", "30", "sh", "-c", script]
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    @Test("a client certificate with the right name lets a sender in, another one does not, and a key still does")
    func certificates() async throws {
        try await withInstallation { site in
            try issueCertificates(site.folder)
            let path = try configuration(
                site,
                server: "tls: { certificate: server.crt, privateKey: server.key, clientCA: ca.crt, "
                    + "clientCertificates: optional },",
                webhook: """
                    { authentication: [ { mutualTLS: { subjects: "CN=sender, O=Acme", issuers: "CN=Acme CA" } },
                      { apiKey: { header: X-API-Key, values: a-key-beside-certificates } } ] }
                    """
            )
            let relay = try await site.relay(path, events: false)
            func post(_ id: String, _ arguments: String) throws -> String {
                let result = try shell(
                    "curl -sS --noproxy '*' --max-time 20 -o /dev/null -w '%{http_code}' --cacert ca.crt \(arguments) "
                        + "--json '\(event(id))' \(relay.url)/v1/events",
                    in: site.folder
                )
                return result.output
            }
            #expect(try post("e1", "--cert sender.crt --key sender.key") == "202")
            #expect(try post("e2", "--cert other.crt --key other.key") == "401")
            #expect(try post("e3", "") == "401")
            #expect(try post("e4", "-H 'X-API-Key: a-key-beside-certificates'") == "202")
            let both = "--cert other.crt --key other.key -H 'X-API-Key: a-key-beside-certificates'"
            #expect(try post("e5", both) == "202")
        }
    }
}
